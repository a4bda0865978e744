// What a backup found and made.
//
// Invariant: plain data; only a backup whose checks all passed has a report.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace sonde {

/// The rows of a table, the same in source and copy.
struct TableRows {
  std::string table;
  std::uint64_t rows = 0;
};

/// See the file comment.
struct BackupReport {
  std::string path;         ///< Absolute.
  std::uint64_t bytes = 0;  ///< Size of the file.
  std::uint64_t pages = 0;  ///< Pages that were copied.
  std::string fingerprint;  ///< Of the schema, the same in source and copy.
  bool vacuumed = false;
  bool fullCheck = false;         ///< Whether indexes were compared with their tables too.
  std::vector<TableRows> tables;  ///< Empty where rows were not to be counted.
  std::chrono::system_clock::time_point finished{};
  std::chrono::milliseconds duration{0};

  /// @return All rows of all tables.
  [[nodiscard]] std::uint64_t rows() const noexcept;
  /// @return The report as JSON, times as ISO 8601, in UTC.
  [[nodiscard]] nlohmann::json toJson() const;
};

}  // namespace sonde
