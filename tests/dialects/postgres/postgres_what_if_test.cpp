// What PostgreSQL's planner would do with indexes that are not there, by HypoPG.
#include <sonde/introspect/schema.hpp>

#include <string>
#include <utility>
#include <vector>

#include "postgres_fixture.hpp"

namespace sonde {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

HypotheticalIndex indexOn(std::string table, std::vector<std::string> columns,
                          std::string name = "assumed") {
  HypotheticalIndex index{"public", std::move(table), {}};
  index.index.name = std::move(name);
  for (std::string& column : columns) index.index.parts.emplace_back().column = std::move(column);
  return index;
}

class PostgresWhatIf : public test::PostgresTest {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(test::PostgresTest::SetUp());
    if (IsSkipped()) return;
    database_->run(
        "CREATE TABLE orders(id integer PRIMARY KEY, customer_id integer, colour text,"
        " status text, email text, remark text)");
    database_->run(
        "INSERT INTO orders SELECT i, 1 + (i * 7919) % 1000, CASE i % 2 WHEN 0 THEN 'red' ELSE "
        "'blue' END, CASE WHEN i % 100 = 0 THEN 'open' ELSE 'done' END, 'U' || i, repeat('x', 50) "
        "FROM generate_series(1, 20000) AS i");
    database_->run("ANALYZE orders");
  }

  void install() {
    if (database_->run("SELECT 1 FROM pg_available_extensions WHERE name = 'hypopg'").empty()) {
      GTEST_SKIP() << "the server does not have HypoPG";
    }
    database_->run("CREATE SCHEMA \"Tools\"; CREATE EXTENSION hypopg SCHEMA \"Tools\"");
    WhatIfOffer offer = ask();
    ASSERT_NE(offer.whatIf, nullptr) << offer.reason;
    whatIf_ = std::move(offer.whatIf);
  }

  WhatIfOffer ask() {
    return driver_->whatIf(db(), Schema::build(db().readCatalog()), WhatIfOptions());
  }

  QueryPlan planWith(const std::string& sql, const HypotheticalIndex& index) {
    whatIf_->assume({&index, 1});
    return whatIf_->plan(sql);
  }

  std::unique_ptr<WhatIf> whatIf_;
};

TEST_F(PostgresWhatIf, SaysWhatIsMissingWithoutHypoPg) {
  const WhatIfOffer offer = ask();
  EXPECT_EQ(offer.whatIf, nullptr);
  EXPECT_THAT(offer.reason, HasSubstr("hypopg"));
}

TEST_F(PostgresWhatIf, UsesAnIndexThatIsNotThere) {
  install();
  if (IsSkipped()) return;
  for (const std::string sql : {"SELECT remark FROM orders WHERE customer_id = 7",
                                "SELECT remark FROM orders WHERE customer_id = ?",
                                "SELECT remark FROM orders WHERE customer_id = $1 -- a comment"}) {
    whatIf_->assume({});
    const QueryPlan before = whatIf_->plan(sql);
    EXPECT_THAT(before.fullScans, ElementsAre("orders")) << sql;
    const QueryPlan after = planWith(sql, indexOn("orders", {"customer_id"}));
    EXPECT_THAT(after.indexes, ElementsAre("assumed")) << sql;
    EXPECT_THAT(after.fullScans, IsEmpty());
    EXPECT_THAT(after.lines, Contains(HasSubstr("assumed")));
    EXPECT_LT(after.cost, before.cost / 5);
    EXPECT_NEAR(*after.rows, 20, 10);
  }
}

TEST_F(PostgresWhatIf, RefusesAnIndexThatLeavesHalfTheRows) {
  install();
  if (IsSkipped()) return;
  const QueryPlan plan =
      planWith("SELECT remark FROM orders WHERE colour = $1", indexOn("orders", {"colour"}));
  EXPECT_FALSE(plan.uses("assumed"));
  EXPECT_THAT(plan.fullScans, ElementsAre("orders"));
}

TEST_F(PostgresWhatIf, AssumesPartialCoveringAndExpressionIndexes) {
  install();
  if (IsSkipped()) return;
  HypotheticalIndex open = indexOn("orders", {"customer_id"});
  open.index.where = "status = 'open'";
  EXPECT_TRUE(planWith("SELECT remark FROM orders WHERE status = 'open' AND customer_id = ?", open)
                  .uses("assumed"));
  HypotheticalIndex lower = indexOn("orders", {});
  lower.index.parts.emplace_back().expression = "lower(email)";
  EXPECT_TRUE(planWith("SELECT id FROM orders WHERE lower(email) = ?", lower).uses("assumed"));
  HypotheticalIndex covering = indexOn("orders", {"customer_id"});
  covering.index.include = {"status"};
  EXPECT_THAT(planWith("SELECT status FROM orders WHERE customer_id = ?", covering).lines,
              Contains(HasSubstr("assumed")));
}

TEST_F(PostgresWhatIf, ReadsOrdersAndPlansWrites) {
  install();
  if (IsSkipped()) return;
  const std::string sql = "SELECT id FROM orders ORDER BY customer_id LIMIT 10";
  EXPECT_TRUE(whatIf_->plan(sql).sorts);
  EXPECT_FALSE(planWith(sql, indexOn("orders", {"customer_id"})).sorts);
  EXPECT_TRUE(whatIf_->plan("DELETE FROM orders WHERE customer_id = ?").uses("assumed"));
  EXPECT_EQ(database_->value("SELECT count(*) FROM orders"), "20000");
}

TEST_F(PostgresWhatIf, EstimatesRowsConditionsAndSizes) {
  install();
  if (IsSkipped()) return;
  EXPECT_EQ(whatIf_->rows("public", "orders"), 20000);
  EXPECT_NEAR(*whatIf_->fraction("public", "orders", "status = 'open'"), 0.01, 0.005);
  EXPECT_THROW(static_cast<void>(whatIf_->fraction("public", "orders", "true) OR (1=1")),
               ValidationError);
  const auto size = whatIf_->size(indexOn("orders", {"customer_id"}));
  database_->run("CREATE INDEX made ON orders(customer_id)");
  const double real = std::stod(database_->value("SELECT pg_relation_size('made')"));
  // HypoPG does not know that PostgreSQL stores equal keys once.
  EXPECT_GT(static_cast<double>(*size), real / 4);
  EXPECT_LT(static_cast<double>(*size), real * 6);
}

TEST_F(PostgresWhatIf, LeavesTheSessionAsItWas) {
  install();
  if (IsSkipped()) return;
  static_cast<void>(
      planWith("SELECT id FROM orders WHERE customer_id = ?", indexOn("orders", {"customer_id"})));
  EXPECT_THROW(static_cast<void>(whatIf_->plan("SELECT id FROM orders WHERE nothing = ?")),
               QueryError);
  whatIf_.reset();
  EXPECT_EQ(test::query(db(), "SELECT count(*) FROM \"Tools\".hypopg_list_indexes")
                .front()[0]
                .as<std::int64_t>(),
            0);
  EXPECT_EQ(test::query(db(), "SHOW plan_cache_mode").front()[0].text(), "auto");
  EXPECT_EQ(test::query(db(),
                        "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE "
                        "'sonde_what%'")
                .front()[0]
                .as<std::int64_t>(),
            0);
  EXPECT_EQ(database_->value("SELECT count(*) FROM pg_indexes WHERE tablename = 'orders'"), "1");
}

TEST_F(PostgresWhatIf, RefusesWhatIsWrong) {
  install();
  if (IsSkipped()) return;
  const std::vector<HypotheticalIndex> halfRight = {indexOn("orders", {"customer_id"}),
                                                    indexOn("orders", {"customer"})};
  EXPECT_THROW(whatIf_->assume(halfRight), SchemaError);
  EXPECT_FALSE(whatIf_->plan("SELECT id FROM orders WHERE customer_id = 7").uses("assumed"));
  EXPECT_THROW(static_cast<void>(whatIf_->plan("SELECT 1; DROP TABLE orders")), ValidationError);
  EXPECT_THROW(static_cast<void>(whatIf_->plan("DROP TABLE orders")), Unsupported);
  EXPECT_THROW(static_cast<void>(whatIf_->plan("ANALYZE SELECT 1")), Unsupported);
  EXPECT_FALSE(whatIf_->canHide());
  const std::vector<std::string> names = {"orders_pkey"};
  EXPECT_THROW(whatIf_->hide(names), Unsupported);
}

}  // namespace
}  // namespace sonde
