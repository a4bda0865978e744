#include "sqlite_tuner_rules.hpp"

namespace sonde {
namespace {

constexpr std::int64_t kUsualPage = 4096;
constexpr std::int64_t kSmallFile = std::int64_t{1024} * 1024;

/// The statements that rewrite the file with pages of this size. In WAL mode it keeps its size.
std::vector<std::string> rewriteWithPages(const SqliteFacts& facts, std::int64_t size) {
  std::vector<std::string> statements;
  if (facts.wal()) statements.emplace_back("PRAGMA journal_mode = delete");
  statements.push_back("PRAGMA page_size = " + std::to_string(size));
  statements.emplace_back("VACUUM");
  if (facts.wal()) statements.emplace_back("PRAGMA journal_mode = wal");
  return statements;
}

void judgePageSize(const SqliteFacts& facts, TunerReading& reading) {
  if (facts.pageSize >= kUsualPage || facts.bytes() < kSmallFile) return;
  Recommendation advice;
  advice.id = "sqlite.page_size.small";
  advice.subject = "page_size";
  advice.current = std::to_string(facts.pageSize);
  advice.recommended = std::to_string(kUsualPage);
  advice.reason = "a file of " + sizeText(facts.bytes()) + " in pages of " +
                  std::to_string(facts.pageSize) +
                  " bytes: rows that do not fit overflow, trees are deeper, and the system reads "
                  "4096 bytes anyway";
  advice.tradeOff =
      "VACUUM rewrites the whole file, needs as much free space again, and nobody else writes "
      "meanwhile";
  advice.apply = rewriteWithPages(facts, kUsualPage);
  advice.undo = rewriteWithPages(facts, facts.pageSize);
  reading.advise(std::move(advice));
}

void judgeFreePages(const SqliteFacts& facts, TunerReading& reading) {
  const std::int64_t free = facts.freePages * facts.pageSize;
  if (facts.freePages * 4 < facts.pages || free < kSmallFile) return;
  const std::string found = shareText(facts.freePages, facts.pages) + " of the file (" +
                            sizeText(free) + ") are pages that nothing uses";
  Recommendation vacuum;
  vacuum.id = "sqlite.vacuum.free_pages";
  vacuum.subject = "free pages";
  vacuum.current = shareText(facts.freePages, facts.pages);
  vacuum.recommended = "0 %";
  vacuum.reason = found + "; what is deleted next adds to them, what is inserted next uses them";
  vacuum.tradeOff =
      "VACUUM rewrites the whole file, needs as much free space again, and nobody else writes "
      "meanwhile; a file that fills again soon gains nothing. Nothing has to be undone";
  vacuum.apply = {"VACUUM"};
  reading.advise(std::move(vacuum));
  if (facts.autoVacuum != "none") return;
  Recommendation automatic;
  automatic.id = "sqlite.auto_vacuum.none";
  automatic.subject = "auto_vacuum";
  automatic.current = "none";
  automatic.recommended = "incremental";
  automatic.severity = AdviceSeverity::Note;
  automatic.reason =
      found +
      "; with incremental they can be given back a few at a time: PRAGMA incremental_vacuum";
  automatic.tradeOff =
      "takes one VACUUM to switch, keeps a map of pages, and moves pages about, which scatters "
      "tables";
  automatic.apply = {"PRAGMA auto_vacuum = incremental", "VACUUM"};
  automatic.undo = {"PRAGMA auto_vacuum = none", "VACUUM"};
  reading.advise(std::move(automatic));
}

}  // namespace

void judgeSqliteFileShape(const SqliteFacts& facts, TunerReading& reading) {
  if (!facts.inFile()) return;
  judgePageSize(facts, reading);
  judgeFreePages(facts, reading);
}

}  // namespace sonde
