// A piece of work, done once through the engine's C API and once through sonde, in the same
// process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::bench {

/// One row of the table that the benchmark prints.
struct Workload {
  std::string name;
  double budget = 0;             ///< The ratio promised in the design; 0 where none is.
  std::size_t unitsPerCall = 1;  ///< Rows, finds or inserts in one call of the functions.
  std::function<void()> floor;   ///< Empty where there is nothing to compare with.
  std::function<void()> sonde;
  std::size_t callsForInstructions = 1;  ///< Calls made under callgrind.
};

/// The first argument of a run under callgrind; the second names the workload and its side.
inline constexpr std::string_view kCountInstructions = "--instructions";

/// What counts: the time of this process, or what a clock on the wall says, where most of the work
/// is a server's.
enum class BenchClock : std::uint8_t { Cpu, Wall };

/// Runs the workloads with Google Benchmark, interleaved, and prints for each the medians, their
/// ratio and the allocations a unit. `--instructions NAME/SIDE` runs one of them for callgrind
/// instead.
/// @return The exit code of the program.
[[nodiscard]] int runWorkloads(int argc, char** argv, const std::vector<Workload>& workloads,
                               BenchClock clock = BenchClock::Cpu);

}  // namespace sonde::bench
