#include <algorithm>

#include "sqlite_tuner_rules.hpp"

namespace sonde {
namespace {

// Fewer are no evidence.
constexpr std::int64_t kMissesThatCount = 10'000;
constexpr std::int64_t kMostCache = std::int64_t{64} * 1024 * 1024;
// Below this share of all pages read, the cache does its work.
constexpr std::int64_t kMissesInTen = 1;

void judgeMode(const SqliteFacts& facts, TunerReading& reading) {
  const bool rollback = facts.journalMode == "delete" || facts.journalMode == "truncate" ||
                        facts.journalMode == "persist";
  if (!rollback || isNetworkMount(facts.mountType)) return;
  Recommendation advice;
  advice.id = "sqlite.journal.rollback";
  advice.subject = "journal_mode";
  advice.current = facts.journalMode;
  advice.recommended = "wal";
  advice.severity = AdviceSeverity::Note;
  advice.reason =
      "with a rollback journal readers wait while somebody writes, and a commit waits for the disk "
      "several times; with a write-ahead log neither";
  advice.tradeOff =
      "a -wal and a -shm file stand beside the database, and every program that uses it has to be "
      "on this machine";
  advice.apply = {"PRAGMA journal_mode = wal"};
  advice.undo = {"PRAGMA journal_mode = " + facts.journalMode};
  reading.advise(std::move(advice));
}

void judgeSynchronous(const SqliteFacts& facts, TunerReading& reading) {
  if (!facts.wal() || (facts.synchronous != "full" && facts.synchronous != "extra")) return;
  Recommendation advice;
  advice.id = "sqlite.synchronous.full";
  advice.subject = "synchronous";
  advice.current = facts.synchronous;
  advice.recommended = "normal, where the last commits may be lost";
  advice.severity = AdviceSeverity::Note;
  advice.risk = AdviceRisk::Configuration;
  advice.reason = "each commit waits for the disk; with normal only a checkpoint does";
  advice.tradeOff =
      "after a power loss the last commits may be missing, though the file is whole; a crash of "
      "the "
      "program alone loses nothing either way";
  advice.apply = {"optimization.synchronous = normal"};
  advice.undo = {"optimization.synchronous = " + facts.synchronous};
  reading.advise(std::move(advice));
}

void judgeCheckpoints(const SqliteFacts& facts, TunerReading& reading) {
  if (!facts.wal() || facts.walAutocheckpoint != 0) return;
  Recommendation advice;
  advice.id = "sqlite.checkpoint.never";
  advice.subject = "wal_autocheckpoint";
  advice.current = "0";
  advice.recommended = "1000";
  advice.risk = AdviceRisk::Configuration;
  advice.reason =
      "the log grows until something else makes a checkpoint, and reading becomes slower with it";
  advice.tradeOff = "a commit in a thousand pages takes longer";
  advice.apply = {"optimization.walAutocheckpoint = 1000"};
  advice.undo = {"optimization.walAutocheckpoint = 0"};
  reading.advise(std::move(advice));
}

void judgeCache(const SqliteFacts& facts, TunerReading& reading) {
  const std::int64_t reads = facts.cacheHits + facts.cacheMisses;
  const bool measured =
      facts.cacheMisses >= kMissesThatCount && facts.cacheMisses * 10 >= reads * kMissesInTen;
  const std::int64_t wanted = std::min(facts.bytes(), kMostCache);
  if (!measured || facts.cacheBytes >= wanted) return;
  const std::int64_t kib = wanted / 1024;
  Recommendation advice;
  advice.id = "sqlite.cache.misses";
  advice.subject = "cache_size";
  advice.current = sizeText(facts.cacheBytes);
  advice.recommended = sizeText(wanted);
  advice.severity = AdviceSeverity::Note;
  advice.risk = AdviceRisk::Configuration;
  advice.reason = "since this connection opened, " + std::to_string(facts.cacheMisses) + " of " +
                  std::to_string(reads) + " pages were not in its cache (" +
                  shareText(facts.cacheMisses, reads) + ")";
  advice.tradeOff =
      "so much memory for each connection; where the system's own cache holds the file it may gain "
      "nothing, so measure";
  advice.apply = {"optimization.cacheSize = -" + std::to_string(kib)};
  advice.undo = {"optimization.cacheSize = -" + std::to_string(facts.cacheBytes / 1024)};
  reading.advise(std::move(advice));
}

}  // namespace

void judgeSqliteJournal(const SqliteFacts& facts, TunerReading& reading) {
  if (!facts.inFile()) return;
  judgeMode(facts, reading);
  judgeSynchronous(facts, reading);
}

void judgeSqliteUpkeep(const SqliteFacts& facts, TunerReading& reading) {
  if (!facts.inFile()) return;
  judgeCheckpoints(facts, reading);
  judgeCache(facts, reading);
}

}  // namespace sonde
