#include "sqlite_setting_specs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../core/text.hpp"

namespace sonde {
namespace {

using std::string_view;
using Kind = SqliteSettingKind;

constexpr std::array<string_view, 2> kSwitch{"off", "on"};
constexpr std::array<string_view, 4> kSynchronous{"off", "normal", "full", "extra"};
constexpr std::array<string_view, 3> kTempStore{"default", "file", "memory"};
constexpr std::array<string_view, 3> kAutoVacuum{"none", "full", "incremental"};
constexpr std::array<string_view, 3> kSecureDelete{"off", "on", "fast"};
constexpr std::array<string_view, 6> kJournalMode{"delete", "truncate", "persist",
                                                  "memory", "wal",      "off"};
constexpr std::array<string_view, 2> kLockingMode{"normal", "exclusive"};
constexpr std::array<string_view, 3> kEncoding{"utf-8", "utf-16le", "utf-16be"};

constexpr string_view kPageSize = "page_size";
constexpr std::int64_t kInt64Most = std::numeric_limits<std::int64_t>::max();

constexpr SqliteSpec words(string_view name, std::span<const string_view> takes,
                           Kind kind = Kind::Number, bool inFile = false) {
  return {.name = name, .words = takes, .kind = kind, .inFile = inFile};
}
constexpr SqliteSpec number(string_view name, std::int64_t least,
                            std::int64_t most = std::numeric_limits<std::int32_t>::max()) {
  return {.name = name, .words = {}, .least = least, .most = most};
}
constexpr SqliteSpec guardPragma(string_view name) {
  return {.name = name, .words = kSwitch, .guard = true};
}
constexpr SqliteSpec guardSwitch(string_view name, int option) {
  return {.name = name, .words = kSwitch, .kind = Kind::Switch, .guard = true, .option = option};
}

constexpr std::array<SqliteSpec, 28> kSpecs{{
    guardSwitch("defensive", SQLITE_DBCONFIG_DEFENSIVE),
    guardSwitch("enable_trigger", SQLITE_DBCONFIG_ENABLE_TRIGGER),
    guardSwitch("enable_view", SQLITE_DBCONFIG_ENABLE_VIEW),
    guardSwitch("dqs_ddl", SQLITE_DBCONFIG_DQS_DDL),
    guardPragma("trusted_schema"),
    guardPragma("cell_size_check"),
    {.name = kPageSize, .words = {}, .inFile = true, .least = 512, .most = 65'536},
    words("encoding", kEncoding, Kind::Word, true),
    words("auto_vacuum", kAutoVacuum, Kind::Number, true),
    words("locking_mode", kLockingMode, Kind::Word),
    words("journal_mode", kJournalMode, Kind::Word, true),
    words("synchronous", kSynchronous),
    words("foreign_keys", kSwitch),
    number("cache_size", std::numeric_limits<std::int32_t>::min()),
    words("cache_spill", kSwitch),
    number("mmap_size", 0, kInt64Most),
    words("temp_store", kTempStore),
    number("journal_size_limit", -1, kInt64Most),
    number("wal_autocheckpoint", 0),
    number("max_page_count", 1),
    words("secure_delete", kSecureDelete),
    number("analysis_limit", 0),
    words("automatic_index", kSwitch),
    words("recursive_triggers", kSwitch),
    words("reverse_unordered_selects", kSwitch),
    words("query_only", kSwitch),
    number("threads", 0),
    words("fullfsync", kSwitch),
}};

std::string joined(std::span<const string_view> words) {
  std::string text;
  for (const string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

std::string canonicalNumber(const SqliteSpec& spec, string_view value) {
  const auto number = sqliteInteger(value);
  if (!number) refuseSqliteValue(spec.name, "an integer");
  if (*number < spec.least || *number > spec.most) {
    refuseSqliteValue(spec.name, "an integer from " + std::to_string(spec.least) + " to " +
                                     std::to_string(spec.most));
  }
  // SQLite goes by the nearest default for any other without a word.
  if (spec.name == kPageSize && !std::has_single_bit(static_cast<std::uint64_t>(*number))) {
    refuseSqliteValue(spec.name, "a power of two from 512 to 65536");
  }
  return std::to_string(*number);
}

}  // namespace

std::span<const SqliteSpec> sqliteSpecs() noexcept { return kSpecs; }

std::optional<std::size_t> findSqliteSpec(string_view name) noexcept {
  const auto* const found = std::find_if(kSpecs.begin(), kSpecs.end(),
                                         [&](const SqliteSpec& spec) { return spec.name == name; });
  if (found == kSpecs.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kSpecs.begin());
}

void refuseSqliteValue(string_view name, const std::string& takes) {
  throw ConfigError("setting " + quoteForMessage(name) + " takes " + takes);
}

std::optional<std::int64_t> sqliteInteger(string_view text) noexcept {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<string_view> sqliteSwitchWord(string_view value) noexcept {
  for (const string_view yes : {"on", "true", "yes", "1"}) {
    if (text::equalsIgnoreCase(value, yes)) return kSwitch[1];
  }
  for (const string_view no : {"off", "false", "no", "0"}) {
    if (text::equalsIgnoreCase(value, no)) return kSwitch[0];
  }
  return std::nullopt;
}

std::string canonicalSqliteValue(const SqliteSpec& spec, string_view value) {
  if (spec.words.empty()) return canonicalNumber(spec, value);
  for (const string_view word : spec.words) {
    if (text::equalsIgnoreCase(value, word)) return std::string(word);
  }
  if (spec.words.front() == "off" && spec.words[1] == "on") {
    if (const auto word = sqliteSwitchWord(value)) return std::string(*word);
  }
  const auto number = sqliteInteger(value);
  if (number && spec.kind == Kind::Number && *number >= 0 &&
      static_cast<std::size_t>(*number) < spec.words.size()) {
    return std::string(spec.words[static_cast<std::size_t>(*number)]);
  }
  refuseSqliteValue(spec.name, "one of " + joined(spec.words));
}

}  // namespace sonde
