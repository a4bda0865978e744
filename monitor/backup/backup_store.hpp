// The backups of one database in a folder: their names, and which are kept.
//
// Invariant: a name holds the database's own name and the time in UTC,
// "shop-20261125T224500Z.backup". Only files of such a name are seen; they are complete, because
// backups get their names last. The newest is never removed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

/// A backup that is there.
struct StoredBackup {
  std::string path;
  std::chrono::system_clock::time_point time{};  ///< Of its name, in whole seconds.
  std::uint64_t bytes = 0;
};

/// See the file comment. Holds names only; the folder is looked at anew by each call. Thread-safe.
class BackupStore {
 public:
  /// @param name What the database is called in the names; other databases may share the folder.
  BackupStore(std::string folder, std::string name);

  /// @return The path of a backup made at this time.
  [[nodiscard]] std::string pathAt(std::chrono::system_clock::time_point time) const;
  /// @return What is there, newest first; empty where the folder cannot be read.
  [[nodiscard]] std::vector<StoredBackup> list() const;
  [[nodiscard]] std::optional<StoredBackup> newest() const;

  /// Removes all but the newest `keep` and `made`, which was just made. @return What was removed.
  std::vector<std::string> prune(std::size_t keep, std::string_view made) const;

 private:
  [[nodiscard]] std::optional<std::chrono::system_clock::time_point> timeOf(
      std::string_view fileName) const;

  std::string folder_;
  std::string name_;
};

/// @return The time in UTC, "2026-11-25T22:45:00Z". Thread-safe.
[[nodiscard]] std::string isoUtc(std::chrono::system_clock::time_point time);

}  // namespace sonde
