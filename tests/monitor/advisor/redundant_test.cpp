#include <sonde/monitor/advisor/redundant.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "shop_schema.hpp"

namespace sonde::advisor {
namespace {

using test::foreignKey;
using test::indexOn;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Table postsWith(std::vector<Index> indexes) {
  Table table = test::tableOf("posts", {"id", "user_id", "title", "created_at"});
  table.indexes = std::move(indexes);
  return table;
}

/// "index < keeper" for a prefix, "index = keeper" for an equal one.
std::vector<std::string> found(std::vector<Table> tables) {
  Catalog catalog;
  catalog.dialect = "postgresql";
  catalog.tables = std::move(tables);
  const auto schema = Schema::build(std::move(catalog));
  std::vector<std::string> lines;
  for (const RedundantIndex& redundant : redundantIndexes(*schema)) {
    lines.push_back(redundant.index->name + (redundant.equal ? " = " : " < ") +
                    (redundant.keeper != nullptr ? redundant.keeper->name : "rowid"));
  }
  return lines;
}

TEST(RedundantIndexes, AreThoseThatAnotherOneBeginsWith) {
  EXPECT_THAT(found({postsWith(
                  {indexOn("narrow", {"user_id"}), indexOn("wide", {"user_id", "created_at"})})}),
              ElementsAre("narrow < wide"));
}

TEST(RedundantIndexes, AreNeverTheWiderOnes) {
  EXPECT_THAT(found({postsWith(
                  {indexOn("wide", {"created_at", "user_id"}), indexOn("narrow", {"user_id"})})}),
              IsEmpty());
}

TEST(RedundantIndexes, OfEqualOnesOneStays) {
  EXPECT_THAT(found({postsWith({indexOn("a", {"user_id"}), indexOn("b", {"user_id"}),
                                indexOn("c", {"user_id"})})}),
              ElementsAre("b = a", "c = a"));
  Index key = indexOn("key", {"user_id"});
  key.unique = true;
  key.origin = "unique";
  EXPECT_THAT(found({postsWith({indexOn("a", {"user_id"}), key})}), ElementsAre("a = key"));
}

TEST(RedundantIndexes, AreReadFromEitherEnd) {
  Index down = indexOn("down", {"user_id", "created_at"});
  down.parts[0].descending = down.parts[1].descending = true;
  EXPECT_THAT(found({postsWith({down, indexOn("up", {"user_id", "created_at"})})}),
              ElementsAre("up = down"));
  Index mixed = indexOn("mixed", {"user_id", "created_at"});
  mixed.parts[1].descending = true;
  EXPECT_THAT(found({postsWith({mixed, indexOn("up", {"user_id", "created_at"})})}), IsEmpty());
  Index nulls = indexOn("nulls", {"user_id"});
  nulls.parts[0].nullsFirst = true;
  Index last = indexOn("last", {"user_id"});
  last.parts[0].nullsFirst = false;
  EXPECT_THAT(found({postsWith({nulls, last})}), IsEmpty());
}

TEST(RedundantIndexes, DifferInEverythingThatCounts) {
  const Index plain = indexOn("plain", {"title", "user_id"});
  const auto differing = [&](const auto& change) {
    Index other = indexOn("other", {"title"});
    change(other);
    return found({postsWith({other, plain})});
  };
  EXPECT_THAT(differing([](Index&) {}), ElementsAre("other < plain"));
  EXPECT_THAT(differing([](Index& i) { i.parts[0].collation = "NOCASE"; }), IsEmpty());
  EXPECT_THAT(differing([](Index& i) { i.parts[0].opclass = "text_pattern_ops"; }), IsEmpty());
  EXPECT_THAT(differing([](Index& i) { i.where = "user_id > 3"; }), IsEmpty());
  EXPECT_THAT(differing([](Index& i) { i.method = "hash"; }), IsEmpty());
  EXPECT_THAT(differing([](Index& i) {
                i.parts[0].column.clear();
                i.parts[0].expression = "lower(title)";
              }),
              IsEmpty());
  EXPECT_THAT(differing([](Index& i) { i.include = {"created_at"}; }), IsEmpty());
  EXPECT_THAT(differing([](Index& i) { i.include = {"user_id"}; }), ElementsAre("other < plain"));
  EXPECT_THAT(differing([](Index& i) { i.unique = true; }), IsEmpty());
  EXPECT_THAT(differing([](Index& i) { i.origin = "unique"; }), IsEmpty());
}

// MySQL's sys.schema_redundant_indexes would drop the full KEY(c) for the prefix KEY(c(5)).
TEST(RedundantIndexes, AreNotDoneByPrefixesOfTheirColumns) {
  Index prefix = indexOn("prefix", {"title"});
  prefix.parts[0].prefixLength = 5;
  EXPECT_THAT(found({postsWith({prefix, indexOn("full", {"title"})})}), IsEmpty());
  Index longer = indexOn("longer", {"title", "user_id"});
  longer.parts[0].prefixLength = 5;
  EXPECT_THAT(found({postsWith({longer, prefix})}), ElementsAre("prefix < longer"));
}

TEST(RedundantIndexes, AreNotDoneByInvalidOnes) {
  Index wide = indexOn("wide", {"user_id", "created_at"});
  wide.valid = false;
  EXPECT_THAT(found({postsWith({indexOn("narrow", {"user_id"}), wide})}), IsEmpty());
}

TEST(RedundantIndexes, KeepRowsUniqueWhereNothingElseDoes) {
  Index unique = indexOn("unique", {"title"});
  unique.unique = true;
  EXPECT_THAT(found({postsWith({unique, indexOn("wide", {"title", "user_id"})})}), IsEmpty());
  Index again = unique;
  again.name = "again";
  EXPECT_THAT(found({postsWith({unique, again})}), ElementsAre("again = unique"));
  EXPECT_THAT(found({postsWith({unique, indexOn("plain", {"title"})})}),
              ElementsAre("plain = unique"));
}

TEST(RedundantIndexes, StayWhereAForeignKeyRefersToThem) {
  Index unique = indexOn("unique", {"title"});
  unique.unique = true;
  Index again = unique;
  again.name = "again";
  Table tags = test::tableOf("tags", {"id", "title"});
  tags.foreignKeys = {foreignKey({"title"}, "posts", {"title"})};
  EXPECT_THAT(found({postsWith({unique, again}), tags}), IsEmpty());
}

TEST(RedundantIndexes, RepeatTheRowid) {
  EXPECT_THAT(found({postsWith({indexOn("again", {"id"}), indexOn("more", {"id", "title"})})}),
              ElementsAre("again = rowid"));
}

TEST(RedundantIndexes, OfOtherMethodsAreEqualOrNot) {
  Index words = indexOn("words", {"title"});
  words.method = "gist";
  Index both = indexOn("both", {"title", "user_id"});
  both.method = "gist";
  EXPECT_THAT(found({postsWith({words, both})}), IsEmpty());
}

std::vector<std::string> unsupported(std::vector<Index> indexes,
                                     std::vector<std::string> columns = {"user_id"}) {
  Table posts = postsWith(std::move(indexes));
  Table users = test::tableOf("users", {"id", "title"});
  posts.foreignKeys = {foreignKey(columns, "users", {"id", "title"})};
  posts.foreignKeys[0].references.columns.resize(columns.size());
  Catalog catalog;
  catalog.tables = {posts, users};
  const auto schema = Schema::build(std::move(catalog));
  std::vector<std::string> lines;
  for (const UnsupportedForeignKey& missing : unsupportedForeignKeys(*schema)) {
    lines.push_back(missing.table->name + "." + missing.key->columns.front());
  }
  return lines;
}

TEST(ForeignKeys, WantAnIndexThatBeginsWithTheirColumns) {
  EXPECT_THAT(unsupported({}), ElementsAre("posts.user_id"));
  EXPECT_THAT(unsupported({indexOn("other", {"title", "user_id"})}), ElementsAre("posts.user_id"));
  EXPECT_THAT(unsupported({indexOn("own", {"user_id", "title"})}), IsEmpty());
  EXPECT_THAT(unsupported({indexOn("own", {"title", "user_id"})}, {"user_id", "title"}), IsEmpty());
}

TEST(ForeignKeys, AreFoundByThePrimaryKeyToo) { EXPECT_THAT(unsupported({}, {"id"}), IsEmpty()); }

TEST(ForeignKeys, ArePartlyIndexedOnlyWhereNullsAreLeftOut) {
  Index some = indexOn("some", {"user_id"});
  some.where = "(user_id IS NOT NULL)";
  EXPECT_THAT(unsupported({some}), IsEmpty());
  some.where = "title = 'x'";
  EXPECT_THAT(unsupported({some}), ElementsAre("posts.user_id"));
  Index broken = indexOn("broken", {"user_id"});
  broken.valid = false;
  EXPECT_THAT(unsupported({broken}), ElementsAre("posts.user_id"));
}

}  // namespace
}  // namespace sonde::advisor
