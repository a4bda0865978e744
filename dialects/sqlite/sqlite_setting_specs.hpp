// The table of SQLite's settings: which there are, what values they take, when they are applied.
//
// Invariant: constant. Only names and canonical values of this table ever become PRAGMA text.
// Internal to the driver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

/// How SQLite takes a setting and gives it back.
enum class SqliteSettingKind : std::uint8_t {
  Number,  ///< PRAGMA that answers a number, also where it takes words.
  Word,    ///< PRAGMA that answers a word.
  Switch,  ///< sqlite3_db_config(): on or off.
};

struct SqliteSpec {
  std::string_view name;
  std::span<const std::string_view> words;  ///< The values it takes; empty for any integer.
  SqliteSettingKind kind = SqliteSettingKind::Number;
  bool inFile = false;  ///< Kept in the database file, so set by a connection that may write.
  bool guard = false;   ///< Guards against a hostile file, so set before anything is read.
  std::int64_t least = std::numeric_limits<std::int32_t>::min();
  std::int64_t most = std::numeric_limits<std::int32_t>::max();
  int option = 0;  ///< Of a Switch: SQLITE_DBCONFIG_…
};

/// @return Every setting, in the order to apply: what shapes a new file comes before what writes
/// it. Thread-safe.
[[nodiscard]] std::span<const SqliteSpec> sqliteSpecs() noexcept;

/// @return Where in sqliteSpecs() a setting of this name stands; empty for none. Thread-safe.
[[nodiscard]] std::optional<std::size_t> findSqliteSpec(std::string_view name) noexcept;

/// @return The value in the spelling that SQLite gives it back in. @throws ConfigError saying what
/// the setting takes. Thread-safe.
[[nodiscard]] std::string canonicalSqliteValue(const SqliteSpec& spec, std::string_view value);

/// @return "on" or "off" for those under all their names; empty for anything else. Thread-safe.
[[nodiscard]] std::optional<std::string_view> sqliteSwitchWord(std::string_view value) noexcept;

/// @return The whole text as an integer; empty when it is none. Thread-safe.
[[nodiscard]] std::optional<std::int64_t> sqliteInteger(std::string_view text) noexcept;

/// @throws ConfigError always: the setting takes something else.
[[noreturn]] void refuseSqliteValue(std::string_view name, const std::string& takes);

}  // namespace sonde
