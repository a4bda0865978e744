#include "shared_parts.hpp"

#include <chrono>
#include <utility>

#include "../monitor/backup/backup_age.hpp"

namespace sonde::detail {

SharedParts::SharedParts(std::shared_ptr<Runtime> runtime, std::shared_ptr<const Config> config,
                         std::shared_ptr<const BackupSchedule> backups)
    : runtime_(std::move(runtime)),
      config_(std::move(config)),
      backups_(std::move(backups)),
      startFingerprint_(runtime_->schemas().current()->fingerprint()) {
  const HealthOptions& options = config_->health;
  if (options.interval.count() != 0 || options.deepInterval.count() != 0) {
    static_cast<void>(health());
  }
}

std::shared_ptr<HealthMonitor> SharedParts::health() {
  const std::lock_guard lock(mutex_);
  if (health_ == nullptr) {
    health_ = std::make_shared<HealthMonitor>(runtime_, config_->health, startFingerprint_);
    if (backups_ != nullptr) {
      health_->addCheck(backupAgeCheck(backups_->state().every),
                        [backups = backups_](const Context&) {
                          return backupAge(backups->state(), std::chrono::system_clock::now());
                        });
    }
  }
  return health_;
}

void SharedParts::disconnect() {
  std::shared_ptr<HealthMonitor> health;
  {
    const std::lock_guard lock(mutex_);
    health = health_;
  }
  if (health != nullptr) health->disconnect();
}

}  // namespace sonde::detail
