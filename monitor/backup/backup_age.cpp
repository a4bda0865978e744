#include "backup_age.hpp"

#include <algorithm>

namespace sonde {

ProbeInfo backupAgeCheck(std::chrono::milliseconds every) {
  const double seconds = std::chrono::duration<double>(every).count();
  ProbeInfo info;
  info.name = "backup-age";
  info.component = "backup";
  info.measurement = "age";
  info.unit = "s";
  info.limits = {.warn = 1.5 * seconds, .fail = 3 * seconds};
  info.advice = "see in the log why no backup was made, and make one: sonde backup URI FILE";
  return info;
}

Reading backupAge(const BackupState& state, std::chrono::system_clock::time_point now) {
  const std::string failed =
      state.failure.empty() ? "" : "the last attempt failed: " + state.failure;
  if (!state.newest) {
    return Reading::judged(HealthStatus::Warn, failed.empty() ? "there is no backup yet" : failed);
  }
  const double age = std::max(0.0, std::chrono::duration<double>(now - state.newest->time).count());
  Reading reading = Reading::of(age, failed.empty() ? "newest: " + state.newest->path : failed);
  if (!failed.empty()) {
    reading.status = std::max(HealthStatus::Warn, backupAgeCheck(state.every).limits.judge(age));
  }
  return reading;
}

}  // namespace sonde
