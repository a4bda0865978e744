#include <sonde/monitor/advisor/index_advisor.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/db/database.hpp>
#include <sonde/dialects/sqlite/sqlite_driver.hpp>
#include <sonde/monitor/advisor/index_name.hpp>

#include <memory>
#include <string>
#include <vector>

#include "../../support/sqlite_file.hpp"
#include "../../support/temporary_folder.hpp"
#include "shop_schema.hpp"

namespace sonde {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kShop =
    "CREATE TABLE customers(id INTEGER PRIMARY KEY, email TEXT, city TEXT);"
    "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id),"
    " at INTEGER, note TEXT);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
    " INSERT INTO customers SELECT i, 'c' || i || '@example.org', 'city ' || (i % 50) FROM n;"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
    " INSERT INTO orders SELECT i, 1 + i * 7919 % 2999, i * 104729 % 1000003, 'note ' || i FROM n;";

class IndexAdvising : public testing::Test {
 protected:
  /// What is advised for these statements on the shop, after more SQL.
  IndexAdvice advise(const std::vector<WorkloadStatement>& workload, const std::string& more = "",
                     bool proving = true) {
    const std::string path = folder_.file("shop" + std::to_string(made_++) + ".db");
    test::runSql(path, kShop + more);
    const std::unique_ptr<Driver> driver = makeSqliteDriver();
    DriverOptions options;
    options.uri.scheme = "sqlite";
    options.uri.path = path;
    options.access = AccessMode::ReadOnly;
    const auto connection = driver->connect(options, TransactionMode::Read);
    const auto schema = Schema::build(connection->readCatalog());
    const WhatIfOffer offer = driver->whatIf(*connection, schema, {});
    IndexAdvisor advisor(schema, driver->dialect(), proving ? offer.whatIf.get() : nullptr,
                         "nobody to ask");
    return advisor.advise(workload);
  }

  static std::vector<std::string> names(const IndexAdvice& advice) {
    std::vector<std::string> names;
    for (const auto& made : advice.recommendations) names.push_back(made.index.name);
    return names;
  }

  test::TemporaryFolder folder_;
  int made_ = 0;
};

TEST_F(IndexAdvising, CarriesTheProofAndTheUndo) {
  const IndexAdvice advice =
      advise({{"SELECT note FROM orders WHERE customer_id = 17 ORDER BY at", 50}});
  ASSERT_THAT(names(advice), ElementsAre("idx_orders_customer_id"));
  const IndexRecommendation& made = advice.recommendations.front();
  EXPECT_TRUE(made.proved);
  EXPECT_THAT(made.createSql, HasSubstr("CREATE INDEX"));
  EXPECT_THAT(made.dropSql, HasSubstr("DROP INDEX"));
  EXPECT_GT(made.gain, 0.5);
  ASSERT_EQ(made.statements.size(), 1U);
  EXPECT_EQ(made.statements[0].calls, 50);
  EXPECT_THAT(made.statements[0].sql, testing::Not(HasSubstr("17")));
  EXPECT_THAT(made.statements[0].before, Contains(HasSubstr("SCAN orders")));
  EXPECT_THAT(made.statements[0].after, Contains(HasSubstr("idx_orders_customer_id")));
}

TEST_F(IndexAdvising, SaysNothingWhereTheIndexIsThere) {
  const WorkloadStatement query{"SELECT note FROM orders WHERE customer_id = ?", 100};
  EXPECT_THAT(names(advise({query})), ElementsAre("idx_orders_customer_id"));
  EXPECT_THAT(names(advise({query}, "CREATE INDEX zz9 ON orders(customer_id, at);")), IsEmpty());
}

TEST_F(IndexAdvising, WeighsWritesAgainstReads) {
  const WorkloadStatement search{"SELECT count(*) FROM orders WHERE note = ?", 1};
  const WorkloadStatement write{"INSERT INTO orders(customer_id, at, note) VALUES (?, ?, ?)", 1e6};
  EXPECT_THAT(names(advise({search})), ElementsAre("idx_orders_note"));
  EXPECT_THAT(names(advise({search, write})), IsEmpty());
}

TEST_F(IndexAdvising, FindsTheSearchesOfForeignKeys) {
  const IndexAdvice advice = advise({{"DELETE FROM customers WHERE id = ?", 10}});
  ASSERT_THAT(names(advice), ElementsAre("idx_orders_customer_id"));
  EXPECT_THAT(advice.recommendations[0].reason, HasSubstr("foreign key"));
}

TEST_F(IndexAdvising, TakesAnExpressionForAllItsValues) {
  const IndexAdvice advice = advise({{"SELECT city FROM customers WHERE lower(email) = 'a@b.c'"}});
  ASSERT_EQ(advice.recommendations.size(), 1U);
  EXPECT_EQ(advice.recommendations[0].index.parts.front().expression, "lower(email)");
  EXPECT_FALSE(advice.recommendations[0].index.where);
}

TEST_F(IndexAdvising, MarksWhatNobodyProved) {
  const IndexAdvice advice = advise({{"SELECT 1 FROM customers WHERE email = ?"}}, "", false);
  ASSERT_THAT(names(advice), ElementsAre("idx_customers_email"));
  EXPECT_FALSE(advice.recommendations[0].proved);
  EXPECT_EQ(advice.recommendations[0].proof, "nobody to ask");
}

TEST_F(IndexAdvising, CountsWhatThePlannerRefuses) {
  const IndexAdvice advice = advise({{"SELECT nothing FROM nowhere"}, {"SELEC 1"}});
  EXPECT_EQ(advice.statements, 2U);
  EXPECT_EQ(advice.skipped, 2U);
  EXPECT_THAT(advice.recommendations, IsEmpty());
}

TEST_F(IndexAdvising, FindsWhatTheSchemaAloneTells) {
  const IndexAdvice advice = advise({},
                                    "CREATE INDEX a ON orders(at); CREATE INDEX b ON orders(at, "
                                    "note);");
  ASSERT_EQ(advice.findings.size(), 2U);
  EXPECT_EQ(advice.findings[0].kind, IndexFindingKind::Redundant);
  EXPECT_EQ(advice.findings[0].index, "a");
  EXPECT_EQ(advice.findings[1].kind, IndexFindingKind::MissingForeignKey);
  EXPECT_EQ(advice.findings[1].table, "orders");
}

TEST_F(IndexAdvising, GoesByWhatTheDatabaseCountedItself) {
  const std::string path = folder_.file("counted.db");
  test::runSql(path, kShop);
  Config config;
  config.uri = "sqlite:" + path + "?statistics.enabled=true";
  const Database db = Database::open(config);
  EXPECT_THAT(names(db.adviseIndexes()), IsEmpty());
  const Repository orders = db.getRepository("orders");
  for (int customer = 1; customer <= 5; ++customer) {
    static_cast<void>(orders.findManyBy({{"customer_id", customer}}));
  }
  const IndexAdvice advice = db.adviseIndexes();
  ASSERT_THAT(names(advice), ElementsAre("idx_orders_customer_id"));
  EXPECT_TRUE(advice.recommendations[0].proved);
  EXPECT_EQ(advice.recommendations[0].statements[0].calls, 5);
  EXPECT_THAT(Database::open("sqlite:" + path).adviseIndexes().notes,
              Contains(HasSubstr("statistics.enabled")));
}

TEST(IndexNames, AreShortAndFree) {
  const auto schema = test::schemaOf(test::forumCatalog());
  advisor::IndexNames names(*schema, 20);
  const Table& posts = schema->table("posts");
  const Index index = test::indexOn("", {"user_id", "created_at"});
  const std::string first = names.nameFor(posts, index);
  const std::string second = names.nameFor(posts, index);
  EXPECT_LE(first.size(), 20U);
  EXPECT_LE(second.size(), 20U);
  EXPECT_NE(first, second);
  EXPECT_EQ(advisor::IndexNames(*schema, 63).nameFor(posts, index), "idx_posts_user_id_created_at");
}

}  // namespace
}  // namespace sonde
