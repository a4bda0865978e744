// The engines that the conformance suite runs on, and what differs between them beside sonde: how a
// database is made, and the words of a table definition.
//
// Invariant: a home is a fresh database of one test's own, worked on by the engine's own client;
// nothing here goes through what is tested. An engine is here only when it is built (CMakeLists).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::conformance {

/// A database that belongs to one test.
class Home {
 public:
  virtual ~Home() = default;
  /// @return What Database::open takes.
  [[nodiscard]] virtual std::string uri() const = 0;
  /// Runs statements by the engine's own client. @throws std::runtime_error.
  virtual void run(const std::string& sql) = 0;
  /// @return The first column of the first row, as the client gives it; empty for NULL.
  [[nodiscard]] virtual std::string value(const std::string& sql) = 0;

 protected:
  Home() = default;
  Home(const Home&) = default;
  Home& operator=(const Home&) = default;
};

/// See the file comment. Thread-safe.
class Engine {
 public:
  virtual ~Engine() = default;

  /// @return The name in test names: "Sqlite".
  [[nodiscard]] virtual std::string name() const = 0;
  /// @return Why no test can run on it now, as where there is no server; empty when one can.
  [[nodiscard]] virtual std::string whyNot() const { return {}; }
  /// @return A fresh database.
  [[nodiscard]] virtual std::unique_ptr<Home> makeHome() const = 0;

  /// @return What `{word}` in a table definition becomes: key (a whole number that the engine
  /// counts up), text, exact (text compared byte by byte), longtext, blob, real, time, timestamp,
  /// timestamptz, json, uuid.
  /// @throws std::out_of_range for any other.
  [[nodiscard]] virtual std::string word(std::string_view name) const = 0;
  /// @return The template with every `{word}` replaced.
  [[nodiscard]] std::string sql(std::string_view text) const;

 protected:
  Engine() = default;
  Engine(const Engine&) = default;
  Engine& operator=(const Engine&) = default;
};

/// @return The names of the engines in this build.
[[nodiscard]] std::vector<std::string> engineNames();
/// @return Those, and "External" where SONDE_TEST_CONFORMANCE_URI names a database that holds the
/// sample (sample.hpp) and is to pass the part of the suite that only reads.
[[nodiscard]] std::vector<std::string> readableEngineNames();
/// @throws std::out_of_range when there is none.
[[nodiscard]] const Engine& engineNamed(const std::string& name);

// Each in a file of its own.
[[nodiscard]] std::unique_ptr<Engine> makeSqliteEngine();
[[nodiscard]] std::unique_ptr<Engine> makePostgresEngine();
[[nodiscard]] std::unique_ptr<Engine> makeMariaDbEngine();
[[nodiscard]] std::unique_ptr<Engine> makeExternalEngine(std::string uri);

}  // namespace sonde::conformance
