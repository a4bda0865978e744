// Why a setting of SQLite holds otherwise than it was asked for.
//
// Invariant: a reason is given only where it was found out, never guessed. Internal to the driver.
#pragma once

#include <string>

#include "sqlite_handle.hpp"
#include "sqlite_settings.hpp"

namespace sonde {

/// @return Why the setting does not hold as it was asked for, in plain words; empty where nothing
/// that was looked at explains it. Reads settings of the library and the type of the mount.
[[nodiscard]] std::string sqliteSettingReason(SqliteHandle& handle, const SqliteRequests& requests,
                                              const SqliteSettingRequest& request);

}  // namespace sonde
