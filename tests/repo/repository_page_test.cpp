// Pages of repositories on a real database.
#include "repo_fixture.hpp"

#include <limits>
#include <set>

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Pages : public RepositoryTest {
 protected:
  Pages() {
    std::vector<Record> rows;
    for (int i = 1; i <= 47; ++i) {
      Record row{{"id", i}, {"c", i / 3.0}};
      if (i % 5 != 0) row.set("a", i % 4);  // ties and nulls
      if (i % 3 != 0) row.set("b", std::string(1, static_cast<char>('a' + i % 3)));
      rows.push_back(std::move(row));
    }
    t.insertMany(rows);
  }

  // Every id by cursor, in pages of `size`.
  std::vector<std::string> walk(const std::vector<std::string>& orderBy, std::uint64_t size,
                                const Filter& where = {},
                                const std::vector<std::string>& columns = {}) {
    std::vector<std::string> ids;
    CursorRequest request{{}, size, where, orderBy, columns};
    for (int pages = 0; pages < 100; ++pages) {
      const CursorPage page = t.paginateByCursor(request);
      EXPECT_LE(page.rows.size(), size);
      for (std::string& id : texts(page.rows, "id")) ids.push_back(std::move(id));
      if (!page.hasNext()) return ids;
      EXPECT_EQ(page.rows.size(), size);
      request.after = page.next;
    }
    ADD_FAILURE() << "the pages do not end";
    return ids;
  }

  std::vector<std::string> inOrder(std::vector<std::string> orderBy, const Filter& where = {}) {
    orderBy.emplace_back("id");
    return texts(t.findManyBy(where, {.orderBy = orderBy}), "id");
  }

  Repository t =
      made("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b TEXT, c REAL NOT NULL)", "t");
};

TEST_F(Pages, AreNumberedFromOne) {
  const Page first = t.paginate({.page = 1, .size = 10, .orderBy = {"-id"}});
  EXPECT_EQ(first.total, 47U);
  EXPECT_EQ(first.pages, 5U);
  EXPECT_TRUE(first.hasNext());
  EXPECT_FALSE(first.hasPrevious());
  EXPECT_EQ(texts(first.rows, "id").front(), "47");
  const Page last = t.paginate({.page = 5, .size = 10, .orderBy = {"-id"}});
  EXPECT_EQ(last.rows.size(), 7U);
  EXPECT_EQ(last.total, 47U);
  EXPECT_FALSE(last.hasNext());
  EXPECT_TRUE(last.hasPrevious());
  const Page beyond = t.paginate({.page = 9, .size = 10});
  EXPECT_TRUE(beyond.rows.empty());
  EXPECT_EQ(beyond.total, 47U);
}

TEST_F(Pages, CountOnlyWhatMeetsTheFilter) {
  const Page page = t.paginate({.page = 1, .size = 5, .where = {{"a", 1}}, .columns = {"id"}});
  EXPECT_EQ(page.total, t.count({{"a", 1}}));
  EXPECT_EQ(names(page.rows.columns()), std::vector<std::string>{"id"});
}

TEST_F(Pages, NeitherRepeatNorLoseRowsAcrossTies) {
  std::multiset<std::string> seen;
  for (std::uint64_t number = 1; number <= 10; ++number) {
    for (auto& id : texts(t.paginate({.page = number, .size = 5, .orderBy = {"a"}}).rows, "id")) {
      seen.insert(id);
    }
  }
  EXPECT_EQ(seen.size(), 47U);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 47U);
}

TEST_F(Pages, RefuseNumbersThatMeanNothing) {
  EXPECT_THROW((void)t.paginate({.page = 0}), ValidationError);
  EXPECT_THROW((void)t.paginate({.size = 0}), ValidationError);
  EXPECT_THROW((void)t.paginateByCursor({.size = 0}), ValidationError);
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  EXPECT_THROW((void)t.paginate({.page = kMax, .size = kMax}), ValidationError);
  EXPECT_TRUE(t.paginate({.page = 2, .size = std::uint64_t{1} << 62}).rows.empty());
  EXPECT_EQ(t.paginateByCursor({.size = kMax}).rows.size(), 47U);
}

TEST_F(Pages, ByCursorWalkEveryOrderWithTiesAndNulls) {
  const std::vector<std::vector<std::string>> orders = {{},
                                                        {"id"},
                                                        {"-id"},
                                                        {"a"},
                                                        {"-a"},
                                                        {"b"},
                                                        {"-b"},
                                                        {"a", "b"},
                                                        {"-a", "b"},
                                                        {"a", "-b"},
                                                        {"-a", "-b", "c"},
                                                        {"c"},
                                                        {"-c"},
                                                        {"b", "-id"},
                                                        {"a", "-c"}};
  for (const auto& order : orders) {
    for (const std::uint64_t size : {1U, 2U, 7U, 46U, 47U, 48U}) {
      auto expected = order;
      const auto rows =
          order.empty() ? inOrder({})
                        : texts(t.findAll({.orderBy =
                                               [&] {
                                                 bool hasId = false;
                                                 for (const auto& item : expected)
                                                   hasId = hasId || item == "id" || item == "-id";
                                                 if (!hasId) expected.emplace_back("id");
                                                 return expected;
                                               }()}),
                                "id");
      EXPECT_EQ(walk(order, size), rows) << testing::PrintToString(order) << " by " << size;
    }
  }
}

TEST_F(Pages, ByCursorObeyFilters) {
  const Filter where{{"a", in({1, 2})}};
  EXPECT_EQ(walk({"-b"}, 3, where), inOrder({"-b"}, where));
}

TEST_F(Pages, ByCursorGiveOnlyTheColumnsAskedFor) {
  const CursorPage page = t.paginateByCursor({.size = 3, .orderBy = {"-a", "b"}, .columns = {"c"}});
  EXPECT_EQ(names(page.rows.columns()), std::vector<std::string>{"c"});
  EXPECT_EQ(page.rows.size(), 3U);
  const CursorPage next =
      t.paginateByCursor({.after = page.next, .size = 3, .orderBy = {"-a", "b"}, .columns = {"c"}});
  EXPECT_EQ(next.rows.size(), 3U);
  EXPECT_EQ(walk({"a"}, 4, {}, {"id"}), inOrder({"a"}));
}

TEST_F(Pages, ByCursorNeitherRepeatNorLoseWhileRowsComeAndGo) {
  CursorRequest request{.size = 10, .orderBy = {"id"}};
  CursorPage page = t.paginateByCursor(request);
  t.deleteById(10);  // the row that the cursor stands on
  t.insert({{"id", 0}, {"c", 1.0}});
  request.after = page.next;
  page = t.paginateByCursor(request);
  EXPECT_EQ(texts(page.rows, "id").front(), "11");
}

TEST_F(Pages, ByCursorRefuseWhatIsNoCursorOfTheirs) {
  const std::string cursor = t.paginateByCursor({.size = 3, .orderBy = {"a"}}).next;
  EXPECT_THROW((void)t.paginateByCursor({.after = cursor, .orderBy = {"-a"}}), ValidationError);
  EXPECT_THROW((void)t.paginateByCursor({.after = "junk", .orderBy = {"a"}}), ValidationError);
  EXPECT_THROW((void)t.paginateByCursor({.after = cursor + "x", .orderBy = {"a"}}),
               ValidationError);
  run("CREATE TABLE u (id INTEGER PRIMARY KEY, a INT, b TEXT, c REAL)");
  EXPECT_THROW((void)db.getRepository("u").paginateByCursor({.after = cursor, .orderBy = {"a"}}),
               ValidationError);
  EXPECT_THAT(messageOf<SchemaError>([&] { (void)t.paginateByCursor({.orderBy = {"x"}}); }),
              HasSubstr("\"x\""));
}

TEST_F(Pages, ByCursorReachTablesWithoutAKeyByRowid) {
  run("CREATE TABLE log (line TEXT)");
  Repository log = db.getRepository("log");
  for (const char* line : {"c", "a", "b", "a"}) log.insert({{"line", line}});
  CursorPage page = log.paginateByCursor({.size = 2, .orderBy = {"line"}});
  EXPECT_THAT(texts(page.rows, "line"), ElementsAre("a", "a"));
  EXPECT_EQ(names(page.rows.columns()), std::vector<std::string>{"line"});
  page = log.paginateByCursor({.after = page.next, .size = 2, .orderBy = {"line"}});
  EXPECT_THAT(texts(page.rows, "line"), ElementsAre("b", "c"));
  EXPECT_FALSE(page.hasNext());
}

TEST_F(Pages, ByCursorFollowCompositeKeysAndCollations) {
  run("CREATE TABLE k (x TEXT COLLATE NOCASE, y INT, PRIMARY KEY (x, y)) WITHOUT ROWID;"
      "INSERT INTO k VALUES ('a', 1), ('B', 2), ('b', 1), ('A', 2), ('c', 0)");
  Repository k = db.getRepository("k");
  std::vector<std::string> seen;
  CursorRequest request{.size = 1};
  for (int i = 0; i < 5; ++i) {
    const CursorPage page = k.paginateByCursor(request);
    seen.push_back(page.rows[0]["x"].as<std::string>() + page.rows[0]["y"].as<std::string>());
    request.after = page.next;
  }
  EXPECT_TRUE(request.after.empty());
  EXPECT_THAT(seen, ElementsAre("a1", "A2", "b1", "B2", "c0"));
}

}  // namespace
}  // namespace sonde
