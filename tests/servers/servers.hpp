// The PostgreSQL and MariaDB servers of the test run, as servers.sh (beside this file) started
// them.
//
// ctest starts them before the first test labelled `server` and stops them after the last one; by
// hand, `tests/servers/servers.sh run build/dev/tests/…/some_test` does. SONDE_TEST_POSTGRES and
// SONDE_TEST_MYSQL, the URI of an administrator, name servers of your own instead. Both servers
// keep a time zone of +05:30, so that code that relies on the server's is found out.
//
// A test that uses them has the label `server` (sonde_test(… LABEL server)) and links
// sonde_test_servers. Without a server it skips and says so, or fails where
// SONDE_TEST_REQUIRE_SERVERS=1.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::test {

enum class ServerKind : std::uint8_t { Postgres, MySql };

/// Writes "PostgreSQL" or "MariaDB"; GoogleTest shows parameters by it.
void PrintTo(ServerKind kind, std::ostream* out);

/// How to reach a server as an administrator. Plain data.
struct Server {
  ServerKind kind = ServerKind::Postgres;
  std::string socket{};  ///< PostgreSQL: the folder it is in; MariaDB: the file.
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string user{};
  std::string password{};  ///< Not needed over the socket. Holds characters that URIs encode.
  /// What TLS needs: the authority that signed the server's certificate, and the certificate and
  /// key by which PostgreSQL knows the client `sonde_cert`. Empty for a server of your own.
  std::string tlsCa{};
  std::string tlsCertificate{};
  std::string tlsKey{};
  std::string dataFolder{};  ///< Empty for a server of your own.
  int pid = 0;               ///< Of the server's first process; 0 for a server of your own.

  /// @return A URI over the socket, or over TCP where there is none. The whole of a URI's first
  /// host is the socket's folder or file: `postgresql://sonde@%2Ftmp%2Fx:5432/shop`,
  /// `mysql://sonde@%2Ftmp%2Fx%2Fmysqld.sock/shop`. `options` is what follows the `?`.
  [[nodiscard]] std::string uri(std::string_view database, std::string_view options = {}) const;
  /// @return A URI over loopback TCP, with the password. Another user (`sonde_tls`, whom the server
  /// refuses without TLS) has the same password.
  [[nodiscard]] std::string tcpUri(std::string_view database, std::string_view options = {},
                                   std::string_view asUser = {}) const;
  /// @return The database that an administrator connects to: "postgres" or "mysql".
  [[nodiscard]] std::string adminDatabase() const;
};

/// @return The PostgreSQL server; empty when there is none. Thread-safe.
[[nodiscard]] const std::optional<Server>& postgresServer();
/// @return The MariaDB server; empty when there is none. Thread-safe.
[[nodiscard]] const std::optional<Server>& mysqlServer();
[[nodiscard]] const std::optional<Server>& serverOf(ServerKind kind);

/// @return Why there is no such server, for people. Thread-safe.
[[nodiscard]] std::string whyNoServer(ServerKind kind);
/// @return Whether a test without its server fails (SONDE_TEST_REQUIRE_SERVERS=1) instead of
/// skipping.
[[nodiscard]] bool serversAreRequired();

/// @return What the lines of the state file about a server begin with: "postgres" or "mysql".
[[nodiscard]] std::string stateName(ServerKind kind);
/// @return A line of the state file by its name, empty when it is not there. See write_state() in
/// servers.sh.
[[nodiscard]] std::string serverState(const std::string& name);

/// @return The text with everything but letters, digits and `-._~` as %41.
[[nodiscard]] std::string percentEncode(std::string_view text);

}  // namespace sonde::test

/// Ends the running test, or the SetUp() of one, where the server is missing: a skip, or a failure
/// where servers are required.
#define SONDE_NEEDS_SERVER(kind)                                      \
  do {                                                                \
    if (!::sonde::test::serverOf(kind)) {                             \
      const auto sondeWhyNot = ::sonde::test::whyNoServer(kind);      \
      if (::sonde::test::serversAreRequired()) FAIL() << sondeWhyNot; \
      GTEST_SKIP() << sondeWhyNot;                                    \
    }                                                                 \
  } while (false)
#define SONDE_NEEDS_POSTGRES() SONDE_NEEDS_SERVER(::sonde::test::ServerKind::Postgres)
#define SONDE_NEEDS_MYSQL() SONDE_NEEDS_SERVER(::sonde::test::ServerKind::MySql)
