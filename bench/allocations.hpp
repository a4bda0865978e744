// Counts heap allocations of the whole process, SQLite's included, by standing in front of malloc.
#pragma once

#include <cstdint>

namespace sonde::bench {

/// @return How often memory was asked for since the process started. Thread-safe.
[[nodiscard]] std::uint64_t allocationCount() noexcept;

}  // namespace sonde::bench
