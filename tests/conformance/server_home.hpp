// A database of a test's own on one of the servers of the test run.
#pragma once

#include <string>

#include "../servers/test_database.hpp"
#include "engine.hpp"

namespace sonde::conformance {

class ServerHome final : public Home {
 public:
  explicit ServerHome(const test::Server& server) : database_(server) {}
  [[nodiscard]] std::string uri() const override { return database_.uri(); }
  void run(const std::string& sql) override { database_.run(sql); }
  [[nodiscard]] std::string value(const std::string& sql) override { return database_.value(sql); }

 private:
  test::TestDatabase database_;
};

/// @return Why there is no server of this kind; empty when there is one.
[[nodiscard]] inline std::string whyNoHome(test::ServerKind kind) {
  return test::serverOf(kind) ? std::string() : test::whyNoServer(kind);
}

}  // namespace sonde::conformance
