// Profiles: sets of settings under one name, which each engine spells out for itself.
//
// Invariant: a profile asks only for settings of a connection or of the file, never for what may
// damage data. Settings asked for one by one win over it. Used by drivers and by db/;
// docs/tuning.md says what each holds and why.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde {

/// Settings by the engine's own names, in the order to apply.
using EngineSettings = std::vector<std::pair<std::string, std::string>>;

enum class Profile : std::uint8_t {
  Development,    ///< As production, and finds mistakes and damage earlier.
  Production,     ///< Many readers beside one writer; a power loss may cost the last commits.
  ReadMostly,     ///< As production, for files that are seldom written.
  BulkLoad,       ///< For loading much data that can be loaded again.
  Safest,         ///< Nothing committed is lost; damage is found early.
  UntrustedFile,  ///< For a file that somebody else made.
};

/// @return The profile of this name, whatever its case. @throws ConfigError with the nearest name.
/// Thread-safe.
[[nodiscard]] Profile parseProfile(std::string_view name);

/// @return "development", "production", "readMostly", "bulkLoad", "safest" or "untrustedFile".
[[nodiscard]] std::string_view profileName(Profile profile) noexcept;

/// @return Every profile's name. Thread-safe.
[[nodiscard]] std::vector<std::string> profileNames();

/// @throws ConfigError always: an engine has nothing that the profile could mean. `why` says what
/// to do instead.
[[noreturn]] void refuseProfile(std::string_view engine, std::string_view name,
                                std::string_view why);

}  // namespace sonde
