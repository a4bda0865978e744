// What SQLite makes of the SQL that is rendered for it.
#include <gtest/gtest.h>
#include <sonde/core/result_set.hpp>
#include <sonde/dialects/registry.hpp>
#include <sonde/introspect/schema.hpp>
#include <sonde/query/filter.hpp>
#include <sonde/query/tree.hpp>
#include <sonde/session/bound_args.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sonde {
namespace {

using namespace query;
using Ids = std::vector<std::int64_t>;

class SqliteRuns : public testing::Test {
 protected:
  SqliteRuns() {
    driver_ = makeDriver("sqlite");
    DriverOptions options;
    options.uri = Uri::parse("sqlite::memory:");
    options.access = AccessMode::CreateIfMissing;
    connection_ = driver_->connect(options, TransactionMode::Write);
    load(R"(
      CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT, number, data BLOB);
      INSERT INTO words (id, word, number) VALUES
        (1, 'Ada', 1), (2, 'ada', 2.5), (3, 'a%b', 3), (4, 'a_b', NULL), (5, 'a*b', 5),
        (6, 'a?b', 6), (7, 'a[b', 7), (8, 'axb', 8), (9, 'a\b', 9), (10, NULL, 0.1);)");
  }

  void load(const std::string& script) {
    connection_->executeScript(script);
    schema_ = Schema::build(connection_->readCatalog());
  }

  BlockPtr run(const Query& query, Args args) {
    const SqlCompiler& compiler = driver_->dialect().compiler();
    const PlanPtr plan = compiler.compile(query);
    const auto statement = connection_->prepare(plan->sql, false);
    BoundArgs bound;
    const Context context;
    statement->bind(bound.resolve(*plan, args, context, compiler));
    BlockPtr block = statement->fetch(0, 0);
    statement->reset();
    return block;
  }

  /// The ids of the words that match, in order.
  Ids find(const Filter& filter) {
    const Table& words = schema_->table("words");
    const FilterShape shape = filterShape(filter, words);
    Select select;
    select.sources = {{&words, "", JoinKind::None, nullptr}};
    select.items = {{column("id"), ""}};
    select.where = filterExpr(filter, words);
    select.orderBy = {{column("id"), false, std::nullopt, false}};
    Ids ids;
    for (const RowView row : ResultSet(run(select, shape.arguments))) {
      ids.push_back(row["id"].as<std::int64_t>());
    }
    return ids;
  }

  std::unique_ptr<Driver> driver_;
  std::unique_ptr<Connection> connection_;
  std::shared_ptr<const Schema> schema_;
};

TEST_F(SqliteRuns, MatchesRegardCaseUnlessToldOtherwise) {
  EXPECT_EQ(find({{"word", startsWith("A")}}), Ids{1});
  EXPECT_EQ(find({{"word", startsWith("AD").ignoreCase()}}), (Ids{1, 2}));
  EXPECT_EQ(find({{"word", like("ad_")}}), Ids{2});
  EXPECT_EQ(find({{"word", like("AD_").ignoreCase()}}), (Ids{1, 2}));
  EXPECT_EQ(find({{"word", eq("ADA").ignoreCase()}}), (Ids{1, 2}));
  EXPECT_EQ(find({{"word", in({"ADA", "AXB"}).ignoreCase()}}), (Ids{1, 2, 8}));
}

TEST_F(SqliteRuns, PlainTextHasNoWildcards) {
  const std::pair<const char*, std::int64_t> kCases[] = {{"a%b", 3}, {"a_b", 4}, {"a*b", 5},
                                                         {"a?b", 6}, {"a[b", 7}, {"a\\b", 9}};
  for (const auto& [text, id] : kCases) {
    for (const bool ignoreCase : {false, true}) {
      for (Condition test : {startsWith(text), endsWith(text), contains(text)}) {
        if (ignoreCase) test = test.ignoreCase();
        EXPECT_EQ(find({{"word", test}}), Ids{id}) << text;
      }
    }
  }
}

TEST_F(SqliteRuns, LikeHasItsWildcardsAndItsEscape) {
  for (const bool ignoreCase : {false, true}) {
    const auto matches = [&](const char* pattern) {
      return find({{"word", ignoreCase ? like(pattern).ignoreCase() : like(pattern)}});
    };
    EXPECT_EQ(matches("a_b"), (Ids{3, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(matches("a\\_b"), Ids{4});
    EXPECT_EQ(matches("a\\%b"), Ids{3});
    EXPECT_EQ(matches("a\\\\b"), Ids{9});
    EXPECT_EQ(matches("%*%"), Ids{5});
    EXPECT_EQ(matches("_d\\a"), ignoreCase ? (Ids{1, 2}) : (Ids{1, 2}));
    EXPECT_EQ(matches("b\\"), Ids{});
  }
}

TEST_F(SqliteRuns, ListsOfAnyLengthFindTheSame) {
  const std::vector<Value> few = {1, 2.5, 0.1, 7};
  EXPECT_EQ(find({{"number", in(few)}}), (Ids{1, 2, 7, 10}));
  std::vector<Value> words = {"ada", "a*b", "a\\b"};
  std::vector<Value> numbers = {1, 7};
  for (int i = 0; i < 3000; ++i) {
    words.emplace_back("w" + std::to_string(i));
    numbers.emplace_back(1000 + i);
  }
  EXPECT_EQ(find({{"word", in(words)}}), (Ids{2, 5, 9}));
  EXPECT_EQ(find({{"number", in(numbers)}}), (Ids{1, 7}));
  EXPECT_EQ(find({{"number", notIn(numbers)}}), (Ids{2, 3, 5, 6, 8, 9, 10}));
  numbers.emplace_back(0.1);
  EXPECT_EQ(find({{"number", in(numbers)}}), (Ids{1, 7, 10}));
}

TEST_F(SqliteRuns, ThousandsOfAlternativesStayBelowTheDepthThatSqliteReads) {
  std::vector<Condition> alternatives;
  for (int i = 0; i < 5000; ++i) alternatives.push_back(eq(1000 + i));
  alternatives.push_back(eq(7));
  EXPECT_EQ(find({{"number", any(alternatives)}}), Ids{7});
  for (Condition& one : alternatives) one = not_(one);
  EXPECT_EQ(find({{"number", all(alternatives)}}), (Ids{1, 2, 3, 5, 6, 8, 9, 10}));
}

TEST_F(SqliteRuns, NullsInConditionsMeanRowsWithoutAValue) {
  EXPECT_EQ(find({{"number", nullptr}}), Ids{4});
  EXPECT_EQ(find({{"number", in({1, nullptr})}}), (Ids{1, 4}));
  EXPECT_EQ(find({{"word", notIn({"Ada", nullptr})}}), (Ids{2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(find({{"number", ne(1)}}).size(), 8U);
  EXPECT_EQ(find({{"number", in({})}}), Ids{});
  EXPECT_EQ(find({{"number", notIn({})}}).size(), 10U);
  EXPECT_EQ(find(anyOf({})), Ids{});
  EXPECT_EQ(find({}).size(), 10U);
}

TEST_F(SqliteRuns, NullsComeFirstAscendingAndLastDescending) {
  const Table& words = schema_->table("words");
  const auto firstId = [&](bool descending, std::optional<NullsOrder> nulls) {
    Select select;
    select.sources = {{&words, "", JoinKind::None, nullptr}};
    select.items = {{column("id"), ""}};
    select.orderBy = {{column("number"), descending, nulls, false}};
    select.limit = constant(1);
    return ResultSet(run(select, {})).front()["id"].as<std::int64_t>();
  };
  EXPECT_EQ(firstId(false, std::nullopt), 4);
  EXPECT_EQ(firstId(false, NullsOrder::Last), 10);
  EXPECT_EQ(firstId(true, std::nullopt), 9);
  EXPECT_EQ(firstId(true, NullsOrder::First), 4);
}

TEST_F(SqliteRuns, UpsertsUpdateOnlyWhatTheConditionAllows) {
  const Table& words = schema_->table("words");
  Insert insert;
  insert.table = &words;
  insert.columns = {"id", "word", "number"};
  insert.rows = {{constant(1), constant("new"), nullptr}, {constant(2), constant("new"), nullptr}};
  insert.conflict =
      Conflict{{"id"}, true, {"word"}, compare(CompareOp::Gt, column("number"), constant(2))};
  insert.returning = {{column("id"), ""}};
  const ResultSet changed(run(insert, {}));
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed[0]["id"].as<int>(), 2);
  insert.conflict->update = false;
  insert.conflict->where = nullptr;
  EXPECT_TRUE(ResultSet(run(insert, {})).empty());
  EXPECT_EQ(find({{"word", "new"}}), Ids{2});
}

TEST_F(SqliteRuns, CorrelatedSubqueriesReachTheRightTable) {
  load(
      "CREATE TABLE notes (id INTEGER PRIMARY KEY, word_id); "
      "INSERT INTO notes VALUES (8, 1), (1, 3)");
  const Table& words = schema_->table("words");
  auto inner = std::make_shared<Select>();
  inner->sources = {{&schema_->table("notes"), "", JoinKind::None, nullptr}};
  inner->where = compare(CompareOp::Eq, column("word_id"), make(ColumnRef{0, "id", 1}));
  auto same = std::make_shared<Select>();
  same->sources = {{&words, "", JoinKind::None, nullptr}};
  same->where = compare(CompareOp::Gt, column("id"), make(ColumnRef{0, "id", 1}));
  const auto idsOf = [&](ExprPtr where) {
    Select select;
    select.sources = {{&words, "", JoinKind::None, nullptr}};
    select.items = {{column("id"), ""}};
    select.where = std::move(where);
    Ids ids;
    for (const RowView row : ResultSet(run(select, {})))
      ids.push_back(row["id"].as<std::int64_t>());
    return ids;
  };
  EXPECT_EQ(idsOf(make(Exists{inner})), (Ids{1, 3}));
  EXPECT_EQ(idsOf(negation(make(Exists{same}))), Ids{10});
  Delete deletion{&words, make(Exists{inner}), {{column("id"), ""}}, false};
  EXPECT_EQ(ResultSet(run(deletion, {})).size(), 2U);
}

TEST_F(SqliteRuns, ATemporaryTableDoesNotHideTheMainOne) {
  load("CREATE TEMP TABLE words (id INTEGER PRIMARY KEY, word TEXT)");
  const Table* main = schema_->findTable("main", "words");
  const Table* temp = schema_->findTable("temp", "words");
  ASSERT_NE(main, nullptr);
  ASSERT_NE(temp, nullptr);
  const auto rows = [&](const Table& table) {
    Select select;
    select.sources = {{&table, "", JoinKind::None, nullptr}};
    return run(select, {})->rowCount();
  };
  EXPECT_EQ(rows(*main), 10U);
  EXPECT_EQ(rows(*temp), 0U);
}

}  // namespace
}  // namespace sonde
