// The age of the newest backup as a health check.
#pragma once

#include "../../dialects/probe.hpp"
#include "backup_schedule.hpp"

namespace sonde {

/// @return The check `backup-age` for backups that are to be made this often: it warns at one and a
/// half of that, and fails at three times.
[[nodiscard]] ProbeInfo backupAgeCheck(std::chrono::milliseconds every);

/// @return How old the newest backup is, in seconds. A warning at least where there is none, or the
/// last attempt failed. Thread-safe.
[[nodiscard]] Reading backupAge(const BackupState& state,
                                std::chrono::system_clock::time_point now);

}  // namespace sonde
