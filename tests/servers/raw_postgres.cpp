#include <libpq-fe.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "raw_clients.hpp"

namespace sonde::test {
namespace {

using Result = std::unique_ptr<PGresult, void (*)(PGresult*)>;

class RawPostgres final : public RawSession {
 public:
  RawPostgres(const Server& server, const std::string& database)
      : RawSession(ServerKind::Postgres) {
    const std::string port = std::to_string(server.port);
    const std::string& host = server.socket.empty() ? server.host : server.socket;
    const std::array<const char*, 7> names = {
        "host", "port", "user", "password", "dbname", "connect_timeout", nullptr};
    const std::array<const char*, 7> values = {
        host.c_str(), port.c_str(), server.user.c_str(), server.password.c_str(), database.c_str(),
        "10",         nullptr};
    connection_.reset(PQconnectdbParams(names.data(), values.data(), 0));
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
    PQsetNoticeProcessor(
        connection_.get(), [](void*, const char*) {}, nullptr);
  }

  std::vector<Row> run(const std::string& sql) override {
    std::vector<Row> rows;
    std::string error;
    if (PQsendQuery(connection_.get(), sql.c_str()) == 0) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
    while (PGresult* next = PQgetResult(connection_.get())) {
      const Result result(next, &PQclear);
      switch (PQresultStatus(next)) {
        case PGRES_TUPLES_OK:
          rows = rowsOf(next);
          break;
        case PGRES_COMMAND_OK:
        case PGRES_EMPTY_QUERY:
          break;
        default:
          error = PQresultErrorMessage(next);
      }
    }
    if (!error.empty()) throw std::runtime_error(error + " in " + sql.substr(0, 200));
    return rows;
  }

 private:
  static std::vector<Row> rowsOf(PGresult* result) {
    std::vector<Row> rows(static_cast<std::size_t>(PQntuples(result)));
    for (int r = 0; r < PQntuples(result); ++r) {
      for (int c = 0; c < PQnfields(result); ++c) {
        Row& row = rows[static_cast<std::size_t>(r)];
        if (PQgetisnull(result, r, c) != 0) {
          row.emplace_back();
        } else {
          row.emplace_back(std::string(PQgetvalue(result, r, c),
                                       static_cast<std::size_t>(PQgetlength(result, r, c))));
        }
      }
    }
    return rows;
  }

  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_{nullptr, &PQfinish};
};

}  // namespace

std::unique_ptr<RawSession> openRawPostgres(const Server& server, const std::string& database) {
  return std::make_unique<RawPostgres>(server, database);
}

}  // namespace sonde::test
