// A driver that answers from a script, for tests of what sonde asks of a database.
//
// Invariant: its SQL is what the base compiler renders, with every capability, so that it shows the
// parts that engines share. "mock:name" opens MockDatabase::named(name).
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "../driver.hpp"
#include "mock_database.hpp"

namespace sonde {

/// The base compiler with every capability.
class MockCompiler : public SqlCompiler {
 public:
  [[nodiscard]] const Capabilities& capabilities() const noexcept override;

 protected:
  /// subject = ANY(?)
  void renderInArray(query::Renderer& out, const query::InArray& in) const override;
};

/// See Dialect.
class MockDialect : public Dialect {
 public:
  /// @return The one dialect of the process. Thread-safe.
  [[nodiscard]] static const MockDialect& instance() noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return "mock"; }
  [[nodiscard]] const SqlCompiler& compiler() const noexcept override { return compiler_; }
  [[nodiscard]] const query::LexerRules& lexerRules() const noexcept override {
    return compiler_.lexerRules();
  }

 private:
  MockCompiler compiler_;
};

/// See the file comment.
class MockDriver : public Driver {
 public:
  /// Opens the database that the URI names.
  MockDriver() = default;
  /// Opens this database whatever the URI says.
  explicit MockDriver(std::shared_ptr<MockDatabase> database) noexcept
      : database_(std::move(database)) {}

  [[nodiscard]] const Dialect& dialect() const noexcept override { return MockDialect::instance(); }
  [[nodiscard]] std::unique_ptr<Connection> connect(const DriverOptions& options,
                                                    TransactionMode mode) const override;
  [[nodiscard]] Topology topology(Connection& first, const DriverOptions& options) const override;
  /// @return One setting of the profile's name, so that tests see what was expanded.
  [[nodiscard]] EngineSettings profile(std::string_view name) const override;

 private:
  [[nodiscard]] std::shared_ptr<MockDatabase> database(const DriverOptions& options) const;

  std::shared_ptr<MockDatabase> database_;
};

/// @return A driver for the scheme "mock". Thread-safe.
[[nodiscard]] std::unique_ptr<Driver> makeMockDriver();

}  // namespace sonde
