// A small HTTP server beside a program, for those who operate it.
//
//   sonde::AdminServer admin(db, {.address = "127.0.0.1", .port = 9090});
//   admin.start();
//
// Invariant: it reads and never changes the database; it listens on the loopback interface unless
// told otherwise, speaks plain HTTP/1.1 (TLS is a proxy's), and answers only GET and HEAD.
// Thread-safe. docs/admin-server.md describes the routes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../db/database.hpp"
#include "http_limits.hpp"
#include "router.hpp"

namespace sonde {

/// Where to listen, and for whom.
struct AdminOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9090;  ///< 0: any that is free; AdminServer::port() tells it.
  /// Asked of every route but /livez as `Authorization: Bearer TOKEN`; empty for none.
  std::string token{};
  /// Host names that are answered without a token; addresses and localhost always are.
  std::vector<std::string> hosts{};
  HttpLimits limits{};

  /// @return What the configuration says: admin.address, admin.port, admin.token, admin.hosts.
  [[nodiscard]] static AdminOptions from(const AdminConfig& config);
};

/// See the file comment.
class AdminServer {
 public:
  /// Prepares a server for the database, by its configuration or by options. Listens only once
  /// started.
  explicit AdminServer(const Database& db);
  AdminServer(const Database& db, AdminOptions options);
  /// The same as stop().
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  /// @return The routes, to add one's own before start(). Not thread-safe.
  [[nodiscard]] Router& router() noexcept;

  /// Begins to listen; does nothing where it does already. Warns in the log of an address beyond
  /// the loopback interface without a token.
  /// @throws ConnectionError saying why it cannot listen there; Unsupported where sonde was built
  /// without its HTTP listener.
  void start();
  /// Takes no more connections, answers the requests in flight within HttpLimits::stopTimeout, and
  /// returns when every thread has ended. Does nothing where it does not listen.
  void stop() noexcept;

  [[nodiscard]] bool running() const noexcept;
  /// @return The port it listens on; 0 while it does not.
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// @return "http://127.0.0.1:9090"; empty while it does not listen.
  [[nodiscard]] std::string url() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sonde
