#include "backup_report.hpp"

#include <nlohmann/json.hpp>

#include "backup_store.hpp"

namespace sonde {

std::uint64_t BackupReport::rows() const noexcept {
  std::uint64_t sum = 0;
  for (const TableRows& table : tables) sum += table.rows;
  return sum;
}

nlohmann::json BackupReport::toJson() const {
  nlohmann::json counted = nlohmann::json::array();
  for (const TableRows& table : tables) {
    counted.push_back({{"table", table.table}, {"rows", table.rows}});
  }
  return {{"path", path},
          {"bytes", bytes},
          {"pages", pages},
          {"fingerprint", fingerprint},
          {"vacuumed", vacuumed},
          {"check", fullCheck ? "full" : "quick"},
          {"tables", std::move(counted)},
          {"rows", rows()},
          {"finished", isoUtc(finished)},
          {"durationMs", duration.count()}};
}

}  // namespace sonde
