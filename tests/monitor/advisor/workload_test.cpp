#include <sonde/monitor/advisor/workload.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shop_schema.hpp"

namespace sonde {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> read(const std::string& text) {
  std::vector<std::string> lines;
  for (const auto& statement : readWorkload(text, test::anyRules()).statements) {
    lines.push_back(std::to_string(static_cast<int>(statement.calls)) + " " + statement.sql);
  }
  return lines;
}

TEST(Workload, ReadsScripts) {
  EXPECT_THAT(
      read("BEGIN;\nSELECT a\nFROM t\n WHERE b = 1;\n-- x\nselect a from t where b=2;\n"
           "PRAGMA x; UPDATE t SET a = ';' WHERE b = 3;"),
      ElementsAre("2 SELECT a\nFROM t\n WHERE b = 1", "1 UPDATE t SET a = ';' WHERE b = 3"));
}

TEST(Workload, ReadsOneStatementALine) {
  EXPECT_THAT(read("SELECT 1 FROM a\nDELETE FROM b\n\nSELECT 2 FROM a\n"),
              ElementsAre("2 SELECT 1 FROM a", "1 DELETE FROM b"));
}

TEST(Workload, ReadsTheLogOfPostgreSql) {
  EXPECT_THAT(
      read("2026-11-25 22:43:53.1 UTC [7] LOG:  statement: SELECT 1\n\tFROM a\n"
           "2026-11-25 22:43:54.1 UTC [7] LOG:  duration: 0.1 ms  bind s: SELECT 2 FROM b\n"
           "2026-11-25 22:43:54.1 UTC [7] LOG:  duration: 1.2 ms  execute s: SELECT 2 FROM b\n"
           "2026-11-25 22:43:54.1 UTC [7] DETAIL:  parameters: $1 = '3'\n"
           "2026-11-25 22:43:55.1 UTC [7] LOG:  checkpoint starting: time\n"),
      ElementsAre("1 SELECT 1\n\tFROM a", "1 SELECT 2 FROM b"));
}

TEST(Workload, ReadsTheLogsOfMySql) {
  EXPECT_THAT(read("261125 22:43:53\t    8 Connect\troot@localhost on shop\n"
                   "\t\t    8 Query\tSELECT 1 FROM a\n\t\t    8 Quit\t\n"),
              ElementsAre("1 SELECT 1 FROM a"));
  EXPECT_THAT(read("# Time: 261125 22:43:53\n# Query_time: 1.0\nSET timestamp=1;\n"
                   "SELECT 1 FROM a;\n# Query_time: 2.0\nSELECT 2 FROM a;\n"),
              ElementsAre("2 SELECT 1 FROM a"));
}

TEST(Workload, LeavesOutWhatIsNoQuery) {
  EXPECT_THAT(read(""), IsEmpty());
  EXPECT_THAT(read("hello\nworld '"), IsEmpty());
  EXPECT_THAT(read("SET x = 1; COMMIT; EXPLAIN SELECT 1"), IsEmpty());
}

}  // namespace
}  // namespace sonde
