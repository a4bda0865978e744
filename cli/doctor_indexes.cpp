#include <utility>

#include "../core/error.hpp"
#include "doctor_sections.hpp"

namespace sonde::cli {
namespace {

// A doctor names what costs something that can be felt: reading a table of fewer rows than this for
// a row that is deleted elsewhere takes some milliseconds, and a second index of a smaller one is
// kept up to date in no time. `sonde advise` names them all.
constexpr double kFeltByReading = 100'000;
constexpr double kFeltByKeeping = 10'000;

bool isFelt(const IndexFinding& found) {
  switch (found.kind) {
    case IndexFindingKind::Redundant:  // the narrower one may be the faster one to read
      return false;
    case IndexFindingKind::Duplicate:
      return !found.rows || *found.rows >= kFeltByKeeping;
    case IndexFindingKind::MissingForeignKey:
      return !found.rows || *found.rows >= kFeltByReading;
    case IndexFindingKind::Invalid:
    case IndexFindingKind::Unused:
      break;
  }
  return true;
}

}  // namespace

DoctorReport lookAtIndexes(const DoctorVisit& visit) {
  DoctorReport report;
  report.looked = 1;
  try {
    for (IndexFinding& found : visit.db.indexFindings()) {
      if (!isFelt(found)) continue;
      report.findings.push_back({.name = found.table + "." + found.index,
                                 .evidence = std::move(found.reason),
                                 .statement = std::move(found.fixSql),
                                 .undo = std::move(found.undoSql)});
    }
  } catch (const Error& error) {  // what is wrong with the database is told by its health
    report.gaps.push_back({"indexes", error.what()});
  }
  return report;
}

}  // namespace sonde::cli
