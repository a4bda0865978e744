// The corpus is what its page says, and indexes are compared as it says.
#include "corpus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/dialects/sqlite/sqlite_driver.hpp>

#include <algorithm>
#include <set>

#include "expert.hpp"

namespace sonde::test {
namespace {

TEST(Corpus, HoldsEnoughOfEachKind) {
  const std::vector<CorpusCase> cases = readCorpus();
  std::set<std::string> names;
  std::size_t real = 0;
  std::size_t none = 0;
  for (const CorpusCase& one : cases) {
    EXPECT_TRUE(names.insert(one.database + "/" + one.name).second) << one.name;
    EXPECT_FALSE(one.queries.empty()) << one.name;
    if (one.database != "shop") ++real;
    if (one.expect.empty()) ++none;
  }
  EXPECT_GE(cases.size(), 60U);
  EXPECT_GE(real, 30U);
  EXPECT_GE(none, cases.size() / 3);
}

TEST(Corpus, AsksWhatItsDatabasesUnderstand) {
  CorpusDatabases databases;
  const std::unique_ptr<Driver> driver = makeSqliteDriver();
  for (const CorpusCase& one : readCorpus()) {
    const std::optional<std::string> path = databases.pathFor(one);
    if (!path) continue;
    DriverOptions options;
    options.uri.scheme = "sqlite";
    options.uri.path = *path;
    options.access = AccessMode::ReadOnly;
    const auto connection = driver->connect(options, TransactionMode::Read);
    for (const CorpusQuery& query : one.queries) {
      EXPECT_NO_THROW(static_cast<void>(connection->explain(query.sql))) << one.name;
    }
  }
}

TEST(Corpus, KnowsWhichIndexesAreTheSame) {
  const auto same = [](const char* wanted, const char* made) {
    const std::vector<SpelledIndex> alternatives = readAlternatives(wanted);
    return std::any_of(alternatives.begin(), alternatives.end(),
                       [&](const SpelledIndex& index) { return index.accepts(readIndex(made)); });
  };
  EXPECT_TRUE(same("orders(customer_id, created_at)", "Orders( \"customer_id\" ,created_at)"));
  EXPECT_FALSE(same("orders(customer_id, created_at)", "orders(created_at, customer_id)"));
  EXPECT_FALSE(same("orders(customer_id, created_at)", "orders(customer_id)"));
  EXPECT_FALSE(same("orders(customer_id)", "orders(customer_id, created_at)"));
  EXPECT_TRUE(same("t({a, b}, c)", "t(b, a, c)"));
  EXPECT_FALSE(same("t({a, b}, c)", "t(a, c, b)"));
  EXPECT_TRUE(same("t(a, b DESC)", "t(a DESC, b)"));
  EXPECT_FALSE(same("t(a, b DESC)", "t(a, b)"));
  EXPECT_TRUE(same("t(a) | t(b)", "t(b)"));
  EXPECT_TRUE(same("t(a) WHERE s = 'Open'", "t(a) WHERE s='Open'"));
  EXPECT_FALSE(same("t(a) WHERE s = 'Open'", "t(a) WHERE s = 'open'"));
  EXPECT_FALSE(same("t(a) WHERE s = 'open'", "t(a)"));
  EXPECT_TRUE(same("t(json_extract(d, '$.a, b'))", "t(json_extract(d,'$.a, b'))"));
  EXPECT_TRUE(same("t(a COLLATE NOCASE)", "t(a collate nocase)"));
}

TEST(Corpus, CountsWhatIsRightWrongAndMissing) {
  CorpusCase wanted;
  wanted.expect = {readAlternatives("t(a) | t(b)"), readAlternatives("t(c)")};
  wanted.allow = readAlternatives("t(d)");
  Score total;
  score(wanted, {readIndex("t(b)"), readIndex("t(d)"), readIndex("t(e)")}, total);
  EXPECT_EQ(total.right, 1U);
  EXPECT_EQ(total.wrong, 1U);
  EXPECT_EQ(total.missing, 1U);
  EXPECT_EQ(total.precision(), 0.5);
  EXPECT_EQ(total.recall(), 0.5);
  EXPECT_EQ(total.faults.size(), 2U);
}

TEST(Corpus, AsksTheExpertOfTheShell) {
  if (!hasExpert()) GTEST_SKIP() << "the sqlite3 shell is not here, or has no .expert";
  CorpusDatabases databases;
  for (const CorpusCase& one : readCorpus()) {
    if (one.database != "shop" || one.name != "equality and range") continue;
    const std::vector<SpelledIndex> advised = expertAdvice(*databases.pathFor(one), one, 0);
    ASSERT_EQ(advised.size(), 1U);
    EXPECT_TRUE(advised.front().accepts(readIndex("orders(customer_id, created_at)")));
    return;
  }
  FAIL() << "the corpus has no such case any more";
}

}  // namespace
}  // namespace sonde::test
