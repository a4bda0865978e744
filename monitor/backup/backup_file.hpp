// The file that a backup is written to before it gets its name.
//
// Invariant: NAME.partial belongs to one process at a time (flock); what a killed process left
// behind is taken over. Until publish() nothing stands under the name; afterwards all of it does,
// on disk. Internal to monitor/backup.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sonde::detail {

/// @return The absolute path of a file to be made. @throws BackupError when it cannot be made: no
/// name, a folder in its place or none around it, one of `sources`, a file that is there already
/// (unless `overwrite`), or a log of SQLite's beside it that would be taken for the copy's.
[[nodiscard]] std::string checkBackupTarget(const std::string& path, bool overwrite,
                                            const std::vector<std::string>& sources);

/// @throws BackupError when the folder of `target` has less free space than this.
void requireSpace(const std::string& target, std::uint64_t bytes);

/// See the file comment.
class BackupFile {
 public:
  /// Makes the file, empty, for its owner alone. `suffix` follows the name of the target.
  /// @throws BackupError when it cannot be made, or another backup is writing it.
  explicit BackupFile(const std::string& target, const char* suffix = ".partial");
  /// Removes the file unless it was published.
  ~BackupFile();
  BackupFile(const BackupFile&) = delete;
  BackupFile& operator=(const BackupFile&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::uint64_t bytes() const;

  /// Syncs the file, gives it the target's name and syncs the folder.
  /// @throws BackupError where that fails, or a file has come under that name meanwhile and is not
  /// to be overwritten.
  void publish(bool overwrite);

 private:
  std::string target_;
  std::string path_;
  int descriptor_ = -1;
  bool published_ = false;
};

}  // namespace sonde::detail
