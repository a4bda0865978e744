#include "sqlite_settings.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "../../core/suggest.hpp"
#include "../../core/text.hpp"
#include "sqlite_setting_reasons.hpp"
#include "sqlite_setting_specs.hpp"
#include "sqlite_text.hpp"

namespace sonde {
namespace {

using std::string_view;

// The three that are neither a PRAGMA nor a switch.
constexpr string_view kMode = "mode";
constexpr string_view kImmutable = "immutable";
constexpr string_view kBusyTimeout = "busy_timeout";

bool parseSwitch(string_view name, string_view value) {
  const auto word = sqliteSwitchWord(value);
  if (!word) refuseSqliteValue(name, "on or off");
  return *word == "on";
}

AccessMode parseMode(string_view value) {
  if (value == "ro") return AccessMode::ReadOnly;
  if (value == "rw") return AccessMode::ReadWrite;
  if (value == "rwc") return AccessMode::CreateIfMissing;
  refuseSqliteValue(kMode, "ro (read only), rw (read and write) or rwc (create when missing)");
}

[[noreturn]] void refuseName(string_view name) {
  std::vector<std::string> names{std::string(kMode), std::string(kImmutable),
                                 std::string(kBusyTimeout)};
  for (const SqliteSpec& spec : sqliteSpecs()) names.emplace_back(spec.name);
  throw ConfigError("SQLite has no setting " + quoteForMessage(name) +
                    didYouMean(nearest(name, names)));
}

void readOne(SqliteRequests& requests, string_view givenName, string_view value) {
  const std::string name = text::toSnakeCase(givenName);
  if (name == kBusyTimeout) {
    const auto milliseconds = sqliteInteger(value);
    if (!milliseconds || *milliseconds < 0) refuseSqliteValue(name, "milliseconds, 0 or more");
    requests.busyTimeout = std::chrono::milliseconds(*milliseconds);
    return;
  }
  const auto spec = findSqliteSpec(name);
  if (!spec) refuseName(givenName);
  std::string canonical = canonicalSqliteValue(sqliteSpecs()[*spec], value);
  for (SqliteSettingRequest& request : requests.settings) {
    if (request.spec == *spec) {
      request.value = std::move(canonical);
      return;
    }
  }
  requests.settings.push_back({*spec, std::move(canonical)});
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

void setSwitch(SqliteHandle& handle, const SqliteSpec& spec, bool on) {
  int holds = 0;
  handle.check(sqlite3_db_config(handle.db(), spec.option, on ? 1 : 0, &holds), spec.name);
}

std::string effectiveSwitch(SqliteHandle& handle, const SqliteSpec& spec) {
  int holds = 0;
  handle.check(sqlite3_db_config(handle.db(), spec.option, -1, &holds), spec.name);
  return std::string(spec.words[holds == 0 ? 0 : 1]);
}

std::string effectiveValue(SqliteHandle& handle, const SqliteSpec& spec) {
  if (spec.kind == SqliteSettingKind::Switch) return effectiveSwitch(handle, spec);
  std::string answer = runPragma(handle, "PRAGMA " + std::string(spec.name));
  if (spec.kind == SqliteSettingKind::Word) return text::lower(answer);
  const auto number = sqliteInteger(answer);
  if (!number || spec.words.empty()) return answer;
  if (spec.name == "cache_spill") return std::string(spec.words[*number == 0 ? 0 : 1]);
  const bool known = *number >= 0 && static_cast<std::size_t>(*number) < spec.words.size();
  return known ? std::string(spec.words[static_cast<std::size_t>(*number)]) : answer;
}

void applyOne(SqliteHandle& handle, const SqliteSpec& spec, const std::string& value) {
  if (spec.kind == SqliteSettingKind::Switch) {
    setSwitch(handle, spec, value == "on");
  } else {
    runPragma(handle, "PRAGMA " + std::string(spec.name) + " = '" + value + "'");
  }
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

void applySqliteGuards(SqliteHandle& handle, const SqliteRequests& requests) {
  for (const SqliteSettingRequest& request : requests.settings) {
    const SqliteSpec& spec = sqliteSpecs()[request.spec];
    if (spec.guard) applyOne(handle, spec, request.value);
  }
}

void applySqliteSettings(SqliteHandle& handle, const SqliteRequests& requests, bool mayWriteFile) {
  // Before what may have to wait for a lock, as the switch to WAL does.
  handle.setBusyTimeout(requests.busyTimeout);
  for (const SqliteSettingRequest& request : requests.settings) {
    const SqliteSpec& spec = sqliteSpecs()[request.spec];
    if (spec.guard || (spec.inFile && !mayWriteFile)) continue;
    applyOne(handle, spec, request.value);
  }
}

std::vector<SettingReport> reportSqliteSettings(SqliteHandle& handle,
                                                const SqliteRequests& requests) {
  std::vector<SettingReport> reports;
  reports.push_back({std::string(kBusyTimeout), std::to_string(requests.busyTimeout.count()),
                     std::to_string(handle.busyTimeout().count())});
  for (const SqliteSettingRequest& request : requests.settings) {
    const SqliteSpec& spec = sqliteSpecs()[request.spec];
    SettingReport report{std::string(spec.name), request.value, effectiveValue(handle, spec),
                         spec.inFile ? SettingScope::File : SettingScope::Connection};
    if (!report.honoured()) {
      report.reason = sqliteSettingReason(handle, requests, request);
    }
    reports.push_back(std::move(report));
  }
  return reports;
}

std::string sqliteEffectiveSetting(SqliteHandle& handle, string_view name) {
  const auto spec = findSqliteSpec(name);
  return spec ? effectiveValue(handle, sqliteSpecs()[*spec]) : std::string();
}

std::string sqliteJournalMode(SqliteHandle& handle, string_view schema) {
  return text::lower(runPragma(handle, "PRAGMA " + sqliteQuote(schema) + ".journal_mode"));
}

}  // namespace sonde
