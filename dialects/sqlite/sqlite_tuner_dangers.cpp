#include "sqlite_tuner_rules.hpp"

namespace sonde {
namespace {

constexpr int kWalResetFixed = 3051003;
constexpr int kWithdrawn = 3052000;

/// A dangerous setting of the connection, undone by configuring it otherwise.
Recommendation danger(std::string id, std::string setting, std::string current,
                      std::string recommended) {
  Recommendation advice;
  advice.id = "sqlite." + std::move(id);
  advice.subject = std::move(setting);
  advice.current = std::move(current);
  advice.recommended = std::move(recommended);
  advice.severity = AdviceSeverity::Danger;
  advice.risk = AdviceRisk::Configuration;
  return advice;
}

void judgeDurability(const SqliteFacts& facts, TunerReading& reading) {
  if (!facts.inFile()) return;
  if (facts.synchronous == "off") {
    auto advice = danger("synchronous.off", "synchronous", "off", facts.wal() ? "normal" : "full");
    advice.reason =
        "nothing waits for the disk, so that writes reach it in any order: a power loss or a crash "
        "of the system can damage the whole file";
    advice.tradeOff = "commits become slower";
    advice.apply = {"optimization.synchronous = " + advice.recommended};
    advice.undo = {"optimization.synchronous = off"};
    reading.advise(std::move(advice));
  }
  if (facts.journalMode == "off" || facts.journalMode == "memory") {
    auto advice = danger("journal.none", "journal_mode", facts.journalMode, "wal");
    advice.reason =
        "the file has no journal on disk: a program that ends in the middle of a transaction "
        "leaves "
        "a damaged file behind";
    advice.tradeOff = "each change is written to a journal too";
    advice.apply = {"optimization.journalMode = wal"};
    advice.undo = {"optimization.journalMode = " + facts.journalMode};
    reading.advise(std::move(advice));
  }
}

void judgeSwitches(const SqliteFacts& facts, TunerReading& reading) {
  if (facts.writableSchema) {
    auto advice = danger("schema.writable", "writable_schema", "on", "off");
    advice.reason = "a mistaken UPDATE of sqlite_schema makes the file unreadable";
    advice.apply = {"PRAGMA writable_schema = off", "optimization.defensive = true"};
    advice.undo = {"PRAGMA writable_schema = on"};
    reading.advise(std::move(advice));
  }
  if (facts.ignoresChecks) {
    auto advice = danger("checks.ignored", "ignore_check_constraints", "on", "off");
    advice.reason = "rows that break a CHECK are stored";
    advice.tradeOff = "rows that break one already stay; PRAGMA integrity_check names them";
    advice.apply = {"PRAGMA ignore_check_constraints = off"};
    advice.undo = {"PRAGMA ignore_check_constraints = on"};
    reading.advise(std::move(advice));
  }
  if (facts.readsUncommitted) {
    auto advice = danger("reads.uncommitted", "read_uncommitted", "on", "off");
    advice.severity = AdviceSeverity::Advice;
    advice.reason = "with a shared cache, rows are read that are rolled back afterwards";
    advice.apply = {"PRAGMA read_uncommitted = off"};
    advice.undo = {"PRAGMA read_uncommitted = on"};
    reading.advise(std::move(advice));
  }
  if (facts.hasForeignKeys && !facts.foreignKeys) {
    auto advice = danger("foreign_keys.off", "foreign_keys", "off", "on");
    advice.severity = AdviceSeverity::Advice;
    advice.reason = "the schema declares foreign keys, and this connection does not enforce them";
    advice.tradeOff =
        "each write looks into the tables at the other end; rows that point at nothing already "
        "stay, and PRAGMA foreign_key_check lists them";
    advice.apply = {"optimization.foreignKeys = true"};
    advice.undo = {"optimization.foreignKeys = false"};
    reading.advise(std::move(advice));
  }
}

void judgeSharing(const SqliteFacts& facts, TunerReading& reading) {
  if (facts.inFile() && facts.lockingMode == "exclusive") {
    auto advice = danger("locking.exclusive", "locking_mode", "exclusive", "normal");
    advice.severity = AdviceSeverity::Advice;
    advice.reason = "once used, the file is closed to every other connection, of this pool too";
    advice.tradeOff = "a transaction takes and gives back its locks";
    advice.apply = {"optimization.settings: {\"locking_mode\": \"normal\"}"};
    advice.undo = {"optimization.settings: {\"locking_mode\": \"exclusive\"}"};
    reading.advise(std::move(advice));
  }
  if (isNetworkMount(facts.mountType)) {
    auto advice = danger("file.network", "file system", facts.mountType, "a local disk");
    if (!facts.wal()) advice.severity = AdviceSeverity::Advice;
    advice.reason =
        facts.wal()
            ? "the shared memory of a write-ahead log does not work between machines: two of them "
              "that use the file at once damage it"
            : "SQLite relies on locks that network file systems often do not keep, and then two "
              "writers damage the file";
    advice.tradeOff = "one machine only; for more of them a server is the better database";
    advice.apply = {"move the file to a local disk"};
    advice.undo = {"move it back"};
    reading.advise(std::move(advice));
  }
}

}  // namespace

void judgeSqliteDangers(const SqliteFacts& facts, TunerReading& reading) {
  judgeDurability(facts, reading);
  judgeSwitches(facts, reading);
  judgeSharing(facts, reading);
}

void judgeSqliteLibrary(const SqliteFacts& facts, TunerReading& reading) {
  if (facts.versionNumber >= kWalResetFixed && facts.versionNumber != kWithdrawn) return;
  Recommendation advice;
  advice.subject = "SQLite library";
  advice.current = facts.version;
  advice.recommended = "3.51.3, 3.53.0 or later";
  advice.risk = AdviceRisk::Configuration;
  advice.apply = {"install " + advice.recommended};
  if (facts.versionNumber == kWithdrawn) {
    advice.id = "sqlite.version.withdrawn";
    advice.reason = "3.52.0 was withdrawn by its makers";
  } else {
    advice.id = "sqlite.version.wal_reset";
    advice.severity = AdviceSeverity::Note;
    advice.reason =
        "SQLite " + facts.version +
        ", like every version before 3.51.3 (Debian 12's 3.40.1 too), has the WAL-reset bug: where "
        "one connection writes while another restarts the log in a checkpoint, pages can be lost. "
        "sonde writes and checkpoints by one connection, so it takes a second program that writes "
        "the same file. " +
        (facts.wal() ? "This file is in WAL mode"
                     : "This file is not in WAL mode, so it is not concerned now");
    advice.tradeOff = "none known; until then let one program alone write a file in WAL mode";
  }
  reading.advise(std::move(advice));
}

}  // namespace sonde
