// A session of the engine's own client library, so that a test does not depend on what it tests.
//
// Invariant: used by one thread at a time; closed when destroyed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "servers.hpp"

namespace sonde::test {

class RawSession {
 public:
  using Row = std::vector<std::optional<std::string>>;

  virtual ~RawSession() = default;

  /// Runs one or more statements. @return The rows of the last one that gives any, as text.
  /// @throws std::runtime_error with the server's message.
  virtual std::vector<Row> run(const std::string& sql) = 0;
  /// @return The first column of the first row, empty for NULL.
  /// @throws std::runtime_error when there is no row.
  [[nodiscard]] std::string value(const std::string& sql);
  /// @return The server's number for this session, which KILL and pg_terminate_backend() take.
  [[nodiscard]] std::string id();

 protected:
  explicit RawSession(ServerKind kind) : kind_(kind) {}
  RawSession(const RawSession&) = default;
  RawSession& operator=(const RawSession&) = default;

 private:
  ServerKind kind_;
};

/// Opens a session as the administrator. @throws std::runtime_error with the server's message;
/// also when the build found no client library of that server.
[[nodiscard]] std::unique_ptr<RawSession> openRaw(const Server& server,
                                                  const std::string& database);

}  // namespace sonde::test
