// What the machine that this program runs on has, for advice to a server on the same machine.
//
// Internal to dialects/.
#pragma once

#include <cstdint>

namespace sonde {

/// @return The bytes of memory of this machine; 0 where the system does not tell. Thread-safe.
[[nodiscard]] std::int64_t hostMemory() noexcept;
/// @return The processors that are in use; 0 where the system does not tell. Thread-safe.
[[nodiscard]] int hostProcessors() noexcept;

}  // namespace sonde
