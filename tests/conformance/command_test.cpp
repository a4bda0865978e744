// The `sonde` command: the same words, the same output, whatever the URI.
#include <nlohmann/json.hpp>

#include <algorithm>

#include "../support/command.hpp"
#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

using testing::HasSubstr;

class Command : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    makeSample();
  }
  [[nodiscard]] std::string output(std::vector<std::string> words) {
    std::replace(words.begin(), words.end(), std::string("URI"), config().uri);
    const test::CommandResult result = test::sondeCommand(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return result.out;
  }
};

SONDE_ON_EVERY_ENGINE(Command);

TEST_P(Command, FindsRowsInEveryFormat) {
  EXPECT_EQ(output({"find", "URI", "people", "findManyByAgeGreaterThanOrderByNameDesc", "40",
                    "--limit", "2", "--format", "csv"}),
            "id,name,email,age,height,active,born,seen_at,note\n"
            "6,李,li@example.org,41,1.72,true,1982-02-28,2024-02-29T00:00:00,\"\"\n"
            "2,Grace,grace@example.org,85,1.7,true,1906-12-09,2024-02-03T04:05:06,a_b\n");
  EXPECT_EQ(nlohmann::json::parse(
                output({"find", "URI", "people", "findManyByIdIn", "1,3", "--format", "json"}))
                .size(),
            2U);
  EXPECT_EQ(output({"find", "URI", "people", "countByActiveTrue"}), "6\n");
  EXPECT_THAT(output({"find", "URI", "numbers", "findOneBySquare", "81"}), HasSubstr("81"));
}

TEST_P(Command, RunsStatementsThatReadAndThatWrite) {
  EXPECT_EQ(output({"query", "URI", "SELECT name, age FROM people WHERE age > ? ORDER BY id", "40",
                    "--format", "csv"}),
            "name,age\nGrace,85\nEdsger,72\n李,41\n");
  EXPECT_EQ(output({"query", "URI", "DELETE FROM numbers WHERE id > ?", "100", "--write"}),
            "200 rows changed\n");
  EXPECT_EQ(output({"query", "URI", "SELECT count(*) AS n FROM numbers", "--format", "csv"}),
            "n\n100\n");
  const test::CommandResult refused =
      test::sondeCommand({"query", config().uri, "DELETE FROM numbers"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_FALSE(refused.err.empty());
}

// What a column is called by its engine, and the names that the engine makes up, differ; what they
// mean does not.
TEST_P(Command, TellsTheSchemaInOneForm) {
  const auto schema = nlohmann::json::parse(output({"schema", "URI", "--format", "json"}));
  EXPECT_EQ(schema["sonde"], 1);
  const std::map<std::string, std::string> dialects = {
      {"Sqlite", "sqlite"}, {"Postgres", "postgresql"}, {"MariaDb", "mariadb"}};
  EXPECT_EQ(schema["dialect"], dialects.at(GetParam()));
  nlohmann::json seen;
  for (const auto& table : schema["tables"]) {
    nlohmann::json columns;
    for (const auto& column : table["columns"]) {
      columns.push_back({column["name"], column["type"], column["nullable"], column["position"]});
    }
    nlohmann::json unique = nlohmann::json::array();
    for (const auto& constraint : table["uniqueConstraints"])
      unique.push_back(constraint["columns"]);
    seen[table["name"].get<std::string>()] = {{"kind", table["kind"]},
                                              {"columns", columns},
                                              {"key", table["primaryKey"]["columns"]},
                                              {"unique", unique}};
  }
  EXPECT_EQ(seen, nlohmann::json::parse(R"({
    "people": {"kind": "table", "key": ["id"], "unique": [["email"]], "columns": [
      ["id", "integer", false, 1], ["name", "text", false, 2], ["email", "text", true, 3],
      ["age", "integer", true, 4], ["height", "real", true, 5], ["active", "boolean", false, 6],
      ["born", "date", true, 7], ["seen_at", "timestamp", true, 8], ["note", "text", true, 9]]},
    "numbers": {"kind": "table", "key": ["id"], "unique": [], "columns": [
      ["id", "integer", false, 1], ["square", "integer", false, 2], ["word", "text", false, 3],
      ["third", "integer", true, 4]]}
  })"));
}

TEST_P(Command, SaysWhatIsWrongAndWhatIsNear) {
  const test::CommandResult result =
      test::sondeCommand({"find", config().uri, "poeple", "findAll"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("people"));
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace sonde::conformance
