#include "servers.hpp"

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <map>
#include <ostream>
#include <sonde/core/uri.hpp>

namespace sonde::test {
namespace {

using State = std::map<std::string, std::string>;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

const State& state() {
  static const State kState = [] {
    std::string path = environment("SONDE_TEST_SERVERS");
    if (path.empty()) path = SONDE_SERVERS_STATE;
    State lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      const std::size_t equals = line.find('=');
      if (equals != std::string::npos) lines[line.substr(0, equals)] = line.substr(equals + 1);
    }
    return lines;
  }();
  return kState;
}

template <class Number>
Number number(const std::string& text) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// A server that somebody else runs, by the URI of its administrator.
Server given(ServerKind kind, const std::string& text) {
  const Uri uri = Uri::parse(text);
  Server server;
  server.kind = kind;
  server.user = uri.user;
  server.password = uri.password;
  server.port = kind == ServerKind::Postgres ? 5432 : 3306;
  if (!uri.hosts.empty()) {
    const UriHost& host = uri.hosts.front();
    (host.name.starts_with('/') ? server.socket : server.host) = host.name;
    if (host.port) server.port = *host.port;
  }
  return server;
}

std::optional<Server> find(ServerKind kind) {
  const std::string prefix = stateName(kind);
  const std::string uri =
      environment(kind == ServerKind::Postgres ? "SONDE_TEST_POSTGRES" : "SONDE_TEST_MYSQL");
  if (!uri.empty()) return given(kind, uri);
  if (serverState(prefix + "_pid").empty()) return std::nullopt;
  Server server;
  server.kind = kind;
  server.socket = serverState(prefix + "_socket");
  server.port = number<std::uint16_t>(serverState(prefix + "_port"));
  server.user = serverState("user");
  server.password = serverState("password");
  server.tlsCa = serverState("tls_ca");
  server.tlsCertificate = serverState("tls_certificate");
  server.tlsKey = serverState("tls_key");
  server.dataFolder = serverState(prefix + "_data");
  server.pid = number<int>(serverState(prefix + "_pid"));
  return server;
}

std::string schemeOf(ServerKind kind) {
  return kind == ServerKind::Postgres ? "postgresql://" : "mysql://";
}

std::string databaseAndOptions(std::string_view database, std::string_view options) {
  std::string out = "/" + percentEncode(database);
  if (!options.empty()) out.append("?").append(options);
  return out;
}

}  // namespace

void PrintTo(ServerKind kind, std::ostream* out) {
  *out << (kind == ServerKind::Postgres ? "PostgreSQL" : "MariaDB");
}

std::string percentEncode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

std::string Server::uri(std::string_view database, std::string_view options) const {
  if (socket.empty()) return tcpUri(database, options);
  std::string out = schemeOf(kind) + percentEncode(user) + "@" + percentEncode(socket);
  // The port is part of the name of PostgreSQL's socket.
  if (kind == ServerKind::Postgres) out += ":" + std::to_string(port);
  return out + databaseAndOptions(database, options);
}

std::string Server::tcpUri(std::string_view database, std::string_view options,
                           std::string_view asUser) const {
  std::string out = schemeOf(kind) + percentEncode(asUser.empty() ? user : asUser);
  if (!password.empty()) out += ":" + percentEncode(password);
  out += "@" + host + ":" + std::to_string(port);
  return out + databaseAndOptions(database, options);
}

std::string Server::adminDatabase() const {
  return kind == ServerKind::Postgres ? "postgres" : "mysql";
}

const std::optional<Server>& postgresServer() {
  static const std::optional<Server> kServer = find(ServerKind::Postgres);
  return kServer;
}

const std::optional<Server>& mysqlServer() {
  static const std::optional<Server> kServer = find(ServerKind::MySql);
  return kServer;
}

const std::optional<Server>& serverOf(ServerKind kind) {
  return kind == ServerKind::Postgres ? postgresServer() : mysqlServer();
}

std::string whyNoServer(ServerKind kind) {
  const std::string name = kind == ServerKind::Postgres ? "PostgreSQL" : "MariaDB";
  const std::string why = serverState(stateName(kind) + "_missing");
  if (!why.empty()) return "no " + name + ": " + why;
  return "no " + name + " is running: use ctest, or tests/servers/servers.sh run";
}

bool serversAreRequired() { return environment("SONDE_TEST_REQUIRE_SERVERS") == "1"; }

std::string stateName(ServerKind kind) {
  return kind == ServerKind::Postgres ? "postgres" : "mysql";
}

std::string serverState(const std::string& name) {
  const auto found = state().find(name);
  return found == state().end() ? std::string() : found->second;
}

}  // namespace sonde::test
