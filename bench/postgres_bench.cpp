// sonde on PostgreSQL against libpq, on the server that SONDE_BENCH_POSTGRES names, in a schema of
// its own with 100,000 users. Pin server and client to one CPU: else the waking of an idle one is
// what is measured.
#include <libpq-fe.h>
#include <sonde/core/error.hpp>
#include <sonde/db/database.hpp>
#include <sonde/dialects/postgres/postgres_driver.hpp>

#include <array>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "workload.hpp"

namespace sonde::bench {
namespace {

constexpr std::int64_t kUsers = 100'000;
constexpr std::size_t kBatch = 100;
constexpr std::int64_t kCopied = 10'000;

template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

struct Clear {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, Clear>;

template <class Integer>
Integer bigEndian(const char* bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return static_cast<Integer>(value);
}

/// A connection of libpq alone.
class Raw {
 public:
  explicit Raw(const std::string& uri) : connection_(PQconnectdb(uri.c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK) {
      throw std::runtime_error(PQerrorMessage(connection_));
    }
  }
  ~Raw() { PQfinish(connection_); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  [[nodiscard]] PGconn* get() const noexcept { return connection_; }
  void run(const std::string& sql) const { check(Result(PQexec(connection_, sql.c_str()))); }
  void prepare(const char* name, const std::string& sql) const {
    check(Result(PQprepare(connection_, name, sql.c_str(), 0, nullptr)));
  }
  Result execute(const char* name, std::int64_t id) const {
    Parameter parameter(id);
    return check(Result(PQexecPrepared(connection_, name, 1, &parameter.value, &parameter.length,
                                       &parameter.format, 1)));
  }
  Result execute(const char* name) const {
    return check(Result(PQexecPrepared(connection_, name, 0, nullptr, nullptr, nullptr, 1)));
  }
  Result check(Result result) const {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      throw std::runtime_error(PQerrorMessage(connection_));
    }
    return result;
  }

  struct Parameter {
    explicit Parameter(std::int64_t id) noexcept {
      for (int i = 0; i < 4; ++i) bytes[i] = static_cast<char>(id >> (8 * (3 - i)));
    }
    char bytes[4];
    const char* value = bytes;
    int length = 4;
    int format = 1;
  };

 private:
  PGconn* connection_;
};

struct User {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  std::int64_t age = 0;
  double score = 0;
  bool active = false;
  std::string bio;
};

/// Reads every column of a row, as a program without a library would.
std::uint64_t readUser(const PGresult* rows, int row, User& user) {
  user.id = bigEndian<std::int32_t>(PQgetvalue(rows, row, 0));
  user.name.assign(PQgetvalue(rows, row, 1), static_cast<std::size_t>(PQgetlength(rows, row, 1)));
  user.email.assign(PQgetvalue(rows, row, 2), static_cast<std::size_t>(PQgetlength(rows, row, 2)));
  user.age = PQgetisnull(rows, row, 3) != 0 ? 0 : bigEndian<std::int32_t>(PQgetvalue(rows, row, 3));
  user.score = std::bit_cast<double>(bigEndian<std::uint64_t>(PQgetvalue(rows, row, 4)));
  user.active = *PQgetvalue(rows, row, 5) != 0;
  user.bio.assign(PQgetvalue(rows, row, 6), static_cast<std::size_t>(PQgetlength(rows, row, 6)));
  return static_cast<std::uint64_t>(user.id) + user.name.size() + user.email.size() +
         static_cast<std::uint64_t>(user.age) + static_cast<std::uint64_t>(user.score) +
         user.bio.size();
}

class Walk {
 public:
  [[nodiscard]] std::int64_t next() noexcept {
    at_ = (at_ + 48'271) % kUsers;
    return at_ + 1;
  }

 private:
  std::int64_t at_ = 0;
};

void makeUsers(const Raw& raw) {
  raw.run(
      "DROP SCHEMA IF EXISTS sonde_bench CASCADE; CREATE SCHEMA sonde_bench;"
      "CREATE TABLE sonde_bench.users (id int PRIMARY KEY, name text NOT NULL,"
      " email text NOT NULL UNIQUE, age int, score double precision, active boolean, bio text);"
      "CREATE TABLE sonde_bench.copied (id int, name text, score double precision, bio text);"
      "INSERT INTO sonde_bench.users SELECT g, 'User number ' || g, 'user' || g || '@example.org',"
      " 18 + g % 80, g % 10000 / 8.0, g % 3 <> 0, 'Lives in house ' || g || ', likes \"quiet\" "
      "evenings, and writes a line or two a day.' FROM generate_series(1, 100000) g");
  raw.run("VACUUM ANALYZE sonde_bench.users");
}

struct Bench {
  explicit Bench(const std::string& uri)
      : raw(uri), db(open(uri)), users(db.getRepository("users")), driver(makePostgresDriver()) {
    DriverOptions options;
    options.uri = Uri::parse(uri);
    connection = driver->connect(options, TransactionMode::Write);
    raw.prepare("by_id", std::string(kSelect) + " WHERE id = $1");
    raw.prepare("all", kSelect);
    byId = connection->prepare(std::string(kSelect) + " WHERE id = $1", true);
    copied.schema = "sonde_bench";
    copied.name = "copied";
    for (const Type type : {Type::Integer, Type::Text, Type::Real, Type::Text}) {
      Column& column = copied.columns.emplace_back();
      column.name = kCopiedColumns[copied.columns.size() - 1];
      column.type = type;
    }
  }
  static Database open(const std::string& uri) {
    Config config;
    config.uri = uri;
    config.optimization.settings["search_path"] = "sonde_bench";
    return Database::open(config);
  }

  static constexpr const char* kSelect =
      "SELECT id, name, email, age, score, active, bio FROM sonde_bench.users";
  static constexpr std::array<const char*, 4> kCopiedColumns{"id", "name", "score", "bio"};

  Raw raw;
  Database db;
  Repository users;
  std::unique_ptr<Driver> driver;
  std::unique_ptr<Connection> connection;
  std::unique_ptr<Statement> byId;
  Table copied;
  Walk walk;
  User user;
  std::uint64_t sum = 0;
};

void addReads(std::vector<Workload>& workloads, Bench& bench) {
  const auto rawFind = [&bench] {
    const Result row = bench.raw.execute("by_id", bench.walk.next());
    bench.sum += readUser(row.get(), 0, bench.user);
  };
  workloads.push_back({"find by primary key", 1.10, 1, rawFind,
                       [&bench] { keep(bench.users.findById(bench.walk.next())); }, 1});
  workloads.push_back({"the same, driver alone", 1.10, 1, rawFind,
                       [&bench] {
                         const Arg id[] = {bench.walk.next()};
                         bench.byId->bind(id);
                         keep(bench.byId->fetch(0, 0));
                         bench.byId->reset();
                       },
                       1});
  const auto rawScan = [&bench] {
    const Result rows = bench.raw.execute("all");
    const int count = PQntuples(rows.get());
    for (int row = 0; row < count; ++row) bench.sum += readUser(rows.get(), row, bench.user);
  };
  workloads.push_back({"read rows and keep them", 1.1, kUsers, rawScan,
                       [&bench] { keep(bench.users.findAll()); }, 1});
  workloads.push_back({"stream rows", 0, kUsers, rawScan,
                       [&bench] {
                         bench.users.forEach(
                             {}, [&bench](RowView row) { bench.sum += row.cells()[1].length; });
                       },
                       1});
}

/// 100 lookups through libpq's pipeline with one sync.
void rawPipeline(Bench& bench) {
  PGconn* const connection = bench.raw.get();
  PQenterPipelineMode(connection);
  for (std::size_t i = 0; i < kBatch; ++i) {
    Raw::Parameter parameter(bench.walk.next());
    PQsendQueryPrepared(connection, "by_id", 1, &parameter.value, &parameter.length,
                        &parameter.format, 1);
  }
  PQpipelineSync(connection);
  for (std::size_t i = 0; i < kBatch; ++i) {
    const Result row = bench.raw.check(Result(PQgetResult(connection)));
    bench.sum += readUser(row.get(), 0, bench.user);
    PQgetResult(connection);
  }
  PQclear(PQgetResult(connection));
  PQexitPipelineMode(connection);
}

void addBatches(std::vector<Workload>& workloads, Bench& bench) {
  workloads.push_back({"100 lookups, one by one", 0, kBatch,
                       [&bench] {
                         for (std::size_t i = 0; i < kBatch; ++i) {
                           const Result row = bench.raw.execute("by_id", bench.walk.next());
                           bench.sum += readUser(row.get(), 0, bench.user);
                         }
                       },
                       [&bench] {
                         for (std::size_t i = 0; i < kBatch; ++i) {
                           const Arg id[] = {bench.walk.next()};
                           bench.byId->bind(id);
                           keep(bench.byId->fetch(0, 0));
                         }
                       },
                       1});
  workloads.push_back({"100 lookups in a pipeline", 0, kBatch, [&bench] { rawPipeline(bench); },
                       [&bench] {
                         std::vector<Arg> ids;
                         for (std::size_t i = 0; i < kBatch; ++i)
                           ids.emplace_back(bench.walk.next());
                         std::vector<Args> batch;
                         batch.reserve(ids.size());
                         for (const Arg& id : ids) batch.emplace_back(&id, 1);
                         keep(bench.byId->fetchEach(batch, 0));
                       },
                       1});
}

void addBulk(std::vector<Workload>& workloads, Bench& bench) {
  static const std::string kBio = "Lives in a house, likes \"quiet\" evenings, and writes a line.";
  const auto rawCopy = [&bench] {
    PGconn* const connection = bench.raw.get();
    bench.raw.run("TRUNCATE sonde_bench.copied");
    const Result began(PQexec(connection, "COPY sonde_bench.copied FROM STDIN"));
    std::string piece;
    for (std::int64_t i = 0; i < kCopied; ++i) {
      std::array<char, 64> numbers{};
      std::snprintf(numbers.data(), numbers.size(), "%lld\tUser number %lld\t%.17g\t",
                    static_cast<long long>(i), static_cast<long long>(i),
                    static_cast<double>(i) / 8);
      piece += numbers.data();
      piece += kBio;
      piece += '\n';
      if (piece.size() < 65'536) continue;
      PQputCopyData(connection, piece.data(), static_cast<int>(piece.size()));
      piece.clear();
    }
    PQputCopyData(connection, piece.data(), static_cast<int>(piece.size()));
    PQputCopyEnd(connection, nullptr);
    while (Result ended{PQgetResult(connection)}) keep(bench.raw.check(std::move(ended)));
  };
  workloads.push_back(
      {"bulk insert", 1.3, kCopied, rawCopy,
       [&bench] {
         bench.connection->executeScript("TRUNCATE sonde_bench.copied");
         std::int64_t i = 0;
         std::string name;
         std::array<Arg, 4> row;
         keep(bench.connection->bulkInsert(
             bench.copied, {"id", "name", "score", "bio"}, [&]() -> Args {
               if (i == kCopied) return {};
               name = "User number " + std::to_string(i);
               row = {Arg(i), Arg(name), Arg(static_cast<double>(i) / 8), Arg(kBio)};
               ++i;
               return row;
             }));
       },
       1});
}

}  // namespace

int runPostgresBench(int argc, char** argv) {
  const char* const uri = std::getenv("SONDE_BENCH_POSTGRES");
  if (uri == nullptr) {
    std::puts("skipped: SONDE_BENCH_POSTGRES names no server (postgresql://user@host/database)");
    return 0;
  }
  makeUsers(Raw(uri));
  Bench bench(uri);
  std::vector<Workload> workloads;
  addReads(workloads, bench);
  addBatches(workloads, bench);
  addBulk(workloads, bench);
  const int code = runWorkloads(argc, argv, workloads, BenchClock::Wall);
  bench.raw.run("DROP SCHEMA sonde_bench CASCADE");
  return code;
}

}  // namespace sonde::bench

int main(int argc, char** argv) { return sonde::bench::runPostgresBench(argc, argv); }
