// What SQLite's planner would do with indexes that are not there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/introspect/schema.hpp>

#include <memory>
#include <string>
#include <vector>

#include "driver_fixture.hpp"

namespace sonde {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

HypotheticalIndex indexOn(std::string table, std::vector<std::string> columns,
                          std::string name = "assumed") {
  HypotheticalIndex index{"main", std::move(table), {}};
  index.index.name = std::move(name);
  for (std::string& column : columns) index.index.parts.emplace_back().column = std::move(column);
  return index;
}

/// A file with 20,000 orders of 1,000 customers, in one of two colours, one in a hundred open.
class SqliteWhatIf : public testing::Test {
 protected:
  SqliteWhatIf() {
    test::runSql(path_, R"(
      CREATE TABLE customers(id INTEGER PRIMARY KEY, email TEXT);
      CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id)
        ON DELETE CASCADE, colour TEXT, status TEXT, at INTEGER, remark TEXT);
      CREATE TABLE lines(order_id INTEGER REFERENCES orders(id), no INTEGER, what TEXT,
        PRIMARY KEY(order_id, no)) WITHOUT ROWID;
      CREATE INDEX orders_at ON orders(at);
      CREATE VIEW red AS SELECT * FROM orders AS o WHERE o.colour = 'red';
      CREATE TRIGGER logged AFTER DELETE ON customers BEGIN
        UPDATE lines SET what = 'gone' WHERE what = OLD.email; END;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO orders SELECT i, 1 + (i * 7919) % 1000, CASE i % 2 WHEN 0 THEN 'red' ELSE 'blue'
        END, CASE WHEN i % 100 = 0 THEN 'open' ELSE 'done' END, i * 7, 'a remark of some length'
        FROM n;
      INSERT INTO customers SELECT DISTINCT customer_id, customer_id || '@example.org' FROM orders;
      INSERT INTO lines SELECT id, 1, 'thing ' || id FROM orders;)");
    open();
  }

  void open(AccessMode access = AccessMode::ReadOnly) {
    whatIf_.reset();
    connection_ = test::open(test::optionsFor(path_, access), TransactionMode::Read);
    schema_ = Schema::build(connection_->readCatalog());
    whatIf_ = driver_->whatIf(*connection_, schema_, options_).whatIf;
    ASSERT_NE(whatIf_, nullptr);
  }

  void assume(const HypotheticalIndex& index) { whatIf_->assume({&index, 1}); }

  QueryPlan planWith(const std::string& sql, const HypotheticalIndex& index) {
    assume(index);
    return whatIf_->plan(sql);
  }

  test::TemporaryFolder folder_;
  std::string path_ = folder_.file("shop.db");
  std::unique_ptr<Driver> driver_ = makeSqliteDriver();
  WhatIfOptions options_;
  std::unique_ptr<Connection> connection_;
  std::shared_ptr<const Schema> schema_;
  std::unique_ptr<WhatIf> whatIf_;
};

TEST_F(SqliteWhatIf, UsesAnIndexThatIsNotThere) {
  const std::string sql = "SELECT remark FROM orders WHERE customer_id = ?";
  const QueryPlan before = whatIf_->plan(sql);
  EXPECT_THAT(before.lines, ElementsAre("SCAN orders"));
  EXPECT_THAT(before.fullScans, ElementsAre("orders"));
  EXPECT_THAT(before.indexes, IsEmpty());
  const QueryPlan after = planWith(sql, indexOn("orders", {"customer_id"}));
  EXPECT_THAT(after.lines, ElementsAre("SEARCH orders USING INDEX assumed (customer_id=?)"));
  EXPECT_TRUE(after.uses("assumed"));
  EXPECT_THAT(after.fullScans, IsEmpty());
  EXPECT_LT(after.cost, before.cost / 50);
  EXPECT_NEAR(*after.rows, 20, 1);
  whatIf_->assume({});
  EXPECT_EQ(whatIf_->plan(sql).lines, before.lines);
}

TEST_F(SqliteWhatIf, RefusesAnIndexThatTellsRowsApartLess) {
  // Both would do; one leaves 10,000 rows, the other 20.
  const std::vector<HypotheticalIndex> both = {indexOn("orders", {"colour"}, "by_colour"),
                                               indexOn("orders", {"customer_id"}, "by_customer")};
  whatIf_->assume(both);
  const QueryPlan plan =
      whatIf_->plan("SELECT id FROM orders WHERE colour = 'red' AND customer_id = 7");
  EXPECT_THAT(plan.indexes, ElementsAre("by_customer"));
}

TEST_F(SqliteWhatIf, PricesAnIndexThatLeavesHalfTheRowsAboveAScan) {
  const std::string sql = "SELECT remark FROM orders WHERE colour = ?";
  const double before = whatIf_->plan(sql).cost;
  EXPECT_GT(planWith(sql, indexOn("orders", {"colour"})).cost, before);
}

TEST_F(SqliteWhatIf, RefusesAnIndexOfOneValue) {
  test::runSql(path_, "UPDATE orders SET colour = 'red'");
  open();
  const QueryPlan plan = planWith("SELECT remark FROM orders WHERE colour = 'red' AND at > 139000",
                                  indexOn("orders", {"colour"}));
  EXPECT_THAT(plan.indexes, ElementsAre("orders_at"));
}

TEST_F(SqliteWhatIf, ReadsRowsInOrderUpToTheLimit) {
  const std::string sql = "SELECT remark FROM orders ORDER BY colour DESC, id DESC LIMIT 10";
  const QueryPlan before = whatIf_->plan(sql);
  EXPECT_TRUE(before.sorts);
  const QueryPlan after = planWith(sql, indexOn("orders", {"colour"}));
  EXPECT_FALSE(after.sorts);
  EXPECT_LT(after.cost, before.cost / 100);
  EXPECT_EQ(*after.rows, 10);
}

TEST_F(SqliteWhatIf, LooksThroughJoinsViewsAndAliases) {
  const std::string sql =
      "SELECT r.remark FROM customers AS c JOIN red AS r ON r.customer_id = c.id WHERE c.email = ?";
  const QueryPlan before = whatIf_->plan(sql);
  EXPECT_THAT(before.fullScans, Contains("orders"));
  const std::vector<HypotheticalIndex> both = {indexOn("customers", {"email"}, "by_email"),
                                               indexOn("orders", {"customer_id"}, "by_customer")};
  whatIf_->assume(both);
  const QueryPlan after = whatIf_->plan(sql);
  EXPECT_THAT(after.indexes, ElementsAre("by_email", "by_customer"));
  EXPECT_LT(after.cost, before.cost / 50);
}

TEST_F(SqliteWhatIf, ShowsHowADeleteLooksForChildren) {
  const std::string sql = "DELETE FROM customers WHERE id = ?";
  const QueryPlan before = whatIf_->plan(sql);
  EXPECT_THAT(before.fullScans, Contains("orders"));
  EXPECT_THAT(before.fullScans, Contains("lines"));  // By the trigger.
  const QueryPlan after = planWith(sql, indexOn("orders", {"customer_id"}));
  EXPECT_THAT(after.indexes, Contains("assumed"));
  EXPECT_LT(after.cost, before.cost);
}

TEST_F(SqliteWhatIf, AssumesPartialAndExpressionIndexes) {
  HypotheticalIndex open = indexOn("orders", {"at"});
  open.index.where = "status = 'open'";
  const QueryPlan rare =
      planWith("SELECT remark FROM orders WHERE status = 'open' ORDER BY at", open);
  EXPECT_THAT(rare.indexes, ElementsAre("assumed"));
  EXPECT_NEAR(*rare.rows, 200, 1);

  HypotheticalIndex lower = indexOn("customers", {});
  lower.index.parts.emplace_back().expression = "lower(email)";
  EXPECT_THAT(planWith("SELECT id FROM customers WHERE lower(email) = ?", lower).lines,
              ElementsAre("SEARCH customers USING INDEX assumed (<expr>=?)"));
}

TEST_F(SqliteWhatIf, HidesAnIndexThatIsThere) {
  const std::string sql = "SELECT remark FROM orders WHERE at = 7";
  EXPECT_THAT(whatIf_->plan(sql).indexes, ElementsAre("orders_at"));
  ASSERT_TRUE(whatIf_->canHide());
  const std::vector<std::string> names = {"ORDERS_AT"};
  whatIf_->hide(names);
  EXPECT_THAT(whatIf_->plan(sql).lines, ElementsAre("SCAN orders"));
  whatIf_->hide({});
  EXPECT_THAT(whatIf_->plan(sql).indexes, ElementsAre("orders_at"));
  const std::vector<std::string> wrong = {"orders_att"};
  EXPECT_THROW(whatIf_->hide(wrong), SchemaError);
}

TEST_F(SqliteWhatIf, PlansFourTimesWithoutTouchingTheFile) {
  const std::string before = test::readFile(path_);
  static_cast<void>(whatIf_->plan("SELECT remark FROM orders WHERE colour = 'red'"));
  assume(indexOn("orders", {"colour"}));
  static_cast<void>(whatIf_->plan("SELECT remark FROM orders WHERE colour = 'red'"));
  static_cast<void>(whatIf_->plan("UPDATE orders SET colour = 'green' WHERE colour = 'red'"));
  static_cast<void>(whatIf_->plan("DELETE FROM customers"));
  whatIf_.reset();
  connection_.reset();
  EXPECT_EQ(test::readFile(path_), before);
  EXPECT_EQ(folder_.entries(), 1);
}

TEST_F(SqliteWhatIf, BelievesTheStatisticsOfTheDatabase) {
  test::runSql(path_,
               "ANALYZE; UPDATE sqlite_stat1 SET stat = '5000000 2500000' "
               "WHERE idx = 'orders_at'");
  open();
  EXPECT_EQ(whatIf_->rows("main", "orders"), 5000000);
  EXPECT_NEAR(whatIf_->plan("SELECT remark FROM orders").cost, 5000000, 1);
}

TEST_F(SqliteWhatIf, MeasuresRowsConditionsAndSizes) {
  EXPECT_EQ(whatIf_->rows("main", "orders"), 20000);
  EXPECT_NEAR(*whatIf_->fraction("main", "orders", "status = 'open'"), 0.01, 0.0001);
  const auto real = [&](const std::string& sql) {
    test::runSql(path_, sql);
    const auto connection = test::open(test::optionsFor(path_));
    const std::int64_t bytes =
        test::query(*connection, "SELECT sum(pgsize) FROM dbstat WHERE name = 'made'")
            .front()[0]
            .as<std::int64_t>();
    test::runSql(path_, "DROP INDEX made");
    return static_cast<double>(bytes);
  };
  const auto narrow = whatIf_->size(indexOn("orders", {"customer_id"}));
  const auto wide = whatIf_->size(indexOn("orders", {"remark", "at"}));
  whatIf_.reset();
  connection_.reset();
  const double narrowReal = real("CREATE INDEX made ON orders(customer_id)");
  EXPECT_NEAR(static_cast<double>(*narrow), narrowReal, narrowReal / 4);
  const double wideReal = real("CREATE INDEX made ON orders(remark, at)");
  EXPECT_NEAR(static_cast<double>(*wide), wideReal, wideReal / 4);
}

TEST_F(SqliteWhatIf, SamplesWhereThereAreTooManyRows) {
  options_.sampleRows = 2000;
  open();
  const QueryPlan plan = planWith("SELECT remark FROM orders WHERE customer_id = ?",
                                  indexOn("orders", {"customer_id"}));
  EXPECT_TRUE(plan.uses("assumed"));
  EXPECT_NEAR(*plan.rows, 20, 6);
  EXPECT_THAT(whatIf_->notes(), Contains(HasSubstr("sample")));
}

TEST_F(SqliteWhatIf, TellsWhatItCannotCopy) {
  test::runSql(path_,
               "CREATE VIRTUAL TABLE words USING fts5(body);"
               "INSERT INTO words VALUES ('a few words')");
  test::runSql(path_,
               "PRAGMA writable_schema = ON;"
               "UPDATE sqlite_schema SET sql = replace(sql, 'fts5', 'absent') "
               "WHERE name = 'words'");
  open();
  EXPECT_THAT(whatIf_->notes(), Contains(HasSubstr("no such module: absent")));
  EXPECT_THROW(static_cast<void>(whatIf_->plan("SELECT * FROM words")), QueryError);
  EXPECT_EQ(whatIf_->plan("SELECT remark FROM orders WHERE id = 1").rows, 1);
}

TEST_F(SqliteWhatIf, PlansOnAttachedDatabases) {
  const std::string other = folder_.file("other.db");
  test::runSql(other,
               "CREATE TABLE notes(id INTEGER PRIMARY KEY, topic TEXT);"
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)"
               "INSERT INTO notes SELECT i, 'topic ' || i FROM n");
  DriverOptions options = test::optionsFor(path_);
  options.attachments = {{"aside", other}};
  whatIf_.reset();
  connection_ = test::open(options);
  schema_ = Schema::build(connection_->readCatalog());
  whatIf_ = driver_->whatIf(*connection_, schema_, options_).whatIf;
  HypotheticalIndex index = indexOn("notes", {"topic"});
  index.schema = "aside";
  const QueryPlan plan = planWith("SELECT id FROM aside.notes WHERE topic = ?", index);
  EXPECT_TRUE(plan.uses("assumed"));
  EXPECT_EQ(plan.rows, 1);
}

TEST_F(SqliteWhatIf, RefusesWhatIsWrong) {
  const HypotheticalIndex noColumn = indexOn("orders", {"color"});
  EXPECT_THROW(assume(noColumn), SchemaError);
  EXPECT_THROW(assume(indexOn("order", {"colour"})), SchemaError);
  HypotheticalIndex badWhere = indexOn("orders", {"colour"});
  badWhere.index.where = "1) IS 1 UNION SELECT (2";
  EXPECT_THROW(assume(badWhere), QueryError);
  EXPECT_THROW(static_cast<void>(whatIf_->plan("SELECT 1; DROP TABLE orders")), ValidationError);
  EXPECT_THROW(static_cast<void>(whatIf_->plan("PRAGMA journal_mode = WAL")), Unsupported);
  EXPECT_THROW(static_cast<void>(whatIf_->plan("SELECT nothing FROM orders")), QueryError);
  const std::vector<HypotheticalIndex> halfRight = {indexOn("orders", {"colour"}), noColumn};
  EXPECT_THROW(whatIf_->assume(halfRight), SchemaError);
  EXPECT_THAT(whatIf_->plan("SELECT id FROM orders WHERE colour = 'red'").indexes, IsEmpty());
}

}  // namespace
}  // namespace sonde
