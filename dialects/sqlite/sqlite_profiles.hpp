// What each profile sets on SQLite.
//
// Invariant: constant; nothing that may damage a file (synchronous off, a journal in memory or
// none), and nothing that only a VACUUM could change. docs/tuning.md gives the reasons.
#pragma once

#include "../profiles.hpp"

namespace sonde {

/// @return The settings of a profile, in the order to apply. Thread-safe.
[[nodiscard]] EngineSettings sqliteProfile(Profile profile);

}  // namespace sonde
