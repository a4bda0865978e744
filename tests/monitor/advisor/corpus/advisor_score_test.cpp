// The advisor is as good on the corpus as its page says, and better than SQLite's own expert.
#include <gtest/gtest.h>
#include <sonde/dialects/sqlite/sqlite_driver.hpp>
#include <sonde/monitor/advisor/index_advisor.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "corpus.hpp"
#include "expert.hpp"

namespace sonde::test {
namespace {

std::vector<SpelledIndex> advised(const CorpusCase& wanted, const std::string& path) {
  const std::unique_ptr<Driver> driver = makeSqliteDriver();
  DriverOptions options;
  options.uri.scheme = "sqlite";
  options.uri.path = path;
  options.access = AccessMode::ReadOnly;
  const auto connection = driver->connect(options, TransactionMode::Read);
  const auto schema = Schema::build(connection->readCatalog());
  const WhatIfOffer offer = driver->whatIf(*connection, schema, {});
  std::vector<WorkloadStatement> workload;
  for (const CorpusQuery& query : wanted.queries) workload.push_back({query.sql, query.count});
  IndexAdvisor advisor(schema, driver->dialect(), offer.whatIf.get(), offer.reason);
  std::vector<SpelledIndex> indexes;
  for (const IndexRecommendation& made : advisor.advise(workload).recommendations) {
    EXPECT_TRUE(made.proved) << wanted.name;
    indexes.push_back(spell(made.table, made.index));
  }
  return indexes;
}

void print(const char* who, const Score& score) {
  std::cout << who << ": precision " << score.precision() << ", recall " << score.recall() << " ("
            << score.right << " right, " << score.wrong << " wrong, " << score.missing
            << " missing)\n";
}

TEST(AdvisorOnTheCorpus, FindsWhatAnEngineerWouldAndLittleElse) {
  CorpusDatabases databases;
  Score own;
  Score expert;
  for (const CorpusCase& one : readCorpus()) {
    const std::optional<std::string> path = databases.pathFor(one);
    if (!path) continue;
    score(one, advised(one, *path), own);
    if (hasExpert()) score(one, expertAdvice(*path, one, 0), expert);
  }
  print("advisor", own);
  for (const std::string& fault : own.faults) std::cout << "  " << fault << '\n';
  EXPECT_GE(own.precision(), 0.8);
  EXPECT_GE(own.recall(), 0.8);
  if (!hasExpert()) return;
  print("sqlite3_expert", expert);
  EXPECT_GT(own.precision(), expert.precision());
  EXPECT_GT(own.recall(), expert.recall());
}

}  // namespace
}  // namespace sonde::test
