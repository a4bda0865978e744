// A database without an engine whose probes a test writes, and a clock that a test moves.
#pragma once

#include <sonde/dialects/mock/mock_driver.hpp>
#include <sonde/monitor/health/health_monitor.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace sonde::test {

using Probes = std::vector<std::shared_ptr<const Probe>>;

/// The mock driver with probes, and a server that can be away.
class ProbedDriver final : public MockDriver {
 public:
  ProbedDriver(std::shared_ptr<MockDatabase> database, Probes probes,
               std::shared_ptr<std::atomic<bool>> away)
      : MockDriver(std::move(database)), probes_(std::move(probes)), away_(std::move(away)) {}

  [[nodiscard]] std::unique_ptr<Connection> connect(const DriverOptions& options,
                                                    TransactionMode mode) const override {
    if (*away_) throw ConnectionError("nobody listens there");
    return MockDriver::connect(options, mode);
  }
  [[nodiscard]] Probes probes(const DriverOptions&) const override { return probes_; }

 private:
  Probes probes_;
  std::shared_ptr<std::atomic<bool>> away_;
};

/// An open database and what a test needs to change it.
struct ProbedDatabase {
  std::shared_ptr<MockDatabase> script = std::make_shared<MockDatabase>();
  std::shared_ptr<std::atomic<bool>> away = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<std::atomic<std::int64_t>> clockMs =
      std::make_shared<std::atomic<std::int64_t>>(1'000'000);

  [[nodiscard]] std::shared_ptr<Runtime> open(Probes probes = {},
                                              RuntimeOptions options = {}) const {
    return std::make_shared<Runtime>(
        std::make_unique<ProbedDriver>(script, std::move(probes), away), std::move(options));
  }
  /// @return Options whose clock is `clockMs`, and that keep no report.
  [[nodiscard]] HealthOptions options() const {
    HealthOptions options;
    options.cacheFor = std::chrono::milliseconds(0);
    options.now = [clock = clockMs] {
      return std::chrono::steady_clock::time_point(std::chrono::milliseconds(*clock));
    };
    return options;
  }
  void pass(std::chrono::milliseconds time) const { *clockMs += time.count(); }
};

/// A probe whose answer a test sets, and that counts how often it was asked.
struct Dial {
  std::shared_ptr<std::atomic<double>> value = std::make_shared<std::atomic<double>>(0);
  std::shared_ptr<std::atomic<int>> asked = std::make_shared<std::atomic<int>>(0);

  [[nodiscard]] std::shared_ptr<const Probe> probe(ProbeInfo info) const {
    return makeProbe(std::move(info), [value = value, asked = asked](Connection& connection) {
      connection.executeScript("what the probe asks");
      ++*asked;
      return Reading::of(*value, "as the test set it");
    });
  }
};

}  // namespace sonde::test
