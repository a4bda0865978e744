// `sonde advise` on SQLite.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

#include "command_fixture.hpp"

namespace sonde::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AdviseCommand : public CommandTest {
 protected:
  std::string file(const std::string& text, const std::string& name = "queries.sql") {
    const std::string path = folder_.file(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  std::string indexes() {
    return sondeCommand({"query", shop_, "--format", "csv",
                         "SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY 1"})
        .out;
  }

  std::string shop_ = database(
      "CREATE TABLE customers(id INTEGER PRIMARY KEY, email TEXT);"
      "CREATE TABLE orders(id INTEGER PRIMARY KEY, customer_id INTEGER, at INTEGER, note TEXT);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
      " INSERT INTO customers SELECT i, 'c' || i || '@example.org' FROM n;"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
      " INSERT INTO orders SELECT i, 1 + i * 7919 % 2999, i * 104729 % 1000003, 'note ' || i "
      "FROM n;",
      "shop.db");
  std::string queries_ = file(
      "SELECT note FROM orders WHERE customer_id = 17;\n"
      "SELECT note FROM orders WHERE customer_id = 18;\n"
      "SELECT id FROM customers WHERE email = 'c9@example.org';\n");
};

TEST_F(AdviseCommand, SaysWhatToMakeWhyAndWhatUndoesItAndMakesNothing) {
  const CommandResult result = sondeCommand({"advise", shop_, "--queries", queries_});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("2 statements looked at; proof: SQLite's planner"));
  EXPECT_THAT(result.out, HasSubstr("CREATE INDEX \"idx_orders_customer_id\" ON "));
  EXPECT_THAT(result.out, HasSubstr("undo: DROP INDEX "));
  EXPECT_THAT(result.out, HasSubstr("2 calls, cost "));
  EXPECT_THAT(result.out, AllOf(HasSubstr("SCAN orders"), Not(HasSubstr("17"))));
  EXPECT_EQ(indexes(), "name\n");
}

TEST_F(AdviseCommand, WritesJson) {
  const CommandResult result =
      sondeCommand({"advise", shop_, "--queries", queries_, "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto advice = nlohmann::json::parse(result.out);
  EXPECT_EQ(advice.at("sonde"), 1);
  ASSERT_EQ(advice.at("recommendations").size(), 2U);
  const auto& first = advice.at("recommendations").at(0);
  EXPECT_EQ(first.at("name"), "idx_orders_customer_id");
  EXPECT_EQ(first.at("proved"), true);
  EXPECT_EQ(first.at("parts").at(0).at("column"), "customer_id");
  EXPECT_EQ(first.at("statements").at(0).at("calls"), 2);
}

TEST_F(AdviseCommand, MakesIndexesOnlyWithConsentAndThenHasNothingMoreToDo) {
  const CommandResult refused = sondeCommand({"advise", shop_, "--queries", queries_, "--apply"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("--yes"));
  EXPECT_EQ(indexes(), "name\n");

  const CommandResult made =
      sondeCommand({"advise", shop_, "--queries", queries_, "--apply", "--yes"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("made idx_orders_customer_id on orders"));
  EXPECT_THAT(made.out, HasSubstr("undo: DROP INDEX "));
  EXPECT_EQ(indexes(), "name\nidx_customers_email\nidx_orders_customer_id\n");

  const CommandResult again =
      sondeCommand({"advise", shop_, "--queries", queries_, "--apply", "--yes"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, "Nothing to do.\n");
  EXPECT_THAT(sondeCommand({"advise", shop_, "--queries", queries_}).out,
              HasSubstr("Nothing to do."));
}

TEST_F(AdviseCommand, MakesTheOneThatIsNamed) {
  const CommandResult wrong = sondeCommand(
      {"advise", shop_, "--queries", queries_, "--apply", "--only", "idx_customer_email"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("idx_customers_email"));
  EXPECT_EQ(indexes(), "name\n");

  const CommandResult made = sondeCommand({"advise", shop_, "--queries", queries_, "--apply",
                                           "--only", "idx_customers_email", "--format", "json"});
  ASSERT_EQ(made.code, 0) << made.err;
  const auto applied = nlohmann::json::parse(made.out).at("applied");
  ASSERT_EQ(applied.size(), 1U);
  EXPECT_EQ(applied.at(0).at("made"), true);
  EXPECT_EQ(indexes(), "name\nidx_customers_email\n");
}

TEST_F(AdviseCommand, WantsTheShareSavedThatItIsTold) {
  const std::string wide = file(
      "SELECT at FROM orders WHERE customer_id BETWEEN 5 AND 500 ORDER BY at;\n"
      "SELECT at FROM orders WHERE customer_id BETWEEN 9 AND 600 ORDER BY at;\n",
      "wide.sql");
  runSql(shop_, "CREATE INDEX by_customer ON orders(customer_id)");
  const auto withGain = [&](const std::string& gain) {
    return sondeCommand({"advise", shop_, "--queries", wide, "--min-gain", gain});
  };
  EXPECT_THAT(withGain("0.5").out, HasSubstr("(\"customer_id\", \"at\")"));
  EXPECT_THAT(withGain("0.99").out, HasSubstr("Nothing to do."));
  EXPECT_EQ(withGain("2").code, 2);
}

TEST_F(AdviseCommand, SaysWhatIsWrongWithTheEvidence) {
  const CommandResult none = sondeCommand({"advise", shop_, "--queries", folder_.file("none.sql")});
  EXPECT_EQ(none.code, 1);
  EXPECT_THAT(none.err, HasSubstr("cannot read"));

  const std::string broken = file("SELECT note FROM orders WHERE;\nSELECT * FROM nobody;\n", "b");
  const CommandResult refused = sondeCommand({"advise", shop_, "--queries", broken});
  EXPECT_EQ(refused.code, 0) << refused.err;
  EXPECT_THAT(refused.out, HasSubstr("2 of them refused by the planner"));

  const std::string empty = file("BEGIN;\nCOMMIT;\n", "c");
  EXPECT_THAT(sondeCommand({"advise", shop_, "--queries", empty}).out,
              HasSubstr("no statement that reads or changes rows was found"));

  const CommandResult observed = sondeCommand({"advise", shop_, "--observed"});
  EXPECT_EQ(observed.code, 1);
  EXPECT_THAT(observed.err, HasSubstr("counts no statements"));
  EXPECT_EQ(sondeCommand({"advise", shop_, "--observed", "--queries", queries_}).code, 2);
}

}  // namespace
}  // namespace sonde::test
