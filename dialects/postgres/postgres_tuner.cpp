#include "postgres_tuner.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "postgres_tuner_rules.hpp"

namespace sonde {
namespace {

constexpr const char* kSettings =
    "SELECT name, setting, unit, source, sourcefile, pending_restart, current_setting(name) FROM "
    "pg_settings WHERE pending_restart OR name IN ('shared_buffers', 'effective_cache_size', "
    "'work_mem', 'maintenance_work_mem', 'max_connections', 'autovacuum', 'track_counts', 'fsync', "
    "'full_page_writes', 'zero_damaged_pages', 'synchronous_commit', 'lock_timeout', "
    "'statement_timeout', 'idle_in_transaction_session_timeout', 'shared_preload_libraries') "
    "ORDER BY name";

constexpr const char* kCounters =
    "SELECT blks_hit, blks_read, extract(epoch FROM now() - coalesce(stats_reset, "
    "pg_postmaster_start_time()))::bigint FROM pg_stat_database WHERE datname = current_database()";

void readSettings(PostgresFacts& facts, TunerReading& reading) {
  const auto rows = reading.rows("pg_settings", kSettings);
  if (!rows) return;
  for (const RowView row : *rows) {
    PostgresSetting setting{cellText(row, 1), cellText(row, 6),
                            cellText(row, 2), cellText(row, 3),
                            cellText(row, 4), !row[5].isNull() && row[5].as<bool>()};
    const std::string name = cellText(row, 0);
    reading.fact(name, setting.shown, setting.source,
                 setting.source == "client" || setting.source == "session"
                     ? SettingScope::Connection
                     : SettingScope::Server);
    facts.settings.emplace(name, std::move(setting));
  }
  if (!facts.settings.contains("shared_preload_libraries")) {
    reading.unread(
        "shared_preload_libraries: shown to superusers and members of pg_read_all_settings only");
  }
}

/// What sonde sets for its own sessions says nothing of the others.
bool isOwn(const PostgresSetting& setting) {
  return setting.source == "client" || setting.source == "session";
}

Recommendation serverSetting(const PostgresFacts& facts, const std::string& id,
                             const std::string& name, const std::string& wanted) {
  Recommendation advice;
  advice.id = "postgres." + id;
  advice.subject = name;
  const auto found = facts.settings.find(name);
  advice.recommended = wanted;
  advice.apply = {"ALTER SYSTEM SET " + name + " = '" + wanted + "'", "SELECT pg_reload_conf()"};
  advice.undo = {"ALTER SYSTEM RESET " + name, "SELECT pg_reload_conf()"};
  if (found == facts.settings.end()) return advice;
  advice.current = found->second.shown;
  // Then ALTER SYSTEM has set it before, and a reset would not give that value back.
  if (found->second.sourceFile.ends_with("postgresql.auto.conf")) {
    advice.undo.front() = "ALTER SYSTEM SET " + name + " = '" + found->second.shown + "'";
  }
  return advice;
}

std::string megabytes(std::int64_t bytes) { return std::to_string(bytes >> 20U) + "MB"; }

constexpr std::int64_t kGibibyte = std::int64_t{1} << 30U;
constexpr std::int64_t kMebibyte = std::int64_t{1} << 20U;

void judgeSharedBuffers(const PostgresFacts& facts, TunerReading& reading) {
  const std::int64_t now = facts.bytes("shared_buffers");
  if (now == 0 || facts.memory < 2 * kGibibyte) return;
  const std::int64_t quarter = facts.memory / 4;
  if (now * 2 > quarter && now * 5 < facts.memory * 2) return;
  const std::int64_t blocks = facts.blocksHit + facts.blocksRead;
  const bool missed = blocks > 100'000 && facts.blocksRead * 20 > blocks;
  auto advice = serverSetting(facts, "shared_buffers", "shared_buffers", megabytes(quarter));
  advice.risk = AdviceRisk::Restart;
  advice.severity = missed || now > quarter ? AdviceSeverity::Advice : AdviceSeverity::Note;
  advice.reason = "the machine has " + sizeText(facts.memory) +
                  " of memory, and about a quarter of it is the usual start; " +
                  shareText(facts.blocksHit, blocks) + " of " + std::to_string(blocks) +
                  " blocks of this database were found in the buffers";
  advice.tradeOff =
      "takes a restart; what the server takes, other programs of the machine have not";
  advice.apply.pop_back();
  advice.undo.pop_back();
  reading.advise(std::move(advice));
}

void judgePlannerMemory(const PostgresFacts& facts, TunerReading& reading) {
  const std::int64_t cache = facts.bytes("effective_cache_size");
  if (cache != 0 && facts.memory >= 2 * kGibibyte &&
      (cache * 2 < facts.memory || cache > facts.memory)) {
    auto advice = serverSetting(facts, "effective_cache_size", "effective_cache_size",
                                megabytes(facts.memory / 4 * 3));
    advice.severity = AdviceSeverity::Note;
    advice.reason = "the planner takes it for the memory that caches files, and the machine has " +
                    sizeText(facts.memory);
    advice.tradeOff = "allocates nothing; plans may change";
    reading.advise(std::move(advice));
  }
  const std::int64_t maintenance = facts.bytes("maintenance_work_mem");
  const std::int64_t wanted = std::min(facts.memory / 16, 2 * kGibibyte);
  if (maintenance != 0 && facts.memory >= 4 * kGibibyte && maintenance * 2 < wanted) {
    auto advice =
        serverSetting(facts, "maintenance_work_mem", "maintenance_work_mem", megabytes(wanted));
    advice.severity = AdviceSeverity::Note;
    advice.reason =
        "VACUUM and CREATE INDEX work in it, and the machine has " + sizeText(facts.memory);
    advice.tradeOff = "so much memory for each of them that runs, autovacuum workers included";
    reading.advise(std::move(advice));
  }
}

}  // namespace

std::int64_t PostgresFacts::bytes(const std::string& name) const {
  const auto found = settings.find(name);
  if (found == settings.end()) return 0;
  const PostgresSetting& setting = found->second;
  std::int64_t number = 0;
  std::from_chars(setting.value.data(), setting.value.data() + setting.value.size(), number);
  if (setting.unit == "8kB") return number * 8192;
  if (setting.unit == "kB") return number * 1024;
  if (setting.unit == "MB") return number * kMebibyte;
  return number;
}

bool PostgresFacts::is(const std::string& name, std::string_view value) const {
  const auto found = settings.find(name);
  return found != settings.end() && found->second.value == value;
}

PostgresFacts readPostgresFacts(TunerReading& reading) {
  PostgresFacts facts;
  readSettings(facts, reading);
  if (const auto row = reading.row("pg_stat_database", kCounters)) {
    facts.blocksHit = (*row)[0].as<std::int64_t>();
    facts.blocksRead = (*row)[1].as<std::int64_t>();
    facts.countedSeconds = (*row)[2].as<std::int64_t>();
    reading.fact("days that use was counted", std::to_string(facts.countedSeconds / 86'400),
                 "pg_stat_database", SettingScope::Server);
    reading.fact("blocks found in the buffers",
                 shareText(facts.blocksHit, facts.blocksHit + facts.blocksRead), "pg_stat_database",
                 SettingScope::Server);
  }
  facts.sameHost =
      reading.number("inet_server_addr", "SELECT (inet_server_addr() IS NULL)::integer") == 1;
  facts.memory = reading.machine(facts.sameHost);
  return facts;
}

void judgePostgresDangers(const PostgresFacts& facts, TunerReading& reading) {
  const auto add = [&](const char* name, const char* bad, const char* good, const char* reason) {
    if (!facts.is(name, bad)) return;
    auto advice = serverSetting(facts, std::string(name) + "." + bad, name, good);
    advice.severity = AdviceSeverity::Danger;
    advice.reason = reason;
    advice.tradeOff = "commits and checkpoints wait for the disk";
    reading.advise(std::move(advice));
  };
  add("fsync", "off", "on",
      "nothing waits for the disk: a power loss or a crash of the system can damage the whole "
      "cluster");
  add("full_page_writes", "off", "on",
      "a page that was half written as the system crashed cannot be mended");
  add("zero_damaged_pages", "on", "off",
      "damaged pages are read as empty, and what was on them is gone without a word");
  for (const char* name : {"autovacuum", "track_counts"}) {
    if (!facts.is(name, "off")) continue;
    auto advice = serverSetting(facts, std::string(name) + ".off", name, "on");
    advice.reason =
        "nobody clears dead rows away or gathers statistics: tables and indexes grow, plans become "
        "wrong, and in the end the server stops to save its transaction numbers";
    advice.tradeOff = "reads and writes in the background, within autovacuum's own limits";
    reading.advise(std::move(advice));
  }
}

void judgePostgresMemory(const PostgresFacts& facts, TunerReading& reading) {
  if (facts.memory == 0) return;
  judgeSharedBuffers(facts, reading);
  judgePlannerMemory(facts, reading);
  const std::int64_t connections = facts.bytes("max_connections");
  const std::int64_t workMemory = facts.bytes("work_mem");
  if (connections * workMemory > facts.memory) {
    auto advice = serverSetting(facts, "work_mem.total", "work_mem",
                                megabytes(std::max(facts.memory / 4 / connections, kMebibyte)));
    advice.reason = std::to_string(connections) + " connections with one sort each of " +
                    sizeText(workMemory) + " take more than the " + sizeText(facts.memory) +
                    " that there are";
    advice.tradeOff =
        "sorts and hashes spill to disk earlier; set it higher for a session that needs it";
    reading.advise(std::move(advice));
  }
}

void judgePostgresSessions(const PostgresFacts& facts, TunerReading& reading) {
  const auto unbounded = [&](const char* name, const char* wanted, const char* reason) {
    const auto found = facts.settings.find(name);
    if (found == facts.settings.end() || found->second.value != "0" || isOwn(found->second)) return;
    auto advice = serverSetting(facts, std::string(name) + ".none", name, wanted);
    advice.severity = AdviceSeverity::Note;
    advice.reason = reason;
    advice.tradeOff =
        "ends what takes longer, with an error; ALTER ROLE … SET gives one user another value";
    reading.advise(std::move(advice));
  };
  unbounded("idle_in_transaction_session_timeout", "60s",
            "a transaction that a program forgot keeps its locks, and keeps VACUUM from clearing "
            "dead rows, until its connection ends");
  unbounded("statement_timeout", "60s", "a statement that went wrong runs until somebody stops it");
  unbounded("lock_timeout", "5s",
            "a session waits for a lock without end, and others queue up behind it; sonde sets it "
            "for its own sessions");
  for (const auto& [name, setting] : facts.settings) {
    if (!setting.pendingRestart) continue;
    Recommendation advice;
    advice.id = "postgres.restart.pending";
    advice.subject = name;
    advice.current = setting.shown;
    advice.recommended = "as the configuration file has it";
    advice.risk = AdviceRisk::Restart;
    advice.reason = "the configuration file has another value, which waits for a restart";
    advice.tradeOff = "a restart ends every connection";
    advice.apply = {"restart the server"};
    reading.advise(std::move(advice));
  }
  const auto libraries = facts.settings.find("shared_preload_libraries");
  if (libraries == facts.settings.end() ||
      libraries->second.value.find("pg_stat_statements") != std::string::npos) {
    return;
  }
  const std::string& before = libraries->second.value;
  auto advice = serverSetting(facts, "pg_stat_statements.missing", "shared_preload_libraries",
                              (before.empty() ? "" : before + ", ") + "pg_stat_statements");
  advice.severity = AdviceSeverity::Note;
  advice.risk = AdviceRisk::Restart;
  advice.reason = "the server keeps no statistics of statements, so nobody can say which are slow";
  advice.tradeOff = "takes a restart, and a little time of each statement";
  advice.apply.back() = "CREATE EXTENSION pg_stat_statements, after a restart";
  advice.undo.pop_back();
  reading.advise(std::move(advice));
}

TuningReport PostgresTuner::advise(Connection& connection, const TuningRequest& request) const {
  TuningReport report;
  TunerReading reading(connection, report);
  const PostgresFacts facts = readPostgresFacts(reading);
  judgePostgresDangers(facts, reading);
  judgePostgresTables(reading);
  judgePostgresIndexes(reading);
  judgePostgresMemory(facts, reading);
  judgePostgresSessions(facts, reading);
  if (!request.profile.empty()) {
    Recommendation advice;
    advice.id = "postgres.profile.session";
    advice.subject = "settings of sessions";
    advice.current = "the server's";
    for (const auto& [name, value] : request.profile) {
      advice.recommended += (advice.recommended.empty() ? "" : ", ") + name + " = " + value;
    }
    advice.severity = AdviceSeverity::Note;
    advice.risk = AdviceRisk::Configuration;
    advice.reason = "a profile holds for sessions, so each program has to ask for it as it opens";
    advice.tradeOff = "see docs/tuning.md";
    advice.apply = {"optimization.profile = " + request.profileName};
    advice.undo = {"leave the line out"};
    reading.advise(std::move(advice));
  }
  return report;
}

}  // namespace sonde
