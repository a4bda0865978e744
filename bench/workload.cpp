#include "workload.hpp"

#include <benchmark/benchmark.h>
#include <valgrind/callgrind.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string_view>

#include "allocations.hpp"

namespace sonde::bench {
namespace {

constexpr std::string_view kFloor = "/floor";
constexpr std::string_view kSonde = "/sonde";

struct Measured {
  double nanoseconds = 0;  ///< Median time of one unit.
  double allocations = 0;
};

/// Prints as usual, and remembers the medians.
class MedianReporter final : public benchmark::ConsoleReporter {
 public:
  explicit MedianReporter(BenchClock clock) : ConsoleReporter(OO_Tabular), clock_(clock) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Aggregate || run.aggregate_name != "median") continue;
      Measured& measured = medians_[run.run_name.function_name];
      const auto units = run.counters.find("units");
      const auto allocations = run.counters.find("allocations");
      const double time =
          clock_ == BenchClock::Wall ? run.GetAdjustedRealTime() : run.GetAdjustedCPUTime();
      measured.nanoseconds = time / units->second.value;
      measured.allocations = allocations->second.value;
    }
  }
  bool ReportContext(const Context& context) override {
    PrintBasicContext(&GetErrorStream(), context);
    return true;
  }

  [[nodiscard]] const Measured* find(const std::string& name) const {
    const auto found = medians_.find(name);
    return found == medians_.end() ? nullptr : &found->second;
  }

 private:
  BenchClock clock_;
  std::map<std::string, Measured> medians_;
};

void measure(benchmark::State& state, const std::function<void()>& call, std::size_t units) {
  call();  // prepared statements, remembered sizes and warm pages are not what is measured
  const std::uint64_t before = allocationCount();
  for (auto _ : state) call();
  const auto total = static_cast<double>(state.iterations()) * static_cast<double>(units);
  state.counters["units"] = static_cast<double>(units);
  state.counters["allocations"] = static_cast<double>(allocationCount() - before) / total;
}

void printTable(const std::vector<Workload>& workloads, const MedianReporter& medians) {
  std::printf("\n%-34s %12s %12s %7s %7s %10s %10s\n", "work (one unit)", "raw ns", "sonde ns",
              "ratio", "budget", "allocs raw", "sonde");
  for (const Workload& workload : workloads) {
    const Measured* floor = medians.find(workload.name + std::string(kFloor));
    const Measured* sonde = medians.find(workload.name + std::string(kSonde));
    if (sonde == nullptr) continue;
    std::printf("%-34s ", workload.name.c_str());
    if (floor != nullptr) {
      std::printf("%12.1f %12.1f %7.2f ", floor->nanoseconds, sonde->nanoseconds,
                  sonde->nanoseconds / floor->nanoseconds);
    } else {
      std::printf("%12s %12.1f %7s ", "", sonde->nanoseconds, "");
    }
    if (workload.budget > 0) {
      std::printf("%7.2f ", workload.budget);
    } else {
      std::printf("%7s ", "");
    }
    if (floor != nullptr) {
      std::printf("%10.3f %10.3f\n", floor->allocations, sonde->allocations);
    } else {
      std::printf("%10s %10.3f\n", "", sonde->allocations);
    }
  }
}

// Only the calls after the first are counted, so that preparing is left out as in the timings.
int runForCallgrind(const std::vector<Workload>& workloads, std::string_view wanted) {
  for (const Workload& workload : workloads) {
    for (const std::string_view side : {kFloor, kSonde}) {
      if (wanted != workload.name + std::string(side)) continue;
      const auto& call = side == kFloor ? workload.floor : workload.sonde;
      if (!call) break;
      call();
      CALLGRIND_START_INSTRUMENTATION;
      for (std::size_t i = 0; i < workload.callsForInstructions; ++i) call();
      CALLGRIND_STOP_INSTRUMENTATION;
      std::printf("units %zu\n", workload.callsForInstructions * workload.unitsPerCall);
      return 0;
    }
  }
  std::fprintf(stderr, "there is no workload %.*s\n", static_cast<int>(wanted.size()),
               wanted.data());
  return 1;
}

int listForCallgrind(const std::vector<Workload>& workloads) {
  for (const Workload& workload : workloads) {
    if (workload.floor) std::printf("%.2f %s\n", workload.budget, workload.name.c_str());
  }
  return 0;
}

}  // namespace

int runWorkloads(int argc, char** argv, const std::vector<Workload>& workloads, BenchClock clock) {
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "--list") return listForCallgrind(workloads);
  if (mode == kCountInstructions && argc > 2) return runForCallgrind(workloads, argv[2]);

  // Interleaved at random, so that a slow moment of the machine falls on both sides of a ratio.
  std::vector<std::string> words{argv[0], "--benchmark_enable_random_interleaving=true",
                                 "--benchmark_repetitions=7", "--benchmark_min_time=0.1",
                                 "--benchmark_report_aggregates_only=true"};
  words.insert(words.end(), argv + 1, argv + argc);
  std::vector<char*> pointers;
  pointers.reserve(words.size());
  for (std::string& word : words) pointers.push_back(word.data());
  int count = static_cast<int>(pointers.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 1;

  for (const Workload& workload : workloads) {
    const auto add = [&](std::string_view side, const std::function<void()>& call) {
      if (!call) return;
      auto* registered = benchmark::RegisterBenchmark((workload.name + std::string(side)).c_str(),
                                                      [&call, &workload](benchmark::State& state) {
                                                        measure(state, call, workload.unitsPerCall);
                                                      });
      if (clock == BenchClock::Wall) registered->UseRealTime();
    };
    add(kFloor, workload.floor);
    add(kSonde, workload.sonde);
  }
  MedianReporter reporter(clock);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  printTable(workloads, reporter);
  return 0;
}

}  // namespace sonde::bench
