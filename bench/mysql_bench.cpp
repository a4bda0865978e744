// sonde on MariaDB against libmariadb's prepared statements, in one run: a lookup by key, a read of
// 100,000 rows that are kept, and a bulk insert. Needs a server, see tests/servers/; server and
// client belong on one core, or waking an idle one decides:
//
//   tests/servers/servers.sh run build/release/bench/mysql_bench
#include <benchmark/benchmark.h>
#include <mysql.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <sonde/db/database.hpp>
#include <sonde/dialects/registry.hpp>
#include <sonde/tests/servers/servers.hpp>
#include <sonde/tests/servers/test_database.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace sonde::bench {
namespace {

constexpr std::int64_t kUsers = 100'000;
constexpr std::size_t kInserts = 20'000;
constexpr unsigned kColumns = 6;
constexpr const char* kSelect = "SELECT id, name, email, age, score, active FROM users";

struct User {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  std::int64_t age = 0;
  double score = 0;
  bool active = false;
};

/// A prepared statement of libmariadb with buffers for the six columns, as its manual binds them.
class RawSelect {
 public:
  RawSelect(MYSQL* db, const std::string& sql) : statement_(mysql_stmt_init(db)) {
    if (mysql_stmt_prepare(statement_, sql.data(), sql.size()) != 0) {
      throw std::runtime_error(mysql_stmt_error(statement_));
    }
    const auto bind = [&](unsigned i, enum_field_types type, void* buffer, unsigned long size) {
      results_[i].buffer_type = type;
      results_[i].buffer = buffer;
      results_[i].buffer_length = size;
      results_[i].length = &lengths_[i];
      results_[i].is_null = &nulls_[i];
    };
    bind(0, MYSQL_TYPE_LONGLONG, &id_, 0);
    bind(1, MYSQL_TYPE_STRING, name_.data(), name_.size());
    bind(2, MYSQL_TYPE_STRING, email_.data(), email_.size());
    bind(3, MYSQL_TYPE_LONGLONG, &age_, 0);
    bind(4, MYSQL_TYPE_DOUBLE, &score_, 0);
    bind(5, MYSQL_TYPE_TINY, &active_, 0);
    mysql_stmt_bind_result(statement_, results_.data());
  }
  RawSelect(const RawSelect&) = delete;
  RawSelect& operator=(const RawSelect&) = delete;
  ~RawSelect() { mysql_stmt_close(statement_); }

  void execute(std::int64_t* key) {
    if (key != nullptr) {
      MYSQL_BIND parameter{};
      parameter.buffer_type = MYSQL_TYPE_LONGLONG;
      parameter.buffer = key;
      mysql_stmt_bind_param(statement_, &parameter);
    }
    if (mysql_stmt_execute(statement_) != 0) throw std::runtime_error(mysql_stmt_error(statement_));
  }
  bool next(User& user) {
    if (mysql_stmt_fetch(statement_) != 0) return false;
    user.id = id_;
    user.name.assign(name_.data(), lengths_[1]);
    user.email.assign(email_.data(), lengths_[2]);
    user.age = age_;
    user.score = score_;
    user.active = active_ != 0;
    return true;
  }
  void finish() { mysql_stmt_free_result(statement_); }

 private:
  MYSQL_STMT* statement_;
  std::array<MYSQL_BIND, kColumns> results_{};
  std::array<unsigned long, kColumns> lengths_{};
  std::array<my_bool, kColumns> nulls_{};
  std::int64_t id_ = 0;
  std::array<char, 128> name_{};
  std::array<char, 128> email_{};
  std::int64_t age_ = 0;
  double score_ = 0;
  signed char active_ = 0;
};

struct Bench {
  Bench()
      : server(*test::mysqlServer()),
        made(server, "CHARACTER SET utf8mb4"),
        raw(mysql_init(nullptr), &mysql_close) {
    made.run(
        "CREATE TABLE users (id int PRIMARY KEY AUTO_INCREMENT, name varchar(50) NOT NULL, email "
        "varchar(60) NOT NULL, age int, score double, active tinyint(1) NOT NULL);"
        "CREATE TABLE added LIKE users;"
        "INSERT INTO users (name, email, age, score, active) SELECT concat('Person number ', seq), "
        "concat('person', seq, '@example.org'), seq % 90, seq * 0.25, seq % 2 FROM seq_1_to_" +
        std::to_string(kUsers));
    mysql_options(raw.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const bool local = !server.socket.empty();
    if (mysql_real_connect(raw.get(), local ? nullptr : server.host.c_str(), server.user.c_str(),
                           local ? nullptr : server.password.c_str(), made.name().c_str(),
                           server.port, local ? server.socket.c_str() : nullptr, 0) == nullptr) {
      throw std::runtime_error(mysql_error(raw.get()));
    }
    db = std::make_unique<Database>(Database::open(made.uri()));
  }

  test::Server server;
  test::TestDatabase made;
  std::unique_ptr<MYSQL, void (*)(MYSQL*)> raw;
  std::unique_ptr<Database> db;
  std::int64_t key = 0;

  std::int64_t next() noexcept {
    key = (key + 48'271) % kUsers;
    return key + 1;
  }
};

void rawLookup(benchmark::State& state, Bench& bench) {
  RawSelect select(bench.raw.get(), std::string(kSelect) + " WHERE id = ?");
  User user;
  for (auto unused : state) {
    std::int64_t key = bench.next();
    select.execute(&key);
    select.next(user);
    select.finish();
    benchmark::DoNotOptimize(user.age);
  }
}

void sondeLookup(benchmark::State& state, Bench& bench) {
  const Repository users = bench.db->getRepository("users");
  for (auto unused : state) {
    const auto row = users.findById(bench.next());
    benchmark::DoNotOptimize(row->view()["age"].as<std::int64_t>());
  }
}

void rawScan(benchmark::State& state, Bench& bench) {
  RawSelect select(bench.raw.get(), kSelect);
  for (auto unused : state) {
    std::vector<User> users;
    select.execute(nullptr);
    for (User user; select.next(user);) users.push_back(user);
    benchmark::DoNotOptimize(users.data());
  }
}

void sondeScan(benchmark::State& state, Bench& bench) {
  const Repository users = bench.db->getRepository("users");
  for (auto unused : state) {
    const ResultSet rows = users.findAll();
    benchmark::DoNotOptimize(rows.size());
  }
}

void rawInsert(benchmark::State& state, Bench& bench) {
  MYSQL* const db = bench.raw.get();
  const std::string sql = "INSERT INTO added (name, email, age, score, active) VALUES (?,?,?,?,?)";
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kInserts; ++i) names.push_back("Person number " + std::to_string(i));
  std::vector<const char*> texts;
  std::vector<unsigned long> lengths;
  std::vector<std::int64_t> ages;
  std::vector<double> scores;
  for (std::size_t i = 0; i < kInserts; ++i) {
    texts.push_back(names[i].data());
    lengths.push_back(names[i].size());
    ages.push_back(static_cast<std::int64_t>(i % 90));
    scores.push_back(static_cast<double>(i) * 0.25);
  }
  for (auto unused : state) {
    mysql_query(db, "START TRANSACTION");
    MYSQL_STMT* const statement = mysql_stmt_init(db);
    mysql_stmt_prepare(statement, sql.data(), sql.size());
    constexpr unsigned kBatch = 4000;
    for (std::size_t from = 0; from < kInserts; from += kBatch) {
      std::array<MYSQL_BIND, 5> binds{};
      for (const unsigned i : {0U, 1U}) {
        binds[i].buffer_type = MYSQL_TYPE_STRING;
        binds[i].buffer = texts.data() + from;
        binds[i].length = lengths.data() + from;
      }
      binds[2].buffer_type = binds[4].buffer_type = MYSQL_TYPE_LONGLONG;
      binds[2].buffer = binds[4].buffer = ages.data() + from;
      binds[3].buffer_type = MYSQL_TYPE_DOUBLE;
      binds[3].buffer = scores.data() + from;
      const unsigned size = kBatch;
      mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &size);
      mysql_stmt_bind_param(statement, binds.data());
      if (mysql_stmt_execute(statement) != 0) state.SkipWithError(mysql_stmt_error(statement));
    }
    mysql_stmt_close(statement);
    mysql_query(db, "COMMIT");
    state.PauseTiming();
    mysql_query(db, "TRUNCATE added");
    state.ResumeTiming();
  }
}

void sondeInsert(benchmark::State& state, Bench& bench) {
  const auto driver = makeDriver("mysql");
  DriverOptions options;
  options.uri = Uri::parse(bench.made.uri());
  const auto connection = driver->connect(options, TransactionMode::Write);
  Table table;
  table.name = "added";
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kInserts; ++i) names.push_back("Person number " + std::to_string(i));
  for (auto unused : state) {
    std::size_t i = 0;
    std::array<Arg, 5> args;
    const auto next = [&]() -> Args {
      if (i == kInserts) return {};
      const auto age = static_cast<std::int64_t>(i % 90);
      args = {names[i], names[i], age, static_cast<double>(i) * 0.25, age};
      ++i;
      return args;
    };
    connection->bulkInsert(table, {"name", "email", "age", "score", "active"}, next);
    state.PauseTiming();
    connection->executeScript("TRUNCATE added");
    state.ResumeTiming();
  }
}

void add(const char* name, void (*run)(benchmark::State&, Bench&), Bench& bench) {
  benchmark::RegisterBenchmark(name, [run, &bench](benchmark::State& state) { run(state, bench); })
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace

int benchMain(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (!test::mysqlServer()) throw std::runtime_error(test::whyNoServer(test::ServerKind::MySql));
  Bench bench;
  add("lookup/raw", &rawLookup, bench);
  add("lookup/sonde", &sondeLookup, bench);
  add("scan/raw", &rawScan, bench);
  add("scan/sonde", &sondeScan, bench);
  add("insert/raw", &rawInsert, bench);
  add("insert/sonde", &sondeInsert, bench);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace sonde::bench

int main(int argc, char** argv) { return sonde::bench::benchMain(argc, argv); }
