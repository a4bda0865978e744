#include "raw_session.hpp"

#include <stdexcept>

#include "raw_clients.hpp"

namespace sonde::test {

std::string RawSession::value(const std::string& sql) {
  const std::vector<Row> rows = run(sql);
  if (rows.empty() || rows.front().empty()) throw std::runtime_error("no row from " + sql);
  return rows.front().front().value_or("");
}

std::string RawSession::id() {
  return value(kind_ == ServerKind::Postgres ? "SELECT pg_backend_pid()"
                                             : "SELECT connection_id()");
}

std::unique_ptr<RawSession> openRaw(const Server& server, const std::string& database) {
#ifdef SONDE_TEST_LIBPQ
  if (server.kind == ServerKind::Postgres) return openRawPostgres(server, database);
#endif
#ifdef SONDE_TEST_LIBMARIADB
  if (server.kind == ServerKind::MySql) return openRawMySql(server, database);
#endif
  throw std::runtime_error("this build found no client library to reach " + database + " with");
}

}  // namespace sonde::test
