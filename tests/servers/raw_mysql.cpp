#include <mysql.h>

#include <memory>
#include <stdexcept>

#include "raw_clients.hpp"

namespace sonde::test {
namespace {

class RawMySql final : public RawSession {
 public:
  RawMySql(const Server& server, const std::string& database)
      : RawSession(ServerKind::MySql), connection_(mysql_init(nullptr), &mysql_close) {
    const unsigned int timeout = 10;
    mysql_options(connection_.get(), MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
    mysql_options(connection_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const bool local = !server.socket.empty();
    if (mysql_real_connect(connection_.get(), local ? nullptr : server.host.c_str(),
                           server.user.c_str(), local ? nullptr : server.password.c_str(),
                           database.c_str(), server.port, local ? server.socket.c_str() : nullptr,
                           CLIENT_MULTI_STATEMENTS) == nullptr) {
      throw std::runtime_error(mysql_error(connection_.get()));
    }
  }

  std::vector<Row> run(const std::string& sql) override {
    MYSQL* const mysql = connection_.get();
    std::vector<Row> rows;
    int status = mysql_real_query(mysql, sql.data(), sql.size());
    while (status == 0) {
      if (MYSQL_RES* result = mysql_store_result(mysql)) {
        rows = rowsOf(result);
        mysql_free_result(result);
      }
      status = mysql_next_result(mysql);  // -1 after the last one
    }
    if (status > 0 || mysql_errno(mysql) != 0) {
      throw std::runtime_error(std::string(mysql_error(mysql)) + " in " + sql.substr(0, 200));
    }
    return rows;
  }

 private:
  static std::vector<Row> rowsOf(MYSQL_RES* result) {
    std::vector<Row> rows;
    while (MYSQL_ROW fields = mysql_fetch_row(result)) {
      const unsigned long* const lengths = mysql_fetch_lengths(result);
      Row& row = rows.emplace_back();
      for (unsigned int i = 0; i < mysql_num_fields(result); ++i) {
        if (fields[i] == nullptr) {
          row.emplace_back();
        } else {
          row.emplace_back(std::string(fields[i], lengths[i]));
        }
      }
    }
    return rows;
  }

  std::unique_ptr<MYSQL, void (*)(MYSQL*)> connection_;
};

}  // namespace

std::unique_ptr<RawSession> openRawMySql(const Server& server, const std::string& database) {
  return std::make_unique<RawMySql>(server, database);
}

}  // namespace sonde::test
