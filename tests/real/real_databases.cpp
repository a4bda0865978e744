#include "real_databases.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "../support/process.hpp"

namespace sonde::test {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> sharedFile(const fs::path& relative) {
  std::vector<fs::path> roots;
  if (const char* named = std::getenv("SONDE_TEST_SHARED_DATA"); named != nullptr) {
    roots.emplace_back(named);
  }
  roots.push_back(fs::path(SONDE_SOURCE_DIR).parent_path() / "shared" / "data");
  for (const fs::path& root : roots) {
    if (fs::exists(root / relative)) return root / relative;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> projDatabase() {
  for (const char* path : {"/usr/share/proj/proj.db", "/usr/local/share/proj/proj.db"}) {
    if (fs::exists(path)) return path;
  }
  return std::nullopt;
}

std::optional<std::string> chinookScript(const std::string& engine) {
  const auto script = sharedFile("chinook/Chinook_" + engine + ".sql");
  if (!script) return std::nullopt;
  return script->string();
}

std::optional<std::string> chinookDatabase(const TemporaryFolder& folder) {
  const auto script = sharedFile("chinook/Chinook_Sqlite.sql");
  if (!script) return std::nullopt;
  std::string path = folder.file("chinook.db");
  std::ostringstream text;
  text << "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;\n"
       << std::ifstream(*script, std::ios::binary).rdbuf();
  const ProcessResult made = runProcess({"sqlite3", "-bail", path}, text.str());
  if (made.exitCode != 0) throw std::runtime_error("cannot make Chinook: " + made.err);
  return path;
}

}  // namespace sonde::test
