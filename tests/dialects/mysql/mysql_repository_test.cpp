// Repositories on MariaDB, by its own dialect and by MySQL's, which asks for less.
#include <sonde/db/database.hpp>
#include <sonde/dialects/mysql/mysql_bulk.hpp>
#include <sonde/dialects/mysql/mysql_dialect.hpp>
#include <sonde/dialects/mysql/mysql_open.hpp>
#include <utility>

#include "mysql_fixture.hpp"

namespace sonde {
namespace {

/// The driver of MariaDB, saying that the server is MySQL.
class AsMysql final : public Driver {
 public:
  [[nodiscard]] const Dialect& dialect() const noexcept override {
    return MysqlDialect::of(MysqlProduct::Mysql);
  }
  [[nodiscard]] std::unique_ptr<Connection> connect(const DriverOptions& options,
                                                    TransactionMode mode) const override {
    return driver_->connect(options, mode);
  }
  [[nodiscard]] Topology topology(Connection& first, const DriverOptions& options) const override {
    return driver_->topology(first, options);
  }

 private:
  std::unique_ptr<Driver> driver_ = makeDriver("mariadb");
};

class MysqlRepositories : public test::MysqlTest,
                          public ::testing::WithParamInterface<MysqlProduct> {
 protected:
  void SetUp() override {
    test::MysqlTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    db().run(
        "CREATE TABLE users (id int PRIMARY KEY AUTO_INCREMENT, email varchar(50) NOT NULL UNIQUE, "
        "name varchar(50), seen timestamp(6) NULL, active tinyint(1) NOT NULL DEFAULT 1);"
        "CREATE TABLE pairs (a int, b int, n int NOT NULL DEFAULT 5, PRIMARY KEY (a, b))");
  }
  static void SetUpTestSuite() {
    registerDriver("as-mysql", [] { return std::make_unique<AsMysql>(); });
  }
  static void TearDownTestSuite() { unregisterDriver("as-mysql"); }

  Database open() {
    std::string uri = db().uri();
    if (GetParam() == MysqlProduct::Mysql) uri.replace(0, uri.find(':'), "as-mysql");
    return Database::open(uri);
  }
};

TEST_P(MysqlRepositories, GiveStoredRowsWithOrWithoutReturning) {
  const Database database = open();
  EXPECT_EQ(database.dialect(), GetParam() == MysqlProduct::Mysql ? "mysql" : "mariadb");
  const Repository users = database.getRepository("users");
  EXPECT_EQ(users.create({{"email", "ada"}, {"name", "Ada"}}).toJson().dump(),
            R"({"id":1,"email":"ada","name":"Ada","seen":null,"active":true})");
  EXPECT_EQ(users.insert({{"id", nullptr}, {"email", "bob"}}).as<int>(), 2);
  EXPECT_EQ(users.update(2, {{"name", "Bob"}})->view()["name"].text(), "Bob");
  // A row that is found counts as updated, whether or not it changes.
  EXPECT_TRUE(users.update(2, {{"name", "Bob"}}).has_value());
  EXPECT_FALSE(users.update(9, {{"name", "Bob"}}).has_value());
  EXPECT_TRUE(users.deleteById(2));
  const Repository pairs = database.getRepository("pairs");
  EXPECT_EQ(pairs.create({{"a", 0}, {"b", 2}}).toJson().dump(), R"({"a":0,"b":2,"n":5})");
}

TEST_P(MysqlRepositories, UpsertTheRowThatIsMeantAndNoOther) {
  const Database database = open();
  const Repository users = database.getRepository("users");
  users.insert({{"id", 1}, {"email", "ada"}});
  users.insert({{"id", 2}, {"email", "bob"}});
  EXPECT_EQ(users.upsert({{"email", "ada"}, {"name", "A"}}, {"email"}).view()["id"].as<int>(), 1);
  EXPECT_EQ(users.upsert({{"id", 1}, {"email", "ada2"}}).view()["email"].text(), "ada2");
  EXPECT_EQ(users.upsert({{"id", 3}, {"email", "eve"}}).view()["id"].as<int>(), 3);
  try {
    (void)users.upsert({{"id", 1}, {"email", "bob"}});
    FAIL() << "another row has this email";
  } catch (const ConstraintError& error) {
    EXPECT_EQ(error.kind(), ConstraintKind::Unique);
  }
  try {
    (void)users.upsert({{"id", 7}, {"email", "bob"}});
    FAIL() << "another row has this email";
  } catch (const ConstraintError& error) {
    EXPECT_EQ(error.kind(), ConstraintKind::Unique);
    EXPECT_EQ(error.table(), "users");
  }
  EXPECT_EQ(users.findById(2)->view()["email"].text(), "bob");
}

TEST_P(MysqlRepositories, MatchCaseExactlyAndEscapePatterns) {
  const Database database = open();
  const Repository users = database.getRepository("users");
  for (const char* name : {"Ada", "ada", "a%b", "a_b", "a\\b", "axb", "a|b", "äda"}) {
    users.insert({{"email", Value("x" + std::to_string(users.count()))}, {"name", name}});
  }
  const auto count = [&](Condition condition) {
    return users.findManyBy({{"name", std::move(condition)}}).size();
  };
  EXPECT_EQ(count(contains("da")), 3U);
  EXPECT_EQ(count(startsWith("a")), 6U);
  EXPECT_EQ(count(startsWith("A").ignoreCase()), 7U);
  EXPECT_EQ(count(contains("%")), 1U);
  EXPECT_EQ(count(contains("_")), 1U);
  EXPECT_EQ(count(contains("\\")), 1U);
  EXPECT_EQ(count(contains("|")), 1U);
  EXPECT_EQ(count(like("a_b")), 5U);
  EXPECT_EQ(count(like("a\\_b")), 1U);
  EXPECT_EQ(count(endsWith("b")), 5U);
}

TEST_P(MysqlRepositories, FindInstantsByAnyOffset) {
  const Database database = open();
  const Repository users = database.getRepository("users");
  users.insert({{"email", "ada"}, {"seen", "2024-01-02T03:04:05.5+02:00"}});
  EXPECT_EQ(users.findById(1)->toJson()["seen"], "2024-01-02T01:04:05.5Z");
  EXPECT_EQ(users.findManyBy({{"seen", "2024-01-02T02:04:05.5+01:00"}}).size(), 1U);
  EXPECT_EQ(users.findManyBy({{"seen", gt("2024-01-02T01:04:05Z")}}).size(), 1U);
  EXPECT_EQ(users.findManyBy({{"seen", gt("2024-01-02T01:04:05-01:00")}}).size(), 0U);
}

TEST_P(MysqlRepositories, TakeLongListsAsOneParameter) {
  const Database database = open();
  const Repository users = database.getRepository("users");
  std::vector<Value> ids;
  std::vector<Value> names;
  for (int i = 0; i < 2000; ++i) {
    ids.emplace_back(i);
    names.emplace_back("u" + std::to_string(i));
  }
  for (int i = 1; i <= 5; ++i) users.insert({{"email", Value("u" + std::to_string(i * 1000))}});
  EXPECT_EQ(users.findManyBy({{"id", in(ids)}}).size(), 5U);
  EXPECT_EQ(users.findManyBy({{"email", in(names)}}).size(), 1U);
  EXPECT_EQ(users.findManyBy({{"email", notIn(names)}}).size(), 4U);
  EXPECT_EQ(users.deleteBy({{"email", in(names)}}), 1U);
}

TEST_P(MysqlRepositories, SeeAColumnThatGoesUnderThem) {
  const Database database = open();
  const Repository users = database.getRepository("users");
  users.insert({{"email", "ada"}});
  EXPECT_EQ(users.findById(1)->columns().size(), 5U);
  db().run("ALTER TABLE users DROP COLUMN name");
  EXPECT_EQ(users.findById(1)->columns().size(), 4U);
}

INSTANTIATE_TEST_SUITE_P(Dialect, MysqlRepositories,
                         ::testing::Values(MysqlProduct::MariaDb, MysqlProduct::Mysql),
                         [](const auto& one) {
                           return one.param == MysqlProduct::MariaDb ? "MariaDb" : "Mysql";
                         });

using MysqlBulk = test::MysqlTest;

TEST_F(MysqlBulk, InsertsByRowsOfValuesWhereThereAreNoArrays) {
  db().run("CREATE TABLE t (a int, b varchar(20))");
  DriverOptions options;
  options.uri = Uri::parse(db().uri());
  const auto handle = openMysql(std::make_shared<const MysqlOptions>(readMysqlOptions(options)));
  EXPECT_EQ(mysqlBulkWay(*handle), MysqlBulkWay::Arrays);
  Table table;
  table.name = "t";
  int row = 0;
  std::vector<Arg> args;
  const auto next = [&]() -> Args {
    if (row == 1234) return {};
    args = {row, row % 2 == 0 ? Arg("even") : Arg()};
    ++row;
    return args;
  };
  EXPECT_EQ(mysqlBulkInsert(handle, MysqlBulkWay::Values, table, {"a", "b"}, next), 1234U);
  EXPECT_EQ(json("SELECT count(*) AS n, count(b) AS b, max(a) AS a FROM t"),
            R"([{"n":1234,"b":617,"a":1233}])");
}

}  // namespace
}  // namespace sonde
