// The dev command and the presets: what a newcomer types first.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

namespace {

const std::string kRoot = SONDE_SOURCE_DIR;

struct Outcome {
  int status = -1;
  std::string output;  // Both streams.
};

Outcome run(const std::string& arguments) {
  const std::string command = "'" + kRoot + "/dev' " + arguments + " 2>&1 </dev/null";
  Outcome outcome;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer{};
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    outcome.output.append(buffer.data(), size);
  }
  outcome.status = WEXITSTATUS(pclose(pipe));
  return outcome;
}

std::string readText(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(kRoot + "/" + path).rdbuf();
  return text.str();
}

TEST(Dev, HelpDescribesEveryCommandThereIs) {
  const std::string script = readText("dev");
  const Outcome help = run("help");
  EXPECT_EQ(help.status, 0);
  for (const char* name : {"setup", "build", "demo", "test", "bench", "lint", "format", "fuzz",
                           "torture", "coverage", "clean", "help"}) {
    EXPECT_NE(script.find(std::string("\ncmd_") + name + "() {"), std::string::npos) << name;
    EXPECT_NE(help.output.find(std::string("\n  ") + name), std::string::npos) << name;
  }
}

TEST(Dev, WithoutACommandShowsHelp) { EXPECT_EQ(run("").output, run("help").output); }

TEST(Dev, RefusesACommandThatDoesNotExist) {
  const Outcome outcome = run("frobnicate");
  EXPECT_NE(outcome.status, 0);
  EXPECT_NE(outcome.output.find("there is no command 'frobnicate'"), std::string::npos);
}

TEST(Dev, SetupDoesNothingWhenNothingIsMissing) {
  const Outcome outcome = run("setup");
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  EXPECT_EQ(outcome.output, "");
}

TEST(Dev, ContinuousIntegrationRunsTheTestsAndNothingElse) {
  EXPECT_TRUE(readText(".ci/run").ends_with("\nexec ./dev test </dev/null\n"));
}

TEST(Presets, AreTheOnesThatTheDocumentationNames) {
  const auto presets = nlohmann::json::parse(readText("CMakePresets.json"));
  const std::string documentation = readText("docs/building.md");
  std::size_t visible = 0;
  for (const auto& preset : presets["configurePresets"]) {
    if (preset.value("hidden", false)) continue;
    ++visible;
    const std::string row = "\n| `" + preset["name"].get<std::string>() + "` |";
    EXPECT_NE(documentation.find(row), std::string::npos) << row;
  }
  EXPECT_GE(visible, 5U);
}

TEST(Presets, KeepAssertionsAndMakeWarningsErrorsInDev) {
  const auto presets = nlohmann::json::parse(readText("CMakePresets.json"));
  for (const auto& preset : presets["configurePresets"]) {
    const auto variables = preset.value("cacheVariables", nlohmann::json::object());
    for (const auto& [name, value] : variables.items()) {
      EXPECT_EQ(value.dump().find("NDEBUG"), std::string::npos) << name;
    }
    if (preset["name"] == "release") {
      EXPECT_EQ(variables["CMAKE_CXX_FLAGS_RELEASE"], "-O2");
    } else if (preset["name"] == "dev") {
      EXPECT_EQ(variables["SONDE_WARNINGS_AS_ERRORS"], "ON");
    }
  }
}

}  // namespace
