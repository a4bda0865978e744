#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/db/database.hpp>
#include <sonde/dialects/load_driver.hpp>
#include <sonde/version.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "../support/temporary_folder.hpp"

namespace sonde {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

constexpr const char* kRan = "SONDE_TEST_PLUGIN_RAN";

/// Sets a variable for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

std::string pluginPath(const std::string& name) {
  return SONDE_TEST_PLUGINS "/sonde_driver_" + name + ".so";
}

/// Takes back what a test registered. The libraries stay loaded, as they promise.
class LoadDriver : public testing::Test {
 protected:
  LoadDriver() {
    unsetenv(kRan);
    unsetenv("SONDE_DRIVER_PATH");
  }
  ~LoadDriver() override {
    for (const char* scheme : {"plugged", "plugged2", "untaken", "mock", "broken", "unresolved"}) {
      unregisterDriver(scheme);
    }
  }

  /// @return What a load is refused with: the message and the hint.
  static std::string refusal(const std::string& pathOrName) {
    try {
      (void)loadDriver(pathOrName);
    } catch (const ConfigError& error) {
      return error.what() + ("; hint: " + error.hint());
    }
    ADD_FAILURE() << pathOrName << " was loaded";
    return {};
  }
  static std::string makingFails(const std::string& scheme) {
    try {
      (void)makeDriver(scheme);
    } catch (const ConfigError& error) {
      return error.what() + ("; hint: " + error.hint());
    }
    ADD_FAILURE() << scheme << " made a driver";
    return {};
  }

  Logger logger() {
    LogConfig config;
    config.level = LogLevel::Info;
    config.callback = [this](const LogEvent& event) {
      std::string line(event.message);
      for (const auto& [name, value] : event.fields) {
        line += " " + std::string(name) + "=" + std::string(value);
      }
      lines_.push_back(std::move(line));
    };
    return Logger(config);
  }

  test::TemporaryFolder folder_;
  std::vector<std::string> lines_;
};

TEST_F(LoadDriver, ByPathServesEverySchemeOfTheLibrary) {
  const LoadedDriver loaded = loadDriver(pluginPath("good"), {.logger = logger()});
  EXPECT_EQ(loaded.path, fs::canonical(pluginPath("good")));
  EXPECT_THAT(loaded.schemes, ElementsAre("plugged", "plugged2"));
  EXPECT_EQ(loaded.sondeVersion, SONDE_VERSION);
  EXPECT_EQ(makeDriver("plugged")->dialect().name(), "mock");
  EXPECT_EQ(makeDriver("plugged2")->dialect().name(), "mock");
  EXPECT_THAT(driverSchemes(), IsSupersetOf({"plugged", "plugged2"}));
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_THAT(lines_[0], HasSubstr("path=" + loaded.path));
  EXPECT_THAT(lines_[0], HasSubstr("schemes=plugged, plugged2"));
}

TEST_F(LoadDriver, ByPathRelativeToTheCurrentFolderWhereItIsWrittenOut) {
  const fs::path before = fs::current_path();
  fs::current_path(SONDE_TEST_PLUGINS);
  EXPECT_EQ(loadDriver("./sonde_driver_good.so").path, fs::canonical(pluginPath("good")));
  fs::current_path(before);
}

TEST_F(LoadDriver, ByNameInTheFoldersOfTheVariable) {
  const Variable path("SONDE_DRIVER_PATH", folder_.path().string() + "::" SONDE_TEST_PLUGINS);
  EXPECT_EQ(loadDriver("good").path, fs::canonical(pluginPath("good")));
  fs::create_symlink(pluginPath("makesnothing"), folder_.file("sonde_driver_good.so"));
  EXPECT_EQ(loadDriver("Good").path, fs::canonical(pluginPath("makesnothing")))
      << "the first folder wins";
}

TEST_F(LoadDriver, ByNameNeverInTheCurrentFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(SONDE_TEST_PLUGINS);
  const std::string message = refusal("good");
  {
    const Variable empty("SONDE_DRIVER_PATH", "::");
    EXPECT_THAT(refusal("good"), HasSubstr("no sonde_driver_good.so"));
  }
  {
    const Variable relative("SONDE_DRIVER_PATH", "/tmp:.");
    EXPECT_THAT(refusal("good"), HasSubstr("\".\""));
    EXPECT_THAT(refusal("good"), HasSubstr("absolute"));
  }
  EXPECT_THAT(refusal("sonde_driver_good.so"), HasSubstr("a path has a slash"));
  fs::current_path(before);
  EXPECT_THAT(message, HasSubstr("no sonde_driver_good.so in "));
  EXPECT_THAT(message, HasSubstr("/sonde/drivers"));
}

TEST_F(LoadDriver, LooksBesideTheProgramAfterTheVariable) {
  const Variable path("SONDE_DRIVER_PATH", "/one:/two:/one");
  const auto folders = driverFolders();
  ASSERT_GE(folders.size(), 3U);
  EXPECT_EQ(folders[0], "/one");
  EXPECT_EQ(folders[1], "/two");
  for (const std::string& folder : folders) EXPECT_TRUE(folder.starts_with('/')) << folder;
  EXPECT_TRUE(folders[2].ends_with("sonde/drivers")) << folders[2];
}

TEST_F(LoadDriver, RefusesNamesThatLeadElsewhere) {
  const Variable path("SONDE_DRIVER_PATH", SONDE_TEST_PLUGINS);
  for (const char* name : {"", "a b", "good\n", "*"}) {
    EXPECT_THAT(refusal(name), HasSubstr("neither a path nor the name")) << name;
  }
  EXPECT_THAT(refusal("../plugins/good"), HasSubstr("does not exist")) << "a slash makes a path";
}

TEST_F(LoadDriver, RefusesWhatIsNoDriverLibraryAndRunsNoneOfIt) {
  EXPECT_THAT(refusal("/no/such/driver.so"), HasSubstr("does not exist"));
  EXPECT_THAT(refusal(folder_.path().string() + "/"), HasSubstr("is no file"));
  const std::string text = folder_.file("text.so");
  std::ofstream(text) << "not a library, but long enough to be taken for one at first sight";
  EXPECT_THAT(refusal(text), HasSubstr("is no shared library"));
  std::ofstream(folder_.file("empty.so")) << "";
  EXPECT_THAT(refusal(folder_.file("empty.so")), HasSubstr("is no shared library"));
  const std::string none = refusal(pluginPath("none"));
  EXPECT_THAT(none, HasSubstr("is no driver of sonde"));
  EXPECT_THAT(none, HasSubstr("SONDE_DRIVER_PLUGIN"));
  EXPECT_EQ(getenv(kRan), nullptr) << "a library that is no driver was loaded";
}

TEST_F(LoadDriver, RefusesALibraryThatIsCutOff) {
  const std::string whole = pluginPath("good");
  const std::string cut = folder_.file("cut.so");
  fs::copy_file(whole, cut);
  fs::resize_file(cut, fs::file_size(whole) / 64);
  EXPECT_THAT(refusal(cut),
              testing::AnyOf(HasSubstr("is no driver"), HasSubstr("cannot be loaded")));
}

TEST_F(LoadDriver, ChecksVersionsBeforeAnyCodeOfTheLibraryRuns) {
  const std::string interface = refusal(pluginPath("interface"));
  EXPECT_THAT(interface, HasSubstr("has driver interface 999, this sonde has 1"));
  const std::string version = refusal(pluginPath("version"));
  EXPECT_THAT(version, HasSubstr("compiled with sonde 0.99.3, this is sonde " SONDE_VERSION));
  EXPECT_THAT(version, HasSubstr("hint: compile it again"));
  const std::string compiler = refusal(pluginPath("compiler"));
  EXPECT_THAT(compiler, HasSubstr("compiled by g++ 2.95, this sonde by "));
  EXPECT_THAT(refusal(pluginPath("layout")), HasSubstr("with headers of sonde " SONDE_VERSION));
  EXPECT_EQ(getenv(kRan), nullptr) << "a library that does not fit was loaded";
  EXPECT_FALSE(hasDriver("broken"));
}

TEST_F(LoadDriver, TakesAnyPatchVersion) {
  const LoadedDriver loaded = loadDriver(pluginPath("patch"));
  EXPECT_THAT(loaded.sondeVersion, HasSubstr(".99"));
  EXPECT_NE(getenv(kRan), nullptr) << "the libraries do not say whether they ran";
  EXPECT_EQ(makeDriver("broken")->dialect().name(), "mock");
}

TEST_F(LoadDriver, RefusesALibraryWithoutTheSymbol) {
  EXPECT_THAT(refusal(pluginPath("hidden")), HasSubstr("does not export sonde_driver_plugin"));
  EXPECT_FALSE(hasDriver("hidden"));
}

TEST_F(LoadDriver, RefusesALibraryThatNeedsWhatNobodyHas) {
  const std::string message = refusal(pluginPath("unresolved"));
  EXPECT_THAT(message, HasSubstr("cannot be loaded"));
  EXPECT_THAT(message, HasSubstr("makeDriverThatNobodyHas"));
  EXPECT_THAT(message, HasSubstr("sonde::host"));
}

TEST_F(LoadDriver, RefusesALibraryWithACopyOfSondeOfItsOwn) {
  EXPECT_THAT(refusal(pluginPath("owncopy")), HasSubstr("carries a copy of sonde of its own"));
}

TEST_F(LoadDriver, RefusesALibraryThatServesNothing) {
  EXPECT_THAT(refusal(pluginPath("noscheme")), HasSubstr("names no scheme"));
  EXPECT_THAT(refusal(pluginPath("badscheme")), HasSubstr("\"not a scheme\""));
  EXPECT_FALSE(hasDriver("fine")) << "all schemes of a library are registered, or none";
}

TEST_F(LoadDriver, TellsWhatAFactoryThrew) {
  (void)loadDriver(pluginPath("throws"));
  EXPECT_THAT(makingFails("broken"), HasSubstr("could not make its driver: no licence"));
  EXPECT_THAT(makingFails("broken"), HasSubstr("sonde_driver_throws.so"));
  unregisterDriver("broken");
  (void)loadDriver(pluginPath("throwstyped"));
  EXPECT_THAT(makingFails("broken"), HasSubstr("no dongle"));
  EXPECT_THAT(makingFails("broken"), HasSubstr("hint: plug it in"));
  unregisterDriver("broken");
  (void)loadDriver(pluginPath("throwsnumber"));
  EXPECT_THAT(makingFails("broken"), HasSubstr("no std::exception"));
  unregisterDriver("broken");
  (void)loadDriver(pluginPath("makesnothing"));
  EXPECT_THAT(makingFails("broken"), HasSubstr("made no driver"));
}

TEST_F(LoadDriver, ASecondTimeIsNoDuplicate) {
  (void)loadDriver(pluginPath("good"));
  const std::string link = folder_.file("sonde_driver_link.so");
  fs::create_symlink(pluginPath("good"), link);
  EXPECT_NO_THROW((void)loadDriver(link)) << "the same library by another name";
  unregisterDriver("plugged");
  (void)loadDriver(pluginPath("good"));
  EXPECT_TRUE(hasDriver("plugged"));
}

TEST_F(LoadDriver, ATakenSchemeIsRefusedUnlessOverridingIsAskedFor) {
  const std::string message = refusal(pluginPath("taken"));
  EXPECT_THAT(message, HasSubstr("\"mock\" has a driver already, built in"));
  EXPECT_FALSE(hasDriver("untaken")) << "all schemes of a library are registered, or none";
  (void)loadDriver(pluginPath("throws"));
  const std::string second = refusal(pluginPath("makesnothing"));
  EXPECT_THAT(second, HasSubstr("\"broken\" has a driver already"));
  EXPECT_THAT(second, HasSubstr("sonde_driver_throws.so"));

  (void)loadDriver(pluginPath("makesnothing"), {OnDuplicate::Replace, logger()});
  EXPECT_THAT(makingFails("broken"), HasSubstr("made no driver"));
  ASSERT_EQ(lines_.size(), 2U);
  EXPECT_THAT(lines_[0], HasSubstr("replaced"));
  EXPECT_THAT(lines_[0], HasSubstr("scheme=broken"));
}

TEST_F(LoadDriver, StaysLoadedWhenItsDriverIsForgotten) {
  (void)loadDriver(pluginPath("good"));
  const auto driver = makeDriver("plugged");
  unregisterDriver("plugged");
  unregisterDriver("plugged2");
  EXPECT_EQ(driver->dialect().name(), "mock");
  void* const library = dlopen(pluginPath("good").c_str(), RTLD_NOW | RTLD_NOLOAD);
  EXPECT_NE(library, nullptr);
  if (library != nullptr) dlclose(library);
}

TEST_F(LoadDriver, FromManyThreadsAtOnce) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 20; ++j) {
        (void)loadDriver(pluginPath("good"));
        (void)makeDriver("plugged2");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(hasDriver("plugged"));
}

TEST_F(LoadDriver, OpeningADatabaseLoadsTheDriverOfItsScheme) {
  try {
    (void)Database::open("good:anything");
    FAIL() << "a driver that is nowhere was found";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("no driver for the scheme \"good\""));
    EXPECT_THAT(error.what(), HasSubstr("no sonde_driver_good.so in "));
  }
  fs::create_symlink(pluginPath("good"), folder_.file("sonde_driver_plugged.so"));
  const Variable path("SONDE_DRIVER_PATH", folder_.path().string());
  EXPECT_EQ(Database::open("plugged:any").executor()->compiler().capabilities().returning, true);
  EXPECT_TRUE(hasDriver("plugged2"));
}

TEST_F(LoadDriver, ConfigurationNamesLibraries) {
  Config config;
  config.uri = "plugged:any";
  config.drivers = {pluginPath("good")};
  config.logging.level = LogLevel::Info;
  config.logging.callback = [&](const LogEvent& event) { lines_.emplace_back(event.message); };
  EXPECT_NO_THROW((void)Database::open(config));
  EXPECT_NO_THROW((void)Database::open(config)) << "once more";
  EXPECT_THAT(lines_, testing::Contains("loaded a driver library"));
  config.drivers = {pluginPath("none")};
  EXPECT_THROW((void)Database::open(config), ConfigError);
}

}  // namespace
}  // namespace sonde
