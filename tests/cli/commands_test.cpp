// What the commands print, for good input and for wrong words.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "command_fixture.hpp"

namespace sonde::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kPeople =
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INTEGER,"
    " balance DECIMAL(8,2), active BOOLEAN, seen TIMESTAMP, photo BLOB);"
    "INSERT INTO people VALUES (1, 'Ada', 36, 10, 1, '2024-01-02 03:04:05', x'00ff'),"
    " (2, 'Bob', 51, 2.5, 0, NULL, NULL), (3, 'Cy, \"the\" third', NULL, -1, 1, 'soon', x'');"
    "CREATE VIEW adults AS SELECT id, name FROM people WHERE age >= 18;";

class Command : public CommandTest {};

TEST_F(Command, PrintsHelpForNoWordsForHelpAndForEachCommand) {
  EXPECT_EQ(sondeCommand({}).code, 0);
  EXPECT_THAT(sondeCommand({}).out, HasSubstr("schema"));
  EXPECT_EQ(sondeCommand({"help"}).out, sondeCommand({"--help"}).out);
  for (const char* name : {"schema", "find", "query", "optimize", "completion"}) {
    const auto help = sondeCommand({"help", name});
    EXPECT_EQ(help.code, 0) << name;
    EXPECT_EQ(help.out, sondeCommand({name, "--help"}).out) << name;
    EXPECT_THAT(help.out, HasSubstr(name));
  }
}

TEST_F(Command, PrintsItsVersion) {
  const auto version = sondeCommand({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_THAT(version.out, testing::MatchesRegex("sonde [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(Command, NamesTheNearestCommand) {
  const auto result = sondeCommand({"shema", "x.db"});
  EXPECT_EQ(result.code, cli::kUsage);
  EXPECT_EQ(result.err,
            "sonde: there is no command \"shema\"\n  hint: did you mean 'sonde schema'?\n");
  EXPECT_TRUE(result.out.empty());
}

TEST_F(Command, FailsForAnUnknownOptionOrFormat) {
  const std::string path = database(kPeople);
  EXPECT_EQ(sondeCommand({"schema", path, "--colour"}).code, cli::kUsage);
  EXPECT_EQ(sondeCommand({"schema", path, "--format", "xml"}).code, cli::kUsage);
  EXPECT_EQ(sondeCommand({"find", path, "people", "findAll", "--limit", "many"}).code, cli::kUsage);
}

TEST_F(Command, SaysWhatIsWrongWithADriver) {
  const std::string path = database(kPeople);
  const std::string notes = folder_.file("notes.so");
  std::ofstream(notes) << "notes";
  // Behind the URI or in front of it, once or more often: it takes one word.
  for (const auto& words :
       {std::vector<std::string>{"schema", path, "--driver", notes},
        std::vector<std::string>{"find", "--driver", notes, path, "people", "findAll"},
        std::vector<std::string>{"query", "--driver", notes, "--driver", "/no/such.so", path,
                                 "SELECT 1"}}) {
    const auto result = sondeCommand(words);
    EXPECT_EQ(result.code, cli::kFailure);
    EXPECT_THAT(result.err, HasSubstr("notes.so\" is no shared library"));
  }
  EXPECT_EQ(sondeCommand({"schema", path, "--driver"}).code, cli::kUsage);
}

TEST_F(Command, ShowsTheSchemaInEveryFormat) {
  const std::string path = database(kPeople);
  const auto text = sondeCommand({"schema", path});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("people"));
  EXPECT_THAT(text.out, HasSubstr("adults"));

  const auto json = nlohmann::json::parse(sondeCommand({"schema", path, "--format", "json"}).out);
  EXPECT_EQ(json["sonde"], 1);
  EXPECT_EQ(json["dialect"], "sqlite");
  EXPECT_EQ(json["tables"].size(), 2U);

  EXPECT_THAT(sondeCommand({"schema", path, "--format", "mermaid"}).out, HasSubstr("erDiagram"));
  EXPECT_THAT(sondeCommand({"schema", path, "--format", "dot"}).out, HasSubstr("digraph"));
}

TEST_F(Command, SchemaAsSqlMakesTheSameSchemaAgain) {
  const std::string path = database(kPeople);
  const auto sql = sondeCommand({"schema", path, "--format", "sql"});
  EXPECT_EQ(sql.code, 0) << sql.err;
  const std::string copy = database(sql.out, "copy.db");
  const auto fingerprint = [](const std::string& file) {
    return nlohmann::json::parse(sondeCommand({"schema", file, "--format", "json"}).out)
        .at("fingerprint");
  };
  EXPECT_EQ(fingerprint(copy), fingerprint(path));
}

TEST_F(Command, ShowsOnlyTheTablesAskedFor) {
  const std::string path = database(kPeople);
  const auto json = nlohmann::json::parse(
      sondeCommand({"schema", path, "--table", "adults", "--format", "json"}).out);
  ASSERT_EQ(json["tables"].size(), 1U);
  EXPECT_EQ(json["tables"][0]["name"], "adults");
  const auto wrong = sondeCommand({"schema", path, "--table", "peple"});
  EXPECT_EQ(wrong.code, cli::kFailure);
  EXPECT_THAT(wrong.err, HasSubstr("people"));
}

TEST_F(Command, FindsRowsAsJsonInTheFormOfEveryEngine) {
  const std::string path = database(kPeople);
  const auto result = sondeCommand({"find", path, "people", "findAll", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto rows = nlohmann::json::parse(result.out);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0]["balance"], "10.00");
  EXPECT_EQ(rows[0]["active"], true);
  EXPECT_EQ(rows[0]["seen"], "2024-01-02T03:04:05");
  EXPECT_EQ(rows[0]["photo"], "AP8=");
  EXPECT_EQ(rows[2]["seen"], "soon");
  EXPECT_TRUE(rows[2]["age"].is_null());
}

TEST_F(Command, FindsRowsRawAsTheEngineStoresThem) {
  const std::string path = database(kPeople);
  const auto rows = nlohmann::json::parse(
      sondeCommand({"find", path, "people", "findOneByName", "Ada", "--format", "json", "--raw"})
          .out);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["active"], 1);
  EXPECT_EQ(rows[0]["seen"], "2024-01-02 03:04:05");
  EXPECT_EQ(rows[0]["balance"], 10);
}

TEST_F(Command, FindTakesArgumentsOfTheColumnsType) {
  const std::string path = database(kPeople);
  const auto count = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"find", path, "people"});
    words.insert(words.end(), {"--format", "json"});
    const auto result = sondeCommand(words);
    EXPECT_EQ(result.code, 0) << result.err;
    return nlohmann::json::parse(result.out).size();
  };
  EXPECT_EQ(count({"findManyByAgeGreaterThan", "40"}), 1U);
  EXPECT_EQ(count({"findManyByActive", "true"}), 2U);
  EXPECT_EQ(count({"findManyByIdIn", "1,3,9"}), 2U);
  EXPECT_EQ(count({"findManyByNameIn", R"(["Cy, \"the\" third"])"}), 1U);
  EXPECT_EQ(count({"findManyByBalanceLessThan", "2.51"}), 2U);
  EXPECT_EQ(count({"findManyByAgeIsNull"}), 1U);
}

TEST_F(Command, FindPrintsCountsAndExistence) {
  const std::string path = database(kPeople);
  EXPECT_EQ(sondeCommand({"find", path, "people", "countByActiveTrue"}).out, "2\n");
  EXPECT_EQ(sondeCommand({"find", path, "people", "existsByName", "Ada"}).out, "true\n");
  EXPECT_EQ(sondeCommand({"find", path, "people", "existsByName", "Eve", "--format", "json"}).out,
            "false\n");
}

TEST_F(Command, FindObeysItsLimit) {
  const std::string path = database(kPeople);
  const auto rows = nlohmann::json::parse(
      sondeCommand({"find", path, "people", "findAll", "--limit", "2", "--format", "json"}).out);
  EXPECT_EQ(rows.size(), 2U);
}

TEST_F(Command, FindRefusesToDelete) {
  const std::string path = database(kPeople);
  const auto result = sondeCommand({"find", path, "people", "deleteByName", "Ada"});
  EXPECT_EQ(result.code, cli::kFailure);
  EXPECT_EQ(sondeCommand({"find", path, "people", "countByName", "Ada"}).out, "1\n");
}

TEST_F(Command, FindNamesWhatIsNearForEveryWrongName) {
  const std::string path = database(kPeople);
  EXPECT_THAT(sondeCommand({"find", path, "peopel", "findAll"}).err, HasSubstr("people"));
  EXPECT_THAT(sondeCommand({"find", path, "people", "findOneByNmae", "x"}).err, HasSubstr("name"));
  EXPECT_THAT(sondeCommand({"find", path, "people", "findOneByName"}).err, HasSubstr("argument"));
  EXPECT_EQ(sondeCommand({"find", path, "people", "findOneByName", "a", "b"}).code, cli::kFailure);
}

TEST_F(Command, SaysAHintOnce) {
  const auto result = sondeCommand({"schema", folder_.file("none.db")});
  const std::size_t first = result.err.find("mode=rwc");
  ASSERT_NE(first, std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("mode=rwc", first + 1), std::string::npos) << result.err;
}

TEST_F(Command, PrintsCsvThatQuotesWhatItMust) {
  const std::string path = database(kPeople);
  const auto result =
      sondeCommand({"query", path, "SELECT id, name, age FROM people", "--format", "csv"});
  EXPECT_EQ(result.out, "id,name,age\n1,Ada,36\n2,Bob,51\n3,\"Cy, \"\"the\"\" third\",\n");
}

TEST_F(Command, PrintsAHeaderAlsoWhenThereAreNoRows) {
  const std::string path = database(kPeople);
  EXPECT_EQ(sondeCommand({"query", path, "SELECT id FROM people WHERE 0", "--format", "csv"}).out,
            "id\n");
  EXPECT_EQ(sondeCommand({"query", path, "SELECT id FROM people WHERE 0", "--format", "json"}).out,
            "[]\n");
  EXPECT_THAT(sondeCommand({"query", path, "SELECT id FROM people WHERE 0"}).out,
              HasSubstr("(0 rows)"));
}

TEST_F(Command, QueryBindsItsArguments) {
  const std::string path = database(kPeople);
  const auto one =
      sondeCommand({"query", path, "SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e", "42", "4.5",
                    "text:42", "null", "x'41'", "--format", "json", "--raw"});
  ASSERT_EQ(one.code, 0) << one.err;
  const auto row = nlohmann::json::parse(one.out).at(0);
  EXPECT_EQ(row["a"], 42);
  EXPECT_EQ(row["b"], 4.5);
  EXPECT_EQ(row["c"], "42");
  EXPECT_TRUE(row["d"].is_null());
  EXPECT_EQ(row["e"], "A");
}

TEST_F(Command, QueryWritesOnlyWhenAsked) {
  const std::string path = database(kPeople);
  const auto refused = sondeCommand({"query", path, "DELETE FROM people"});
  EXPECT_EQ(refused.code, cli::kFailure);
  EXPECT_THAT(refused.err, HasSubstr("--write"));
  EXPECT_EQ(sondeCommand({"find", path, "people", "countById", "1"}).out, "1\n");

  const auto written =
      sondeCommand({"query", path, "DELETE FROM people WHERE id = ?", "1", "--write"});
  EXPECT_EQ(written.code, 0) << written.err;
  EXPECT_EQ(sondeCommand({"find", path, "people", "countById", "1"}).out, "0\n");
}

TEST_F(Command, QueryTellsWhereTheSqlIsWrong) {
  const std::string path = database(kPeople);
  const auto result = sondeCommand({"query", path, "SELEC 1"});
  EXPECT_EQ(result.code, cli::kFailure);
  EXPECT_THAT(result.err, HasSubstr("SELEC"));
  EXPECT_EQ(sondeCommand({"query", path, "SELECT 1; SELECT 2"}).code, cli::kFailure);
  EXPECT_EQ(sondeCommand({"query", path, "SELECT ?"}).code, cli::kFailure);
}

TEST_F(Command, FitsTextTablesToTheTerminal) {
  const std::string path = database(
      "CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES (printf('%.200c', 'x'), 'y'),"
      " ('ünï', 'line' || char(10) || 'two');");
  const cli::Terminal narrow{.colours = false, .width = 40};
  const auto result = sondeCommand({"find", path, "t", "findAll"}, narrow);
  ASSERT_EQ(result.code, 0) << result.err;
  std::istringstream lines(result.out);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 40U + 8U)
        << line;  // the ellipsis and umlauts take more bytes than cells
  }
  EXPECT_THAT(result.out, HasSubstr("…"));
  EXPECT_THAT(result.out, HasSubstr("line\\ntwo"));
  EXPECT_THAT(sondeCommand({"find", path, "t", "findAll"}).out, HasSubstr(std::string(200, 'x')));
}

TEST_F(Command, ColoursOnlyATerminal) {
  const std::string path = database(kPeople);
  EXPECT_THAT(sondeCommand({"find", path, "people", "findAll"}).out, Not(HasSubstr("\x1b[")));
  const cli::Terminal coloured{.colours = true, .width = 100};
  EXPECT_THAT(sondeCommand({"find", path, "people", "findAll"}, coloured).out, HasSubstr("\x1b["));
}

TEST_F(Command, CompletionKnowsEveryCommandAndOption) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const auto script = sondeCommand({"completion", shell});
    EXPECT_EQ(script.code, 0);
    EXPECT_THAT(script.out, HasSubstr("schema"));
    EXPECT_THAT(script.out, HasSubstr("limit"));
    EXPECT_THAT(script.out, HasSubstr("list-tables"));
  }
  EXPECT_EQ(sondeCommand({"completion", "tcsh"}).code, cli::kUsage);
  EXPECT_EQ(sondeCommand({"list-tables", database(kPeople)}).out, "people\nadults\n");
}

}  // namespace
}  // namespace sonde::test
