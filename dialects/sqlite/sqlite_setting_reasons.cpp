#include "sqlite_setting_reasons.hpp"

#include <sqlite3.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sqlite_mount.hpp"
#include "sqlite_setting_specs.hpp"

namespace sonde {
namespace {

using std::string_view;

/// What is known of the database and the request that a reason is sought for.
struct Case {
  SqliteHandle& handle;
  const SqliteRequests& requests;
  string_view name;
  string_view wanted;
  string_view path;  // empty for a database that is no file of the user

  [[nodiscard]] bool readOnly() const {
    return requests.access == AccessMode::ReadOnly || sqlite3_db_readonly(handle.db(), "main") == 1;
  }
};

/// The value of a compile-time option that is a number: "0x7fff0000" or "8".
std::optional<std::int64_t> compiledLimit(string_view option) {
  for (int i = 0;; ++i) {
    const char* const text = sqlite3_compileoption_get(i);
    if (text == nullptr) return std::nullopt;
    string_view line = text;
    if (!line.starts_with(option) || line.size() <= option.size() || line[option.size()] != '=') {
      continue;
    }
    line.remove_prefix(option.size() + 1);
    const int base = line.starts_with("0x") ? 16 : 10;
    if (base == 16) line.remove_prefix(2);
    std::int64_t limit = 0;
    std::from_chars(line.data(), line.data() + line.size(), limit, base);
    return limit;
  }
}

std::string aboveLimit(const Case& of, string_view option) {
  const auto limit = compiledLimit(option);
  std::int64_t wanted = 0;
  std::from_chars(of.wanted.data(), of.wanted.data() + of.wanted.size(), wanted);
  if (!limit || wanted <= *limit) return {};
  return "this SQLite library was compiled with a limit of " + std::to_string(*limit) + " (" +
         std::string(option) + ")";
}

std::string journalReason(const Case& of) {
  if (of.path.empty()) {
    return "a database in memory, or a temporary one, has no write-ahead log and no journal file";
  }
  if (of.readOnly()) {
    return "the database is open for reading only, and the journal mode is kept in the file";
  }
  if (of.wanted == "off") {
    int defensive = 0;
    sqlite3_db_config(of.handle.db(), SQLITE_DBCONFIG_DEFENSIVE, -1, &defensive);
    if (defensive != 0) return "SQLite refuses it where the setting defensive is on";
  }
  if (of.wanted == "wal") {
    const std::string mount = of.requests.mountType(std::string(of.path));
    if (isNetworkMount(mount)) {
      return "the file lies on a network file system (" + mount +
             "), where the shared memory of a write-ahead log does not work";
    }
  }
  return {};
}

std::string shapeReason(const Case& of) {
  if (of.readOnly()) return "the database is open for reading only, and it is kept in the file";
  if (of.name == "encoding") return "the file has tables already: its encoding stays";
  if (of.name == "auto_vacuum") {
    return "the file holds pages already: it changes with the next VACUUM";
  }
  if (sqliteJournalMode(of.handle, "main") == "wal") {
    return "the file holds pages already, and in WAL mode not even VACUUM changes their size: it "
           "takes journal_mode = delete, page_size, VACUUM";
  }
  return "the file holds pages already: their size changes with the next VACUUM";
}

}  // namespace

std::string sqliteSettingReason(SqliteHandle& handle, const SqliteRequests& requests,
                                const SqliteSettingRequest& request) {
  const SqliteSpec& spec = sqliteSpecs()[request.spec];
  const char* const file = sqlite3_db_filename(handle.db(), "main");
  const Case of{handle, requests, spec.name, request.value, file == nullptr ? "" : file};
  if (of.name == "foreign_keys" && sqlite3_get_autocommit(handle.db()) == 0) {
    return "a transaction is open, inside which SQLite does not change it";
  }
  if (of.name == "journal_mode") return journalReason(of);
  if (of.name == "page_size" || of.name == "auto_vacuum" || of.name == "encoding") {
    return shapeReason(of);
  }
  if (of.name == "mmap_size") {
    return of.path.empty() ? "a database in memory is not mapped" : aboveLimit(of, "MAX_MMAP_SIZE");
  }
  if (of.name == "threads") return aboveLimit(of, "MAX_WORKER_THREADS");
  if (of.name == "max_page_count") return "the file holds more pages already";
  return {};
}

}  // namespace sonde
