// Makes a backup whenever the newest one has become too old, and removes those that are too many.
//
// Invariant: one backup at a time, on a thread of its own; a failure is told in the log and by
// state(), and tried again. What is there already counts, so neither a restart nor a second process
// makes one too many. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "backup.hpp"
#include "backup_store.hpp"

namespace sonde {

/// What is made, where and how often.
struct BackupPlan {
  std::string folder;
  std::chrono::milliseconds every{std::chrono::hours(24)};  ///< At least a second.
  std::size_t keep = 7;                                     ///< Backups that stay, at least one.
  BackupOptions options{};
};

/// What became of a schedule so far.
struct BackupState {
  std::optional<StoredBackup> newest{};  ///< The newest backup in the folder.
  std::string failure{};                 ///< Why the last attempt failed; empty when it did not.
  std::chrono::milliseconds every{0};    ///< How old the newest may become.
};

/// See the file comment.
class BackupSchedule {
 public:
  /// Begins. The first backup is made at once where none is there or the newest is too old.
  /// @throws ConfigError when the folder does not exist; Unsupported naming the engine's own tool.
  BackupSchedule(std::shared_ptr<Runtime> runtime, BackupPlan plan);
  /// The same as stop().
  ~BackupSchedule();
  BackupSchedule(const BackupSchedule&) = delete;
  BackupSchedule& operator=(const BackupSchedule&) = delete;

  /// Ends, and cancels a backup that is being made. Doing so twice does nothing.
  void stop() noexcept;
  [[nodiscard]] BackupState state() const;

 private:
  void run(const std::stop_token& stop);
  [[nodiscard]] std::chrono::milliseconds untilDue() const;
  void backUp(const std::stop_token& stop);

  std::shared_ptr<Runtime> runtime_;
  BackupPlan plan_;
  BackupStore store_;
  mutable std::mutex mutex_;  // guards failure_
  std::condition_variable_any wake_;
  std::string failure_;
  std::once_flag stopped_;
  std::jthread thread_;  // last: ends before what it uses does
};

}  // namespace sonde
