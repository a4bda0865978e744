// How far the write-ahead log of a database is, and who keeps it from being emptied.
//
// Invariant: only looks, at the shared memory that SQLite itself has mapped (its header is part of
// the published file format) and at the locks that the system tells of; no checkpoint runs and no
// file is opened, which would drop the locks that this process holds. Used by the SQLite probes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

struct sqlite3;

namespace sonde {

struct SqliteWalState {
  std::uint32_t frames = 0;  ///< Of the log: pages written since it was begun anew.
  std::uint32_t moved = 0;   ///< Of these, copied into the database file.
  std::uint32_t pageBytes = 0;

  [[nodiscard]] std::uint64_t waitingBytes() const noexcept {
    return std::uint64_t{frames > moved ? frames - moved : 0} * pageBytes;
  }
};

/// @return The state of the log of "main"; empty when the database has none, or when another
/// connection writes the header all the time.
[[nodiscard]] std::optional<SqliteWalState> readSqliteWalState(sqlite3* db);

/// @return The processes that read an older state of the database at `path` and so hold the log
/// back, as Linux tells them; empty where it does not.
[[nodiscard]] std::vector<int> sqliteWalReaders(const std::string& path);

}  // namespace sonde
