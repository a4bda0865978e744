// A database of a test's own, gone when the test ends.
//
// Invariant: fresh and empty at first; sessions that others left open in it do not keep it alive.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "raw_session.hpp"
#include "servers.hpp"

namespace sonde::test {

class TestDatabase {
 public:
  /// `options` follows the name in CREATE DATABASE: "TEMPLATE template0 LC_COLLATE 'C'",
  /// "CHARACTER SET latin1".
  explicit TestDatabase(const Server& server, std::string_view options = {});
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  [[nodiscard]] const Server& server() const noexcept { return server_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// @return The URI as the administrator over the socket; see Server::uri.
  [[nodiscard]] std::string uri(std::string_view options = {}) const;
  /// @return The URI over loopback TCP; see Server::tcpUri.
  [[nodiscard]] std::string tcpUri(std::string_view options = {},
                                   std::string_view asUser = {}) const;

  /// Runs SQL in it by the engine's own client, in one session kept for that; see RawSession::run.
  std::vector<RawSession::Row> run(const std::string& sql);
  [[nodiscard]] std::string value(const std::string& sql);
  /// @return That session.
  [[nodiscard]] RawSession& raw();

 private:
  Server server_;
  std::string name_;
  std::unique_ptr<RawSession> session_;
};

}  // namespace sonde::test
