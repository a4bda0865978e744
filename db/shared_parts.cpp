#include "shared_parts.hpp"

#include <utility>

namespace sonde::detail {

SharedParts::SharedParts(std::shared_ptr<Runtime> runtime, std::shared_ptr<const Config> config)
    : runtime_(std::move(runtime)),
      config_(std::move(config)),
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
