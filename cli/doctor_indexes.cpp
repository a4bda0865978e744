#include <utility>

#include "../core/error.hpp"
#include "doctor_sections.hpp"

namespace sonde::cli {

DoctorReport lookAtIndexes(const DoctorVisit& visit) {
  DoctorReport report;
  report.looked = 1;
  try {
    for (IndexFinding& found : visit.db.indexFindings()) {
      // The narrower one may be the faster one to read: a matter of taste, for `sonde advise`.
      if (found.kind == IndexFindingKind::Redundant) continue;
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
