// Reading a schema of 1,000 tables from MariaDB, against the bare statements through libmariadb:
// wall time, as nearly all of it passes in the server. Needs a server, see tests/servers/:
//
//   tests/servers/servers.sh run build/release/bench/mysql_introspection_bench
#include <mysql.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <sonde/dialects/mysql/mysql_catalog.hpp>
#include <sonde/dialects/mysql/mysql_catalog_server.hpp>
#include <sonde/dialects/mysql/mysql_handle.hpp>
#include <sonde/dialects/mysql/mysql_open.hpp>
#include <sonde/dialects/mysql/mysql_options.hpp>
#include <sonde/tests/servers/servers.hpp>
#include <sonde/tests/servers/test_database.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::bench {
namespace {

constexpr int kTables = 1000;
constexpr int kColumns = 12;
constexpr int kRounds = 15;

void makeTables(test::TestDatabase& db) {
  for (int i = 0; i < kTables; ++i) {
    const std::string name = "table_" + std::to_string(i);
    std::string sql = "CREATE TABLE " + name + " (id INT PRIMARY KEY AUTO_INCREMENT, parent_id INT";
    for (int c = 2; c < kColumns; ++c) {
      sql += ", column_" + std::to_string(c) +
             (c % 3 == 0   ? " VARCHAR(50) NOT NULL DEFAULT 'x'"
              : c % 3 == 1 ? " DECIMAL(10,2)"
                           : " INT DEFAULT 5");
    }
    db.run(sql +
           ", UNIQUE pair (column_2, column_3), CHECK (column_2 > 0), FOREIGN KEY (parent_id)"
           " REFERENCES table_" +
           std::to_string(std::max(i - 1, 0)) + " (id))");
  }
}

/// A connection with nothing around it.
class Raw {
 public:
  explicit Raw(const test::TestDatabase& db) : mysql_(mysql_init(nullptr), &mysql_close) {
    const test::Server& server = db.server();
    const bool local = !server.socket.empty();
    mysql_options(mysql_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (mysql_real_connect(mysql_.get(), local ? nullptr : server.host.c_str(), server.user.c_str(),
                           local ? nullptr : server.password.c_str(), db.name().c_str(),
                           server.port, local ? server.socket.c_str() : nullptr, 0) == nullptr) {
      throw std::runtime_error(mysql_error(mysql_.get()));
    }
  }

  /// Runs a statement and looks at every field. @return Something that depends on all of them.
  std::uint64_t read(const std::string& sql) {
    if (mysql_real_query(mysql_.get(), sql.data(), sql.size()) != 0) {
      throw std::runtime_error(mysql_error(mysql_.get()));
    }
    MYSQL_RES* rows = mysql_store_result(mysql_.get());
    std::uint64_t sum = 0;
    while (MYSQL_ROW row = mysql_fetch_row(rows)) {
      const unsigned long* lengths = mysql_fetch_lengths(rows);
      for (unsigned i = 0; i < mysql_num_fields(rows); ++i) {
        sum += row[i] == nullptr ? 1 : lengths[i];
      }
    }
    mysql_free_result(rows);
    return sum;
  }

 private:
  std::unique_ptr<MYSQL, void (*)(MYSQL*)> mysql_;
};

/// What a piece of work takes, in milliseconds.
struct Taken {
  double wall = 0;
  double client = 0;  ///< CPU time of this thread; the server's is not in it.
};

double now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

Taken measure(const std::function<void()>& work) {
  const Taken begin{now(CLOCK_MONOTONIC), now(CLOCK_THREAD_CPUTIME_ID)};
  work();
  return {now(CLOCK_MONOTONIC) - begin.wall, now(CLOCK_THREAD_CPUTIME_ID) - begin.client};
}

double median(std::vector<Taken>& taken, double Taken::*which) {
  std::sort(taken.begin(), taken.end(),
            [which](const Taken& a, const Taken& b) { return a.*which < b.*which; });
  return taken[taken.size() / 2].*which;
}

/// Runs the works in turn, so that a slow moment of the machine falls on all of them.
/// @return The medians of each.
std::vector<Taken> medians(const std::vector<std::function<void()>>& works) {
  std::vector<std::vector<Taken>> taken(works.size());
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < works.size(); ++i) taken[i].push_back(measure(works[i]));
  }
  std::vector<Taken> result;
  result.reserve(taken.size());
  for (auto& each : taken) {
    result.push_back({median(each, &Taken::wall), median(each, &Taken::client)});
  }
  return result;
}

void print(const char* work, const Taken& raw, const Taken& sonde) {
  std::printf("%-20s %9.1f %9.1f %6.2f %14.1f %9.1f\n", work, raw.wall, sonde.wall,
              sonde.wall / raw.wall, raw.client, sonde.client);
}

std::int64_t questions(MysqlHandle& handle) {
  MysqlRows rows = handle.query("SHOW SESSION STATUS LIKE 'Questions'");
  return rows.next() ? rows.integer(1) : 0;
}

void run(const test::Server& server) {
  test::TestDatabase db(server);
  makeTables(db);
  DriverOptions options;
  options.uri = Uri::parse(db.uri());
  const auto handle = openMysql(std::make_shared<const MysqlOptions>(readMysqlOptions(options)));
  Raw raw(db);

  mysql::CatalogServer of;
  of.product = handle->product();
  of.database = db.name();
  std::vector<std::string> statements{"SELECT DATABASE(), @@lower_case_table_names"};
  for (const mysql::CatalogQuery query : mysql::kCatalogQueries) {
    const std::string sql = mysql::catalogSql(query, of);
    if (!sql.empty()) statements.push_back(sql);
  }
  const std::string hash = mysql::catalogHashSql(of);

  std::uint64_t sum = 0;
  std::size_t tables = 0;
  const auto times =
      medians({[&] {
                 for (const std::string& sql : statements) sum += raw.read(sql);
               },
               [&] { tables = Schema::build(readMysqlCatalog(*handle))->tables().size(); },
               [&] { sum += raw.read(hash); }, [&] { sum += mysqlSchemaHash(*handle); }});
  const std::int64_t before = questions(*handle);
  tables = readMysqlCatalog(*handle).tables.size();
  const std::int64_t asked = questions(*handle) - before - 1;
  std::printf("%s, %zu tables of %d columns, %lld statements (%llx)\n",
              handle->serverVersion().c_str(), tables, kColumns, static_cast<long long>(asked),
              static_cast<unsigned long long>(sum & 0xf));
  std::printf("%-20s %9s %9s %6s %14s %9s\n", "work", "raw ms", "sonde ms", "ratio",
              "client: raw ms", "sonde ms");
  print("introspect", times[0], times[1]);
  print("hash of the schema", times[2], times[3]);
}

}  // namespace
}  // namespace sonde::bench

int main(int argc, char** argv) {
  // No instructions are counted: the work is the server's.
  if (argc > 1 && std::string_view(argv[1]) == "--list") return 0;
  const auto& server = sonde::test::mysqlServer();
  if (!server) {
    std::printf("skipped: %s\n", sonde::test::whyNoServer(sonde::test::ServerKind::MySql).c_str());
    return 0;
  }
  sonde::bench::run(*server);
}
