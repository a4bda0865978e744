// What every handle on one database shares beside its connections: the parts of monitor/, made when
// they are first asked for.
//
// Invariant: each part is made once. Thread-safe. Internal to db/.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "../monitor/backup/backup_schedule.hpp"
#include "../monitor/health/health_monitor.hpp"
#include "../session/runtime.hpp"
#include "config.hpp"

namespace sonde::detail {

/// See the file comment.
class SharedParts {
 public:
  /// @param backups Made by themselves, so that their age is a health check; null for none.
  SharedParts(std::shared_ptr<Runtime> runtime, std::shared_ptr<const Config> config,
              std::shared_ptr<const BackupSchedule> backups);

  [[nodiscard]] std::shared_ptr<HealthMonitor> health();
  /// Ends what the parts do now, and closes their connections.
  void disconnect();

 private:
  std::shared_ptr<Runtime> runtime_;
  std::shared_ptr<const Config> config_;
  std::shared_ptr<const BackupSchedule> backups_;
  std::string startFingerprint_;  // of the schema as the database was opened
  std::mutex mutex_;
  std::shared_ptr<HealthMonitor> health_;
};

}  // namespace sonde::detail
