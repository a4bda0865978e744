// sonde on SQLite against SQLite's C API, on one file with 100,000 users.
#include <sonde/db/database.hpp>
#include <sonde/tests/support/temporary_folder.hpp>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "floor.hpp"
#include "workload.hpp"

namespace sonde::bench {
namespace {

constexpr std::size_t kWritesInTransaction = 1000;

/// Thrown out of a transaction so that the table stays as it was.
struct Undo {};

/// Keeps a result alive as far as the optimiser can tell.
template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

Database openSonde(const std::string& path, bool counted = false) {
  Config config;
  config.statistics.enabled = counted;
  config.uri = "sqlite:" + path;
  config.optimization.synchronous = "NORMAL";
  config.optimization.cacheSize = -131072;
  return Database::open(config);
}

/// A number that walks through the table without following its order.
class Walk {
 public:
  explicit Walk(std::int64_t users) noexcept : users_(users) {}
  [[nodiscard]] std::int64_t next() noexcept {
    at_ = (at_ + 48'271) % users_;
    return at_ + 1;
  }

 private:
  std::int64_t users_;
  std::int64_t at_ = 0;
};

/// What both sides work on. The raw connections are used like sonde's: one writes, one reads.
struct Bench {
  Bench(const std::string& path, std::int64_t count)
      : writer(path, true),
        reader(path, false),
        db(openSonde(path)),
        users(db.getRepository("users")),
        counted(openSonde(path, true)),
        countedUsers(counted.getRepository("users")),
        walk(count) {}

  RawConnection writer;
  RawConnection reader;
  Database db;
  Repository users;
  Database counted;  // with statistics
  Repository countedUsers;
  Walk walk;
  User user;
  std::string text;
  std::uint64_t sum = 0;
};

constexpr const char* kColumns = "id, name, email, age, score, active, bio, created_at";

std::string select(const char* rest) { return std::string("SELECT ") + kColumns + rest; }

Record recordOf(const User& user) {
  return {{"name", user.name},           {"email", user.email},   {"age", user.age},
          {"score", user.score},         {"active", user.active}, {"bio", user.bio},
          {"created_at", user.createdAt}};
}

std::uint64_t readEvery(const RowView row) {
  std::uint64_t sum = 0;
  const Cell* cells = row.cells();
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Cell& cell = cells[i];
    switch (cell.storage) {
      case Storage::Integer:
        sum += static_cast<std::uint64_t>(cell.integer);
        break;
      case Storage::Real:
        sum += static_cast<std::uint64_t>(cell.real);
        break;
      case Storage::Text:
        sum += cell.length + static_cast<unsigned char>(cell.length == 0 ? 0 : *cell.bytes);
        break;
      default:
        break;
    }
  }
  return sum;
}

void addReads(std::vector<Workload>& workloads, Bench& bench, std::size_t units) {
  sqlite3_stmt* byId = bench.reader.prepare(select(" FROM users WHERE id = ?").c_str());
  workloads.push_back(
      {"find by primary key", 1.15, 1,
       [&bench, byId] { bench.sum += rawFind(byId, bench.walk.next(), bench.user); },
       [&bench] { keep(bench.users.findById(bench.walk.next())); }, 2000});

  // What statistics cost: both sides are sonde.
  workloads.push_back({"the same with statistics, against off", 1.03, 1,
                       [&bench] { keep(bench.users.findById(bench.walk.next())); },
                       [&bench] { keep(bench.countedUsers.findById(bench.walk.next())); }, 2000});

  sqlite3_stmt* byEmail =
      bench.reader.prepare(select(" FROM users WHERE email = ? LIMIT 1").c_str());
  workloads.push_back({"findOneBy(email)", 0, 1,
                       [&bench, byEmail] {
                         bench.text = "user" + std::to_string(bench.walk.next()) + "@example.org";
                         bench.sum += rawFindByEmail(byEmail, bench.text, bench.user);
                       },
                       [&bench] {
                         bench.text = "user" + std::to_string(bench.walk.next()) + "@example.org";
                         keep(bench.users.findOneBy("email", bench.text));
                       },
                       2000});

  sqlite3_stmt* all = bench.reader.prepare(select(" FROM users").c_str());
  const auto scan = [&bench, all] { bench.sum += rawScan(all); };
  workloads.push_back(
      {"read rows and keep them", 1.3, units, scan, [&bench] { keep(bench.users.findAll()); }, 1});
  workloads.push_back({"read, keep, then read every cell", 0, units, scan,
                       [&bench] {
                         const ResultSet rows = bench.users.findAll();
                         for (const RowView row : rows) bench.sum += readEvery(row);
                       },
                       1});
  workloads.push_back({"stream rows", 1.1, units, scan,
                       [&bench] {
                         bench.users.forEach(
                             {}, [&bench](RowView row) { bench.sum += readEvery(row); });
                       },
                       1});

  const auto rawJson = [&bench, all] { bench.sum += rawScanToJson(all, bench.text); };
  workloads.push_back({"rows to JSON, streamed", 1.15, units, rawJson,
                       [&bench] {
                         bench.users.streamJson(
                             {}, [&bench](std::string_view piece) { bench.sum += piece.size(); });
                       },
                       1});
  workloads.push_back({"rows to JSON, kept then written", 1.35, units, rawJson,
                       [&bench] {
                         bench.users.findAll().writeJson(
                             [&bench](std::string_view piece) { bench.sum += piece.size(); });
                       },
                       1});
}

/// Runs `work` in a transaction of the raw connection that leaves nothing behind.
template <class Work>
void rawUndone(RawConnection& writer, Work work) {
  writer.run("BEGIN IMMEDIATE");
  for (std::size_t i = 0; i < kWritesInTransaction; ++i) work(i);
  writer.run("ROLLBACK");
}

template <class Work>
void sondeUndone(const Database& db, Work work) {
  Transaction tx = db.begin();
  const Repository users = tx.getRepository("users");
  for (std::size_t i = 0; i < kWritesInTransaction; ++i) work(users, i);
  tx.rollback();
}

void addWrites(std::vector<Workload>& workloads, Bench& bench, const std::vector<User>& newUsers,
               const std::vector<Record>& newRecords) {
  const std::string insertSql =
      "INSERT INTO users (name, email, age, score, active, bio, created_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)";
  sqlite3_stmt* insert = bench.writer.prepare(insertSql.c_str());
  const auto rawInserts = [&bench, &newUsers, insert] {
    rawUndone(bench.writer, [&](std::size_t i) { rawInsert(insert, newUsers[i]); });
  };
  workloads.push_back({"insert in a transaction", 1.2, kWritesInTransaction, rawInserts,
                       [&bench, &newRecords] {
                         sondeUndone(bench.db, [&](const Repository& users, std::size_t i) {
                           keep(users.insert(newRecords[i]));
                         });
                       },
                       2});
  workloads.push_back({"insert, making the record too", 0, kWritesInTransaction, rawInserts,
                       [&bench, &newUsers] {
                         sondeUndone(bench.db, [&](const Repository& users, std::size_t i) {
                           keep(users.insert(recordOf(newUsers[i])));
                         });
                       },
                       2});
  const auto rawBatch = [&bench, &newUsers, insert] {
    // insertMany is all or nothing also inside a transaction, which takes a savepoint.
    bench.writer.run("BEGIN IMMEDIATE; SAVEPOINT batch");
    for (const User& user : newUsers) rawInsert(insert, user);
    bench.writer.run("RELEASE batch; ROLLBACK");
  };
  workloads.push_back({"insertMany in a transaction", 0, kWritesInTransaction, rawBatch,
                       [&bench, &newRecords] {
                         Transaction tx = bench.db.begin();
                         keep(tx.getRepository("users").insertMany(newRecords));
                         tx.rollback();
                       },
                       2});

  sqlite3_stmt* returning = bench.writer.prepare((insertSql + " RETURNING " + kColumns).c_str());
  workloads.push_back({"create in a transaction", 1.15, kWritesInTransaction,
                       [&bench, &newUsers, returning] {
                         rawUndone(bench.writer, [&](std::size_t i) {
                           bench.sum += rawInsertReturning(returning, newUsers[i], bench.user);
                         });
                       },
                       [&bench, &newRecords] {
                         sondeUndone(bench.db, [&](const Repository& users, std::size_t i) {
                           keep(users.create(newRecords[i]));
                         });
                       },
                       2});
}

void addFinders(std::vector<Workload>& workloads, Bench& bench) {
  // A budget in nanoseconds, not a ratio: there is no raw finder.
  workloads.push_back(
      {"finder name to ready plan (<=300 ns)", 0, 1, nullptr,
       [&bench] {
         keep(bench.users.finder("findManyByAgeGreaterThanAndActiveTrueOrderByNameDesc"));
       },
       1});
}

constexpr int kTables = 1000;

void makeManyTables(const std::string& path) {
  RawConnection db(path, true);
  db.run("BEGIN");
  for (int table = 0; table < kTables; ++table) {
    const std::string name = "table_" + std::to_string(table);
    std::string sql = "CREATE TABLE " + name + " (id INTEGER PRIMARY KEY, parent_id INTEGER";
    if (table > 0) sql += " REFERENCES table_" + std::to_string(table - 1) + " (id)";
    for (int column = 2; column < 12; ++column) {
      const std::string number = std::to_string(column);
      sql += column % 3 == 0 ? ", column_" + number + " VARCHAR(40) NOT NULL DEFAULT 'none'"
                             : ", column_" + number + " INTEGER";
    }
    sql += "); CREATE INDEX " + name + "_parent ON " + name + " (parent_id); CREATE UNIQUE INDEX " +
           name + "_pair ON " + name + " (column_2, column_3);";
    db.run(sql.c_str());
  }
  db.run("COMMIT");
}

/// Opens the file and steps through the statements that tell a schema, reading every column.
void rawCatalog(const std::string& path) {
  RawConnection db(path, false);
  for (const char* sql :
       {"SELECT type, name, tbl_name, sql FROM sqlite_schema",
        "SELECT l.schema, l.name, l.type, l.wr, l.strict FROM pragma_table_list AS l",
        "SELECT s.name, c.* FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS c"
        " WHERE s.type = 'table'",
        "SELECT s.name, f.* FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f"
        " WHERE s.type = 'table'",
        "SELECT s.name, i.*, x.* FROM sqlite_schema AS s, pragma_index_list(s.name) AS i,"
        " pragma_index_xinfo(i.name) AS x WHERE s.type = 'table'"}) {
    keep(rawScan(db.prepare(sql)));
  }
}

}  // namespace

// Counting instructions takes some fifty times as long as running, and repeats itself exactly.
constexpr std::int64_t kUsersTimed = 100'000;
constexpr std::int64_t kUsersCounted = 5'000;

int runSqliteBench(int argc, char** argv) {
  const test::TemporaryFolder folder;
  const bool counting = argc > 1 && std::string_view(argv[1]) == kCountInstructions;
  const std::int64_t users = counting ? kUsersCounted : kUsersTimed;
  const std::string path = folder.file("users.db");
  makeUsersFile(path, users);
  const std::string schemaPath = folder.file("schema.db");
  makeManyTables(schemaPath);

  Bench bench(path, users);
  std::vector<User> newUsers;
  std::vector<Record> newRecords;
  for (std::size_t i = 0; i < kWritesInTransaction; ++i) {
    newUsers.push_back(makeUser(users + 1 + static_cast<std::int64_t>(i)));
    newRecords.push_back(recordOf(newUsers.back()));
  }

  std::vector<Workload> workloads;
  addReads(workloads, bench, static_cast<std::size_t>(users));
  addWrites(workloads, bench, newUsers, newRecords);
  addFinders(workloads, bench);
  workloads.push_back(
      {"open and introspect 1,000 tables", 1.3, 1, [&schemaPath] { rawCatalog(schemaPath); },
       [&schemaPath] { keep(Database::open("sqlite:" + schemaPath + "?mode=ro")); }, 1});
  return runWorkloads(argc, argv, workloads);
}

}  // namespace sonde::bench

int main(int argc, char** argv) { return sonde::bench::runSqliteBench(argc, argv); }
