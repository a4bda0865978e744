// Reading a schema of 5,000 tables from PostgreSQL, against the bare statements through libpq: wall
// time, as most of it passes in the server. Needs a server, see tests/servers/:
//
//   tests/servers/servers.sh run build/release/bench/postgres_introspection_bench
#include <libpq-fe.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <sonde/dialects/postgres/postgres_catalog.hpp>
#include <sonde/dialects/postgres/postgres_catalog_sql.hpp>
#include <sonde/dialects/postgres/postgres_handle.hpp>
#include <sonde/dialects/postgres/postgres_open.hpp>
#include <sonde/dialects/postgres/postgres_schema_hash.hpp>
#include <sonde/dialects/postgres/postgres_settings.hpp>
#include <sonde/tests/servers/servers.hpp>
#include <sonde/tests/servers/test_database.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::bench {
namespace {

constexpr int kTables = 5000;
constexpr int kColumns = 10;
constexpr int kRounds = 15;

void makeTables(test::TestDatabase& db) {
  std::string sql;
  for (int i = 0; i < kTables; ++i) {
    const std::string name = "table_" + std::to_string(i);
    sql += "CREATE TABLE " + name +
           "(id bigint PRIMARY KEY, a integer NOT NULL, b text, c varchar(50) DEFAULT 'x', "
           "d numeric(10,2), e timestamptz DEFAULT now(), f boolean, g uuid, h jsonb, "
           "parent_id bigint REFERENCES table_" +
           std::to_string(std::max(i - 1, 0)) + ");";
    if (i % 200 == 199) {
      db.run(sql);
      sql.clear();
    }
  }
  db.run(sql.empty() ? "ANALYZE" : sql + "ANALYZE");
}

/// A connection with nothing around it.
class Raw {
 public:
  explicit Raw(const std::string& uri) : connection_(PQconnectdb(uri.c_str()), &PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) {
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
  }

  /// Sends statements together and looks at every field. @return Something that depends on all.
  std::uint64_t read(const std::string& statements) {
    PQsendQuery(connection_.get(), statements.c_str());
    std::uint64_t sum = 0;
    while (PGresult* rows = PQgetResult(connection_.get())) {
      if (PQresultStatus(rows) == PGRES_FATAL_ERROR) {
        throw std::runtime_error(PQresultErrorMessage(rows));
      }
      const int count = PQntuples(rows);
      const int columns = PQnfields(rows);
      for (int row = 0; row < count; ++row) {
        for (int column = 0; column < columns; ++column) {
          sum += static_cast<std::uint64_t>(PQgetlength(rows, row, column)) +
                 static_cast<unsigned char>(*PQgetvalue(rows, row, column));
        }
      }
      PQclear(rows);
    }
    return sum;
  }
  [[nodiscard]] int version() const { return PQserverVersion(connection_.get()); }

 private:
  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

/// The statements that the catalog reader sends, as two batches.
std::vector<std::string> catalogStatements(test::TestDatabase& db, int version) {
  namespace sql = postgres::sql;
  std::vector<std::string> first{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                                 sql::searchPath(),
                                 sql::settings(),
                                 sql::extensionMembers(),
                                 sql::tables(version),
                                 sql::columns(),
                                 sql::keys(version),
                                 sql::indexes(version),
                                 sql::triggers(),
                                 sql::inheritance(),
                                 sql::comments(),
                                 sql::sequences(),
                                 sql::namedTypes(),
                                 sql::enumLabels(),
                                 sql::defaults().all(),
                                 sql::rules().all(),
                                 sql::indexParts().all(),
                                 sql::definitions().all(),
                                 sql::triggerDefinitions().all(),
                                 sql::domainDefaults().all()};
  std::vector<postgres::TypeUse> uses;
  std::vector<std::uint32_t> oids;
  for (const auto& row : db.run("SELECT DISTINCT atttypid, atttypmod FROM pg_attribute "
                                "WHERE attrelid = 'table_1'::regclass AND attnum > 0")) {
    uses.emplace_back(static_cast<std::uint32_t>(std::stoul(*row[0])), std::stoi(*row[1]));
    oids.push_back(uses.back().first);
  }
  std::vector<std::string> second{sql::types(oids), sql::collations({100}),
                                  sql::operatorClasses({1978, 3124}), sql::typeNames(uses).all(),
                                  "ROLLBACK"};
  std::vector<std::string> batches(2);
  for (const std::string& statement : first) batches[0] += statement + ";\n";
  for (const std::string& statement : second) batches[1] += statement + ";\n";
  return batches;
}

double millisecondsOf(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

/// Runs the works in turn, so that a slow moment of the machine falls on all of them.
/// @return The median of each.
std::vector<double> medians(const std::vector<std::function<void()>>& works) {
  std::vector<std::vector<double>> times(works.size());
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < works.size(); ++i) times[i].push_back(millisecondsOf(works[i]));
  }
  std::vector<double> result;
  for (std::vector<double>& each : times) {
    std::sort(each.begin(), each.end());
    result.push_back(each[each.size() / 2]);
  }
  return result;
}

void run(const test::Server& server) {
  test::TestDatabase db(server);
  makeTables(db);
  DriverOptions options;
  options.uri = Uri::parse(db.uri());
  const auto handle = openPostgres(options, readPostgresRequests(options));
  Raw raw(db.uri());
  const std::vector<std::string> batches = catalogStatements(db, raw.version());

  std::uint64_t sum = 0;
  std::size_t tables = 0;
  const auto times =
      medians({[&] {
                 for (const std::string& batch : batches) sum += raw.read(batch);
               },
               [&] { tables = readPostgresCatalog(*handle).tables.size(); },
               [&] { tables = Schema::build(readPostgresCatalog(*handle))->tables().size(); },
               [&] { sum += postgresSchemaHash(*handle); }});
  std::printf("PostgreSQL %d, %zu tables of %d columns (%llx)\n", raw.version(), tables, kColumns,
              static_cast<unsigned long long>(sum & 0xf));
  std::printf("%-36s %10s %10s %7s %7s\n", "work", "raw ms", "sonde ms", "ratio", "budget");
  std::printf("%-36s %10.1f %10.1f %7.2f %7.2f\n", "read the catalog", times[0], times[1],
              times[1] / times[0], 1.3);
  std::printf("%-36s %10.1f %10.1f %7.2f\n", "and infer relations and fingerprint", times[0],
              times[2], times[2] / times[0]);
  std::printf("%-36s %10s %10.1f\n", "hash of the schema", "", times[3]);
}

}  // namespace
}  // namespace sonde::bench

int main(int argc, char** argv) {
  // No instructions are counted: the work is the server's.
  if (argc > 1 && std::string_view(argv[1]) == "--list") return 0;
  const auto& server = sonde::test::postgresServer();
  if (!server) {
    std::printf("skipped: %s\n",
                sonde::test::whyNoServer(sonde::test::ServerKind::Postgres).c_str());
    return 0;
  }
  sonde::bench::run(*server);
  return 0;
}
