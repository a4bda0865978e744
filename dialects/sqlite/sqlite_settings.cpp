#include "sqlite_settings.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "../../core/suggest.hpp"
#include "../../core/text.hpp"
#include "sqlite_text.hpp"

namespace sonde {
namespace {

using std::string_view;

constexpr std::array<string_view, 2> kSwitch{"off", "on"};
constexpr std::array<string_view, 4> kSynchronous{"off", "normal", "full", "extra"};
constexpr std::array<string_view, 3> kTempStore{"default", "file", "memory"};
constexpr std::array<string_view, 3> kAutoVacuum{"none", "full", "incremental"};
constexpr std::array<string_view, 3> kSecureDelete{"off", "on", "fast"};
constexpr std::array<string_view, 6> kJournalMode{"delete", "truncate", "persist",
                                                  "memory", "wal",      "off"};
constexpr std::array<string_view, 2> kLockingMode{"normal", "exclusive"};
constexpr std::array<string_view, 3> kEncoding{"utf-8", "utf-16le", "utf-16be"};

/// How SQLite answers when it is asked for a setting.
enum class Answer : std::uint8_t { Number, Word };

struct Spec {
  string_view name;
  std::span<const string_view> words;  ///< The values it takes; empty for any integer.
  Answer answer = Answer::Number;
  bool inFile = false;  ///< Kept in the database file, so set by a connection that may write.
};

// In the order they are applied: what shapes a new file comes before what writes it.
constexpr std::array<Spec, 24> kSpecs{{
    {"page_size", {}, Answer::Number, true},
    {"encoding", kEncoding, Answer::Word, true},
    {"auto_vacuum", kAutoVacuum, Answer::Number, true},
    {"locking_mode", kLockingMode, Answer::Word},
    {"journal_mode", kJournalMode, Answer::Word, true},
    {"synchronous", kSynchronous},
    {"foreign_keys", kSwitch},
    {"cache_size", {}},
    {"cache_spill", kSwitch},
    {"mmap_size", {}},
    {"temp_store", kTempStore},
    {"journal_size_limit", {}},
    {"wal_autocheckpoint", {}},
    {"max_page_count", {}},
    {"trusted_schema", kSwitch},
    {"cell_size_check", kSwitch},
    {"secure_delete", kSecureDelete},
    {"analysis_limit", {}},
    {"automatic_index", kSwitch},
    {"recursive_triggers", kSwitch},
    {"reverse_unordered_selects", kSwitch},
    {"query_only", kSwitch},
    {"threads", {}},
    {"fullfsync", kSwitch},
}};

// The three that are no PRAGMA.
constexpr string_view kMode = "mode";
constexpr string_view kImmutable = "immutable";
constexpr string_view kBusyTimeout = "busy_timeout";

std::string joined(std::span<const string_view> words) {
  std::string text;
  for (const string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

[[noreturn]] void refuseValue(string_view name, const std::string& takes) {
  throw ConfigError("setting " + quoteForMessage(name) + " takes " + takes);
}

std::optional<std::int64_t> parseInteger(string_view text) noexcept {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The canonical spelling of a switch: on and off under all their names.
std::optional<string_view> switchWord(string_view value) {
  for (const string_view yes : {"on", "true", "yes", "1"}) {
    if (text::equalsIgnoreCase(value, yes)) return kSwitch[1];
  }
  for (const string_view no : {"off", "false", "no", "0"}) {
    if (text::equalsIgnoreCase(value, no)) return kSwitch[0];
  }
  return std::nullopt;
}

std::string canonicalValue(const Spec& spec, string_view value) {
  if (spec.words.empty()) {
    const auto number = parseInteger(value);
    if (!number) refuseValue(spec.name, "an integer");
    return std::to_string(*number);
  }
  for (const string_view word : spec.words) {
    if (text::equalsIgnoreCase(value, word)) return std::string(word);
  }
  if (spec.words.front() == "off" && spec.words[1] == "on") {
    if (const auto word = switchWord(value)) return std::string(*word);
  }
  const auto number = parseInteger(value);
  if (number && spec.answer == Answer::Number && *number >= 0 &&
      static_cast<std::size_t>(*number) < spec.words.size()) {
    return std::string(spec.words[static_cast<std::size_t>(*number)]);
  }
  refuseValue(spec.name, "one of " + joined(spec.words));
}

bool parseSwitch(string_view name, string_view value) {
  const auto word = switchWord(value);
  if (!word) refuseValue(name, "on or off");
  return *word == kSwitch[1];
}

AccessMode parseMode(string_view value) {
  if (value == "ro") return AccessMode::ReadOnly;
  if (value == "rw") return AccessMode::ReadWrite;
  if (value == "rwc") return AccessMode::CreateIfMissing;
  refuseValue(kMode, "ro (read only), rw (read and write) or rwc (create when missing)");
}

[[noreturn]] void refuseName(string_view name) {
  std::vector<std::string> names{std::string(kMode), std::string(kImmutable),
                                 std::string(kBusyTimeout)};
  for (const Spec& spec : kSpecs) names.emplace_back(spec.name);
  throw ConfigError("SQLite has no setting " + quoteForMessage(name) +
                    didYouMean(nearest(name, names)));
}

void readOne(SqliteRequests& requests, string_view givenName, string_view value) {
  const std::string name = text::toSnakeCase(givenName);
  if (name == kBusyTimeout) {
    const auto milliseconds = parseInteger(value);
    if (!milliseconds || *milliseconds < 0) refuseValue(name, "milliseconds, 0 or more");
    requests.busyTimeout = std::chrono::milliseconds(*milliseconds);
    return;
  }
  const auto* const spec = std::find_if(kSpecs.begin(), kSpecs.end(),
                                        [&](const Spec& known) { return known.name == name; });
  if (spec == kSpecs.end()) refuseName(givenName);
  const auto index = static_cast<std::size_t>(spec - kSpecs.begin());
  std::string canonical = canonicalValue(*spec, value);
  for (SqliteSettingRequest& request : requests.settings) {
    if (request.spec == index) {
      request.value = std::move(canonical);
      return;
    }
  }
  requests.settings.push_back({index, std::move(canonical)});
}

/// The first column of the first row of a PRAGMA; empty when it gives none.
std::string runPragma(SqliteHandle& handle, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  handle.started();
  handle.check(sqlite3_prepare_v2(handle.db(), sql.c_str(), -1, &statement, nullptr), sql);
  std::string answer;
  int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    if (text != nullptr) answer = text;
    while (code == SQLITE_ROW) code = sqlite3_step(statement);
  }
  const int result = sqlite3_finalize(statement);
  if (code != SQLITE_DONE) handle.fail(result == SQLITE_OK ? code : result, sql);
  return answer;
}

std::string effectiveValue(SqliteHandle& handle, const Spec& spec) {
  std::string answer = runPragma(handle, "PRAGMA " + std::string(spec.name));
  if (spec.answer == Answer::Word) return text::lower(answer);
  const auto number = parseInteger(answer);
  if (!number || spec.words.empty()) return answer;
  if (spec.name == "cache_spill") return std::string(kSwitch[*number == 0 ? 0 : 1]);
  const bool known = *number >= 0 && static_cast<std::size_t>(*number) < spec.words.size();
  return known ? std::string(spec.words[static_cast<std::size_t>(*number)]) : answer;
}

}  // namespace

SqliteRequests readSqliteRequests(const DriverOptions& options) {
  SqliteRequests requests;
  requests.access = options.access;
  requests.busyTimeout = options.busyTimeout;
  readOne(requests, "foreign_keys", "on");
  for (const auto& [name, value] : options.settings) readOne(requests, name, value);
  for (const auto& [name, value] : options.uri.options) {
    if (name == kMode) {
      const AccessMode mode = parseMode(value);
      if (options.access != AccessMode::ReadOnly) requests.access = mode;
    } else if (name == kImmutable) {
      requests.immutable = parseSwitch(name, value);
    } else {
      readOne(requests, name, value);
    }
  }
  if (requests.immutable) requests.access = AccessMode::ReadOnly;
  std::sort(requests.settings.begin(), requests.settings.end(),
            [](const auto& a, const auto& b) { return a.spec < b.spec; });
  return requests;
}

void applySqliteSettings(SqliteHandle& handle, const SqliteRequests& requests, bool mayWriteFile) {
  handle.setBusyTimeout(requests.busyTimeout);
  for (const SqliteSettingRequest& request : requests.settings) {
    const Spec& spec = kSpecs[request.spec];
    if (spec.inFile && !mayWriteFile) continue;
    runPragma(handle, "PRAGMA " + std::string(spec.name) + " = '" + request.value + "'");
  }
}

std::vector<SettingReport> reportSqliteSettings(SqliteHandle& handle,
                                                const SqliteRequests& requests) {
  std::vector<SettingReport> reports;
  reports.push_back({std::string(kBusyTimeout), std::to_string(requests.busyTimeout.count()),
                     std::to_string(handle.busyTimeout().count())});
  for (const SqliteSettingRequest& request : requests.settings) {
    const Spec& spec = kSpecs[request.spec];
    reports.push_back({std::string(spec.name), request.value, effectiveValue(handle, spec)});
  }
  return reports;
}

std::string sqliteJournalMode(SqliteHandle& handle, string_view schema) {
  return text::lower(runPragma(handle, "PRAGMA " + sqliteQuote(schema) + ".journal_mode"));
}

}  // namespace sonde
