// `sonde advise` on PostgreSQL and MariaDB.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "../servers/private_server.hpp"
#include "../servers/test_database.hpp"
#include "../support/command.hpp"
#include "../support/temporary_folder.hpp"

namespace sonde::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A shop of one's own: 20,000 orders of 3,000 customers, without an index.
class AdviseOnAServer : public testing::Test {
 protected:
  /// What follows `sonde advise URI`, as JSON where that is asked for.
  CommandResult advise(std::vector<std::string> words) {
    words.insert(words.begin(), {"advise", uri_});
    return sondeCommand(words);
  }
  nlohmann::json adviceOf(std::vector<std::string> words) {
    words.insert(words.end(), {"--format", "json"});
    const CommandResult result = advise(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return nlohmann::json::parse(result.out);
  }
  std::string queries(const std::string& text) {
    const std::string path = folder_.file("queries.sql");
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  /// The findings of unused indexes.
  static std::vector<nlohmann::json> unusedOf(const nlohmann::json& advice) {
    std::vector<nlohmann::json> unused;
    for (const auto& finding : advice.at("findings")) {
      if (finding.at("kind") == "unused") unused.push_back(finding);
    }
    return unused;
  }

  TemporaryFolder folder_;
  std::string uri_;
};

// --- PostgreSQL ---

class AdviseOnPostgres : public AdviseOnAServer {
 protected:
  void SetUp() override {
    SONDE_NEEDS_POSTGRES();
    shop_.emplace(*postgresServer());
    uri_ = shop_->uri();
    shop_->run("CREATE TABLE orders(id integer PRIMARY KEY, customer_id integer, note text)");
    shop_->run(
        "INSERT INTO orders SELECT i, 1 + i * 7919 % 2999, 'note ' || i FROM "
        "generate_series(1, 20000) AS i");
    shop_->run("ANALYZE orders");
  }
  void createExtension(const std::string& name) {
    ASSERT_FALSE(
        shop_->run("SELECT 1 FROM pg_available_extensions WHERE name = '" + name + "'").empty())
        << "the server does not have " << name;
    shop_->run("CREATE EXTENSION " + name);
  }

  std::optional<TestDatabase> shop_;
};

TEST_F(AdviseOnPostgres, ProvesByHypoPgAndMakesTheIndexBesideWriters) {
  ASSERT_NO_FATAL_FAILURE(createExtension("hypopg"));
  const std::string file = queries("SELECT note FROM orders WHERE customer_id = 17");
  const nlohmann::json advice = adviceOf({"--queries", file});
  ASSERT_EQ(advice.at("recommendations").size(), 1U) << advice;
  const auto& made = advice.at("recommendations").at(0);
  EXPECT_EQ(made.at("proved"), true);
  EXPECT_THAT(made.at("proof").get<std::string>(), HasSubstr("HypoPG"));
  EXPECT_THAT(made.at("create").get<std::string>(), HasSubstr("CREATE INDEX CONCURRENTLY"));
  EXPECT_GT(made.at("bytes"), 8192);
  EXPECT_LT(made.at("statements").at(0).at("costAfter"),
            made.at("statements").at(0).at("costBefore"));
  EXPECT_EQ(shop_->value("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'"), "1");

  EXPECT_EQ(advise({"--queries", file, "--apply"}).code, 1);
  const CommandResult applied = advise({"--queries", file, "--apply", "--yes"});
  ASSERT_EQ(applied.code, 0) << applied.err;
  EXPECT_THAT(applied.out, HasSubstr("made idx_orders_customer_id"));
  EXPECT_EQ(shop_->value("SELECT indisvalid FROM pg_index WHERE indexrelid = "
                         "'idx_orders_customer_id'::regclass"),
            "t");
  EXPECT_EQ(advise({"--queries", file, "--apply", "--yes"}).out, "Nothing to do.\n");
}

TEST_F(AdviseOnPostgres, MarksWhatNobodyProved) {
  const nlohmann::json advice =
      adviceOf({"--queries", queries("SELECT note FROM orders WHERE customer_id = 17")});
  ASSERT_EQ(advice.at("recommendations").size(), 1U) << advice;
  EXPECT_EQ(advice.at("recommendations").at(0).at("proved"), false);
  EXPECT_THAT(advice.at("recommendations").at(0).at("proof").get<std::string>(),
              HasSubstr("CREATE EXTENSION hypopg"));
}

TEST_F(AdviseOnPostgres, GoesByWhatTheServerCounted) {
  ASSERT_NO_FATAL_FAILURE(createExtension("pg_stat_statements"));
  ASSERT_NO_FATAL_FAILURE(createExtension("hypopg"));
  for (const char* const customer : {"1", "2", "3"}) {
    shop_->run(std::string("SELECT note FROM orders WHERE customer_id = ") + customer);
  }
  for (int run = 0; run < 2; ++run) {
    // Twice: what sonde itself asks the planner is no evidence.
    const nlohmann::json advice = adviceOf({"--observed"});
    const auto& made = advice.at("recommendations");
    ASSERT_EQ(made.size(), 1U) << advice;
    EXPECT_EQ(made.at(0).at("name"), "idx_orders_customer_id");
    EXPECT_EQ(made.at(0).at("proved"), true);
    ASSERT_EQ(made.at(0).at("statements").size(), 1U) << advice;
    EXPECT_EQ(made.at(0).at("statements").at(0).at("calls"), 3);
    EXPECT_THAT(made.at(0).at("statements").at(0).at("sql").get<std::string>(),
                Not(HasSubstr("EXPLAIN")));
  }
}

TEST_F(AdviseOnPostgres, SaysWhyTheServerCountedNothing) {
  const CommandResult missing = advise({"--observed"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.err, HasSubstr("pg_stat_statements is not installed"));
  EXPECT_THAT(missing.err, HasSubstr("shared_preload_libraries"));
}

TEST_F(AdviseOnPostgres, SaysWhatOfOthersItMayNotRead) {
  ASSERT_NO_FATAL_FAILURE(createExtension("pg_stat_statements"));
  const std::string role = "guest_" + shop_->name();
  shop_->run("CREATE ROLE " + role);
  shop_->run("GRANT " + role + " TO CURRENT_USER");
  shop_->run("GRANT SELECT ON orders TO " + role);
  shop_->run("SELECT note FROM orders WHERE customer_id = 4");
  uri_ = shop_->uri("role=" + role);
  const nlohmann::json advice = adviceOf({"--observed"});
  EXPECT_THAT(advice.at("notes").dump(), HasSubstr("pg_read_all_stats"));
  EXPECT_TRUE(advice.at("recommendations").empty()) << advice;
  shop_->run("REVOKE ALL ON orders FROM " + role);
  shop_->run("DROP ROLE " + role);
}

TEST_F(AdviseOnPostgres, NamesIndexesThatNobodyReadOnceTheyWereCountedForLong) {
  shop_->run("INSERT INTO orders SELECT i, i, 'n' FROM generate_series(20001, 100000) AS i");
  shop_->run("CREATE INDEX by_note ON orders (note)");
  shop_->run("CREATE INDEX by_customer ON orders (customer_id)");
  shop_->run("CREATE UNIQUE INDEX once ON orders (id, note)");
  shop_->run("ANALYZE orders");
  shop_->run("SELECT note FROM orders WHERE customer_id = 5");
  shop_->run("SELECT pg_stat_force_next_flush()");
  shop_->run("SELECT 1");
  const nlohmann::json early = adviceOf({});
  EXPECT_TRUE(unusedOf(early).empty()) << early;
  EXPECT_THAT(early.at("notes").dump(), HasSubstr("too short a time"));

  const auto unused = unusedOf(adviceOf({"--unused-days", "0"}));
  ASSERT_EQ(unused.size(), 1U) << nlohmann::json(unused);
  EXPECT_EQ(unused[0].at("index"), "by_note");
  EXPECT_THAT(unused[0].at("reason").get<std::string>(), HasSubstr("pg_stat_user_indexes"));
  const std::string fix = unused[0].at("fix");
  EXPECT_THAT(fix, HasSubstr("DROP INDEX CONCURRENTLY"));
  // Never by itself.
  EXPECT_EQ(advise({"--unused-days", "0", "--apply", "--yes"}).out, "Nothing to do.\n");
  shop_->run(fix);
  EXPECT_TRUE(unusedOf(adviceOf({"--unused-days", "0"})).empty());
  shop_->run(unused[0].at("undo"));
  EXPECT_EQ(unusedOf(adviceOf({"--unused-days", "0"})).size(), 1U);
}

TEST_F(AdviseOnPostgres, LeavesAnIndexThatReplicationTellsRowsApartBy) {
  shop_->run("ALTER TABLE orders ALTER note SET NOT NULL");
  shop_->run("CREATE UNIQUE INDEX a ON orders (note)");
  shop_->run("CREATE UNIQUE INDEX b ON orders (note)");
  const auto duplicates = [&] {
    std::vector<std::string> names;
    const nlohmann::json advice = adviceOf({});
    for (const auto& finding : advice.at("findings")) names.push_back(finding.at("index"));
    return names;
  };
  EXPECT_THAT(duplicates(), testing::ElementsAre("b"));
  shop_->run("ALTER TABLE orders REPLICA IDENTITY USING INDEX b");
  EXPECT_THAT(duplicates(), testing::ElementsAre("a"));
}

// --- MariaDB ---

class AdviseOnMariaDb : public AdviseOnAServer {
 protected:
  void fill(TestDatabase& shop) {
    uri_ = shop.uri();
    shop.run("CREATE TABLE orders(id integer PRIMARY KEY, customer_id integer, note text)");
    shop.run(
        "INSERT INTO orders SELECT seq, 1 + seq * 7919 % 2999, concat('note ', seq) FROM "
        "seq_1_to_20000");
    shop.run("ANALYZE TABLE orders");
  }
};

TEST_F(AdviseOnMariaDb, MarksWhatNobodyProvedAndMakesIt) {
  SONDE_NEEDS_MYSQL();
  TestDatabase shop(*mysqlServer());
  fill(shop);
  const std::string file = queries("SELECT note FROM orders WHERE customer_id = 17");
  const nlohmann::json advice = adviceOf({"--queries", file});
  ASSERT_EQ(advice.at("recommendations").size(), 1U) << advice;
  EXPECT_EQ(advice.at("recommendations").at(0).at("proved"), false);
  EXPECT_THAT(advice.at("recommendations").at(0).at("proof").get<std::string>(),
              HasSubstr("plan with indexes that exist only"));

  const CommandResult applied = advise({"--queries", file, "--apply", "--yes"});
  ASSERT_EQ(applied.code, 0) << applied.err;
  EXPECT_EQ(shop.value("SELECT count(*) FROM information_schema.statistics WHERE table_schema = "
                       "DATABASE() AND index_name = 'idx_orders_customer_id'"),
            "1");
  EXPECT_EQ(advise({"--queries", file, "--apply", "--yes"}).out, "Nothing to do.\n");
}

TEST_F(AdviseOnMariaDb, SaysThatNobodyCounts) {
  SONDE_NEEDS_MYSQL();
  TestDatabase shop(*mysqlServer());
  fill(shop);
  EXPECT_THAT(adviceOf({}).at("notes").dump(),
              HasSubstr("neither the performance schema nor userstat is on"));
  const CommandResult observed = advise({"--observed"});
  EXPECT_EQ(observed.code, 1);
  EXPECT_THAT(observed.err, HasSubstr("performance_schema = ON"));
}

/// A server that counts, in its own ways.
class AdviseOnACountingMariaDb : public AdviseOnMariaDb,
                                 public testing::WithParamInterface<const char*> {};

TEST_P(AdviseOnACountingMariaDb, HasIndexesIgnoredThatNobodyRead) {
  if (!canStartPrivateServer(ServerKind::MySql)) SONDE_NEEDS_MYSQL();
  PrivateMariaDb server({.config = {GetParam()}});
  server.start();
  TestDatabase shop(server.server());
  fill(shop);
  shop.run("CREATE TABLE customers(id integer PRIMARY KEY)");
  shop.run("CREATE TABLE notes(id integer PRIMARY KEY, of integer REFERENCES customers(id))");
  shop.run("CREATE INDEX by_note ON orders (note(10))");
  shop.run("CREATE INDEX by_customer ON orders (customer_id)");
  shop.run("SELECT note FROM orders WHERE customer_id = 5");
  const auto unused = unusedOf(adviceOf({"--unused-days", "0"}));
  ASSERT_EQ(unused.size(), 1U) << nlohmann::json(unused);
  EXPECT_EQ(unused[0].at("index"), "by_note");
  EXPECT_THAT(unused[0].at("fix").get<std::string>(), testing::EndsWith(" IGNORED"));
  shop.run(unused[0].at("fix"));
  EXPECT_TRUE(unusedOf(adviceOf({"--unused-days", "0"})).empty());
  shop.run(unused[0].at("undo"));
  EXPECT_EQ(unusedOf(adviceOf({"--unused-days", "0"})).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(By, AdviseOnACountingMariaDb,
                         testing::Values("performance_schema = ON", "userstat = 1"),
                         [](const testing::TestParamInfo<const char*>& tested) {
                           return std::string(tested.param).substr(0, 8);
                         });

TEST_F(AdviseOnMariaDb, GoesByWhatTheServerCounted) {
  if (!canStartPrivateServer(ServerKind::MySql)) SONDE_NEEDS_MYSQL();
  PrivateMariaDb server({.config = {"performance_schema = ON"}});
  server.start();
  TestDatabase shop(server.server());
  fill(shop);
  for (const char* const customer : {"1", "2", "3"}) {
    shop.run(std::string("SELECT note FROM orders WHERE customer_id = ") + customer);
  }
  const nlohmann::json advice = adviceOf({"--observed"});
  ASSERT_EQ(advice.at("recommendations").size(), 1U) << advice;
  EXPECT_EQ(advice.at("recommendations").at(0).at("name"), "idx_orders_customer_id");
  EXPECT_EQ(advice.at("recommendations").at(0).at("statements").at(0).at("calls"), 3);
}

}  // namespace
}  // namespace sonde::test
