#include <sonde/monitor/advisor/unused.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "shop_schema.hpp"

namespace sonde::advisor {
namespace {

using test::foreignKey;
using test::indexOn;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

constexpr UnusedLimits kMonth{720h, 1000};

/// The posts of a forum, whose indexes all have these counts.
class UnusedIndexes : public testing::Test {
 protected:
  UnusedIndexes() {
    users_ = test::tableOf("users", {"id"});
    posts_ = test::tableOf("posts", {"id", "user_id", "title", "created_at"});
    usage_.counted = 1000h;
  }

  void add(Index index, double reads = 0, std::optional<std::uint64_t> bytes = 5000) {
    usage_.indexes.push_back({"main", "posts", index.name, reads, bytes});
    posts_.indexes.push_back(std::move(index));
  }

  std::vector<std::string> found(const UnusedLimits& limits = kMonth) {
    Catalog catalog;
    catalog.dialect = "postgresql";
    catalog.tables = {users_, posts_};
    const auto schema = Schema::build(std::move(catalog));
    std::vector<std::string> names;
    for (const UnusedIndex& unused : unusedIndexes(*schema, usage_, limits)) {
      names.push_back(unused.table->name + "." + unused.index->name);
    }
    return names;
  }

  Table users_;
  Table posts_;
  IndexUsage usage_;
};

TEST_F(UnusedIndexes, AreThoseThatNobodyRead) {
  add(indexOn("by_title", {"title"}));
  add(indexOn("by_time", {"created_at"}), 1);
  EXPECT_THAT(found(), ElementsAre("posts.by_title"));
}

TEST_F(UnusedIndexes, AreNamedOnlyOnceTheServerHasCountedForLong) {
  add(indexOn("by_title", {"title"}));
  usage_.counted = 719h;
  EXPECT_THAT(found(), IsEmpty());
  usage_.counted = 720h;
  EXPECT_THAT(found(), ElementsAre("posts.by_title"));
}

TEST_F(UnusedIndexes, AreNotThoseThatNobodyCounted) {
  posts_.indexes.push_back(indexOn("by_title", {"title"}));
  EXPECT_THAT(found(), IsEmpty());
  usage_.indexes.push_back({"other", "posts", "by_title", 0, {}});
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnusedIndexes, AreNeverThoseThatKeepRowsUniqueOrBackAConstraint) {
  Index unique = indexOn("once", {"title"});
  unique.unique = true;
  add(unique);
  Index exclusion = indexOn("apart", {"created_at"});
  exclusion.origin = "exclusion";
  add(exclusion);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(UnusedIndexes, AreNeverTheOnlyOneThatAForeignKeyHas) {
  posts_.foreignKeys = {foreignKey({"user_id"}, "users", {"id"})};
  add(indexOn("by_user", {"user_id"}));
  EXPECT_THAT(found(), IsEmpty());
  add(indexOn("by_user_and_time", {"user_id", "created_at"}));
  EXPECT_THAT(found(), ElementsAre("posts.by_user", "posts.by_user_and_time"));
}

TEST_F(UnusedIndexes, AreOfSomeSizeWhereThatIsKnown) {
  add(indexOn("small", {"title"}), 0, 999);
  add(indexOn("unknown", {"created_at"}), 0, std::nullopt);
  EXPECT_THAT(found(), ElementsAre("posts.unknown"));
}

TEST_F(UnusedIndexes, AreNotThoseThatAreSwitchedOff) {
  Index ignored = indexOn("ignored", {"title"});
  ignored.valid = false;
  add(ignored);
  EXPECT_THAT(found(), IsEmpty());
}

}  // namespace
}  // namespace sonde::advisor
