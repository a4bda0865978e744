// The SQL that each dialect is sent for the same calls, beside what the calls give.
#include <sonde/core/error.hpp>

#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

using testing::ElementsAre;

class Sql : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    make("CREATE TABLE t (id {key}, a INTEGER, b {text}, c {text} NOT NULL UNIQUE)");
    table_.emplace(repo("t"));
    table_->insertMany({{{"a", 1}, {"b", "x"}, {"c", "1"}}, {{"a", 2}, {"c", "2"}}});
    forget();
  }
  [[nodiscard]] const Repository& table() const { return *table_; }

 private:
  std::optional<Repository> table_;
};

SONDE_ON_EVERY_ENGINE(Sql);

TEST_P(Sql, OfAReadByKey) {
  EXPECT_TRUE(table().findById(1));
  expectSql({});
}

TEST_P(Sql, OfAFilterWithOrderAndLimit) {
  EXPECT_EQ(
      table().findManyBy({{"a", gt(0)}}, {.orderBy = {"-a", "b"}, .limit = 5, .offset = 1}).size(),
      1U);
  expectSql({});
}

TEST_P(Sql, OfAList) {
  EXPECT_EQ(table().findManyBy({{"a", in({1, 2, 3})}}).size(), 2U);
  expectSql({});
}

TEST_P(Sql, OfPatterns) {
  EXPECT_EQ(table().count({{"b", contains("%")}}), 0U);
  EXPECT_EQ(table().count({{"b", startsWith("X").ignoreCase()}}), 1U);
  expectSql({});
}

TEST_P(Sql, OfCreate) {
  EXPECT_EQ(table().create({{"a", 3}, {"c", "3"}})["a"].as<int>(), 3);
  expectSql({});
}

TEST_P(Sql, OfInsert) {
  EXPECT_EQ(table().insert({{"c", "3"}}), Value(3));
  expectSql({});
}

TEST_P(Sql, OfUpdate) {
  EXPECT_TRUE(table().update(1, {{"a", 7}}));
  expectSql({});
}

TEST_P(Sql, OfUpsert) {
  EXPECT_EQ(table().upsert({{"a", 9}, {"c", "1"}}, {"c"})["id"].as<int>(), 1);
  expectSql({});
}

TEST_P(Sql, OfDelete) {
  EXPECT_TRUE(table().deleteById(2));
  EXPECT_EQ(table().deleteBy({{"a", 1}}), 1U);
  expectSql({});
}

TEST_P(Sql, OfExists) {
  EXPECT_TRUE(table().exists({{"a", 1}}));
  expectSql({});
}

TEST_P(Sql, OfACursor) {
  const CursorPage first = table().paginateByCursor({.size = 1, .orderBy = {"b"}});
  EXPECT_THAT(texts(first.rows, "c"), ElementsAre("2"));
  forget();
  EXPECT_EQ(
      table().paginateByCursor({.after = first.next, .size = 1, .orderBy = {"b"}}).rows.size(), 1U);
  expectSql({});
}

}  // namespace
}  // namespace sonde::conformance
