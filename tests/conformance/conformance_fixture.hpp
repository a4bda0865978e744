// What every test of the suite stands on: a fresh database of the engine that the parameter names,
// opened by sonde, with every statement that sonde sends to it recorded.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sonde/db/database.hpp>

#include "engine.hpp"
#include "sample.hpp"

namespace sonde::conformance {

/// The SQL of every statement, in order. Thread-safe.
class Recorder final : public StatementObserver {
 public:
  void before(const StatementInfo& info) override {
    const std::lock_guard lock(mutex_);
    statements_.push_back(info.plan.sql);
  }
  /// @return What was recorded, which is forgotten.
  [[nodiscard]] std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(statements_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> statements_;
};

/// See the file comment.
class Conformance : public testing::TestWithParam<std::string> {
 protected:
  /// The SQL of each dialect, by Engine::name().
  using PerEngine = std::map<std::string, std::vector<std::string>>;

  void SetUp() override;
  void TearDown() override {
    if (db_) db_->close();
  }

  [[nodiscard]] const Engine& engine() const { return engineNamed(GetParam()); }
  [[nodiscard]] bool on(std::string_view name) const { return GetParam() == name; }
  /// The engine's own client in the test's database.
  [[nodiscard]] Home& raw() { return *home_; }

  /// Makes tables from a template (Engine::sql) by the engine's own client; before db() is called,
  /// or followed by a refresh.
  void make(std::string_view ddl) { home_->run(engine().sql(ddl)); }
  /// Makes the sample; see sample.hpp.
  void makeSample() {
    if (!on("External")) home_->run(sampleScript(engine()));
  }

  /// Sets what the database is opened with; before db() is called.
  [[nodiscard]] Config& config() { return config_; }
  /// @return The database, opened at the first call.
  Database& db();
  [[nodiscard]] Repository repo(std::string_view table) { return db().getRepository(table); }

  /// Expects that the statements since the last call of this, or of forget(), were these.
  void expectSql(const PerEngine& expected);
  void forget() { (void)recorder_->take(); }
  /// @return The statements since then.
  [[nodiscard]] std::vector<std::string> statements() { return recorder_->take(); }

 private:
  std::unique_ptr<Home> home_;
  Config config_;
  std::shared_ptr<Recorder> recorder_ = std::make_shared<Recorder>();
  std::optional<Database> db_;
};

/// @return A column of every row as texts, "null" for nulls.
[[nodiscard]] std::vector<std::string> texts(const ResultSet& rows, std::string_view column);

}  // namespace sonde::conformance

/// Runs a suite on every engine of the build.
#define SONDE_ON_EVERY_ENGINE(suite)                                                               \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(suite);                                            \
  INSTANTIATE_TEST_SUITE_P(Engines, suite, testing::ValuesIn(::sonde::conformance::engineNames()), \
                           [](const auto& engine) { return engine.param; })
/// Runs a suite that only reads the sample, also on the database that SONDE_TEST_CONFORMANCE_URI
/// names.
#define SONDE_ON_EVERY_READABLE_ENGINE(suite)                                              \
  GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(suite);                                    \
  INSTANTIATE_TEST_SUITE_P(Engines, suite,                                                 \
                           testing::ValuesIn(::sonde::conformance::readableEngineNames()), \
                           [](const auto& engine) { return engine.param; })
