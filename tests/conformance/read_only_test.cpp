// Everything that reads, on the sample: the part of the suite that a driver which only reads is to
// pass (see sample.hpp). Only the results are looked at.
#include <nlohmann/json.hpp>

#include <sonde/core/error.hpp>

#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ReadOnly : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    makeSample();
    config().access = AccessMode::ReadOnly;
  }
  [[nodiscard]] Repository people() { return repo("people"); }
  [[nodiscard]] Repository numbers() { return repo("numbers"); }

  [[nodiscard]] std::vector<std::string> names(const Filter& filter) {
    return texts(people().findManyBy(filter, {.orderBy = {"id"}}), "name");
  }
  template <class... A>
  [[nodiscard]] std::vector<std::string> called(std::string_view finder, const A&... arguments) {
    return texts(people().call(finder, arguments...).rows(), "name");
  }
};

SONDE_ON_EVERY_READABLE_ENGINE(ReadOnly);

TEST_P(ReadOnly, KnowsTheTablesTheirColumnsAndKeys) {
  const auto table = people().table();
  std::vector<std::string> columns;
  std::vector<std::string> types;
  for (const Column& column : table->columns) {
    columns.push_back(column.name);
    types.emplace_back(typeName(column.type));
  }
  EXPECT_THAT(columns, ElementsAre("id", "name", "email", "age", "height", "active", "born",
                                   "seen_at", "note"));
  EXPECT_THAT(types, ElementsAre("integer", "text", "text", "integer", "real", "boolean", "date",
                                 "timestamp", "text"));
  ASSERT_TRUE(table->primaryKey);
  EXPECT_THAT(table->primaryKey->columns, ElementsAre("id"));
  EXPECT_NE(db().schema()->findTable("numbers"), nullptr);
}

TEST_P(ReadOnly, FindsARowByItsKeyOrNothing) {
  const auto ada = people().findById(1);
  ASSERT_TRUE(ada);
  EXPECT_EQ((*ada)["name"].text(), "Ada");
  EXPECT_EQ((*ada)["age"].as<int>(), 36);
  EXPECT_DOUBLE_EQ((*ada)["height"].as<double>(), 1.65);
  EXPECT_TRUE((*ada)["active"].as<bool>());
  EXPECT_FALSE(people().findById(4711));
  EXPECT_EQ(people().getById(2)["name"].text(), "Grace");
  EXPECT_THROW((void)people().getById(4711), NotFound);
  EXPECT_EQ((*people().findById(Record{{"id", 3}}))["name"].text(), "Edsger");
}

TEST_P(ReadOnly, FindsByEqualityAndByNull) {
  EXPECT_EQ((*people().findOneBy("email", "grace@example.org"))["id"].as<int>(), 2);
  EXPECT_FALSE(people().findOneBy("email", "nobody@example.org"));
  EXPECT_EQ(people().findManyBy("age", 36).size(), 2U);
  EXPECT_THAT(texts(people().findManyBy("email", nullptr), "name"),
              testing::UnorderedElementsAre("Lin", "Adam"));
  EXPECT_THAT(names({{"email", isNotNull()}, {"active", false}}),
              ElementsAre("Edsger", "Öykü", "Barbara", "Zoë"));
  EXPECT_EQ(people().getOneBy("name", "李")["id"].as<int>(), 6);
  EXPECT_THROW((void)people().getOneBy("age", 36), NotUnique);
  EXPECT_THROW((void)people().getOneBy("age", 4711), NotFound);
}

TEST_P(ReadOnly, ComparesNumbersDatesAndTimestamps) {
  EXPECT_THAT(names({{"age", gt(40)}}), ElementsAre("Grace", "Edsger", "李"));
  EXPECT_THAT(names({{"age", lte(0)}}), ElementsAre("Zoë", "O'Neil"));
  EXPECT_THAT(names({{"age", between(29, 36)}}), ElementsAre("Ada", "Öykü", "Barbara", "Adam"));
  EXPECT_THAT(names({{"height", gte(1.83)}}), ElementsAre("Edsger", "Adam", "Zoë"));
  EXPECT_THAT(names({{"born", lt("1900-01-01")}}), ElementsAre("Ada", "Zoë"));
  EXPECT_THAT(names({{"born", "1995-07-01"}}), ElementsAre("Öykü", "Adam"));
  EXPECT_THAT(names({{"seen_at", "2024-02-03 04:05:06"}}), ElementsAre("Grace", "Lin", "Adam"));
  EXPECT_THAT(names({{"seen_at", gt("2024-02-03 04:05:06")}}), ElementsAre("李", "Zoë"));
  EXPECT_THAT(names({{"active", true}, {"age", ne(36)}}),
              ElementsAre("Grace", "李", "Adam", "O'Neil"));
}

TEST_P(ReadOnly, LooksForMembersOfLists) {
  EXPECT_THAT(names({{"id", in({3, 1, 4711})}}), ElementsAre("Ada", "Edsger"));
  EXPECT_THAT(names({{"id", in({})}}), IsEmpty());
  EXPECT_EQ(people().count({{"id", notIn({})}}), 10U);
  EXPECT_THAT(names({{"age", in({36, nullptr})}}), ElementsAre("Ada", "Lin", "Barbara"));
  EXPECT_EQ(people().count({{"age", notIn({36, 29})}}), 5U) << "rows without a value match nothing";
  EXPECT_THAT(names({{"name", in({"李", "O'Neil"})}}), ElementsAre("李", "O'Neil"));
  EXPECT_THAT(names({{"born", in({"1995-07-01", "1815-12-10"})}}),
              ElementsAre("Ada", "Öykü", "Adam"));
  EXPECT_THAT(names({{"height", in({1.65, 0.5})}}), ElementsAre("Ada", "Barbara", "O'Neil"));
}

TEST_P(ReadOnly, CombinesConditions) {
  EXPECT_THAT(names(anyOf({{{"age", lt(0)}}, {{"name", "Lin"}}})), ElementsAre("Lin", "Zoë"));
  EXPECT_THAT(names(noneOf({{"age", gt(0)}})), ElementsAre("Zoë", "O'Neil"));
  EXPECT_THAT(names({{"age", any({lt(0), gt(80)})}}), ElementsAre("Grace", "Zoë"));
  EXPECT_THAT(names({{"age", not_(all({gt(0), lt(80)}))}}), ElementsAre("Grace", "Zoë", "O'Neil"));
  EXPECT_THAT(names(allOf({{{"active", true}}, anyOf({{{"id", 1}}, {{"id", 3}}})})),
              ElementsAre("Ada"));
}

TEST_P(ReadOnly, TakesPlainTextForWhatItIsInPatterns) {
  EXPECT_THAT(names({{"note", contains("100%")}}), ElementsAre("Ada"));
  EXPECT_THAT(names({{"note", contains("100")}}), ElementsAre("Ada", "O'Neil"));
  EXPECT_THAT(names({{"note", contains("a_b")}}), ElementsAre("Grace"));
  EXPECT_THAT(names({{"note", contains("\\")}}), ElementsAre("Edsger"));
  EXPECT_THAT(names({{"note", contains("k\\s")}}), ElementsAre("Edsger"));
  EXPECT_THAT(names({{"note", contains("\"")}}), ElementsAre("Barbara"));
  EXPECT_THAT(names({{"note", contains("two\nlines")}}), ElementsAre("Zoë"));
  EXPECT_THAT(names({{"note", contains("🐬")}}), ElementsAre("Öykü"));
  EXPECT_THAT(names({{"note", startsWith("a")}}), ElementsAre("Grace", "Barbara", "Adam"));
  EXPECT_THAT(names({{"note", startsWith("%")}}), IsEmpty());
  EXPECT_THAT(names({{"note", endsWith("b")}}), ElementsAre("Grace", "Adam"));
  EXPECT_THAT(names({{"note", endsWith("_b")}}), ElementsAre("Grace"));
  EXPECT_THAT(names({{"name", contains("'")}}), ElementsAre("O'Neil"));
  EXPECT_EQ(people().count({{"note", contains("")}}), 9U);
}

TEST_P(ReadOnly, TakesPatternsWithTheirSigns) {
  EXPECT_THAT(names({{"note", like("a_b")}}), ElementsAre("Grace", "Adam"));
  EXPECT_THAT(names({{"note", like("a\\_b")}}), ElementsAre("Grace"));
  EXPECT_THAT(names({{"note", like("100%")}}), ElementsAre("Ada", "O'Neil"));
  EXPECT_THAT(names({{"note", like("100\\%%")}}), ElementsAre("Ada"));
  EXPECT_THAT(names({{"note", like("%\\\\%")}}), ElementsAre("Edsger"));
  EXPECT_THAT(names({{"name", like("_")}}), ElementsAre("李")) << "one character, not one byte";
  EXPECT_THAT(names({{"note", like("")}}), ElementsAre("李"));
  EXPECT_THAT(names({{"name", not_(like("%a%"))}}),
              ElementsAre("Edsger", "Lin", "Öykü", "李", "Zoë", "O'Neil"));
}

TEST_P(ReadOnly, MindsTheCaseInPatternsUnlessToldNotTo) {
  EXPECT_THAT(names({{"name", contains("ad")}}), IsEmpty());
  EXPECT_THAT(names({{"name", contains("ad").ignoreCase()}}), ElementsAre("Ada", "Adam"));
  EXPECT_THAT(names({{"name", startsWith("ADA").ignoreCase()}}), ElementsAre("Ada", "Adam"));
  EXPECT_THAT(names({{"name", eq("ADA").ignoreCase()}}), ElementsAre("Ada"));
  EXPECT_THAT(names({{"name", like("a%")}}), IsEmpty());
  EXPECT_THAT(names({{"name", like("a%").ignoreCase()}}), ElementsAre("Ada", "Adam"));
}

TEST_P(ReadOnly, OrdersNullsFirstUpAndLastDown) {
  EXPECT_THAT(texts(people().findAll({.orderBy = {"age", "id"}}), "name"),
              ElementsAre("Lin", "Zoë", "O'Neil", "Öykü", "Adam", "Ada", "Barbara", "李", "Edsger",
                          "Grace"));
  EXPECT_THAT(texts(people().findAll({.orderBy = {"-age", "-id"}}), "name"),
              ElementsAre("Grace", "Edsger", "李", "Barbara", "Ada", "Adam", "Öykü", "O'Neil",
                          "Zoë", "Lin"));
  EXPECT_THAT(texts(people().findAll({.orderBy = {"email"}, .limit = 3}), "email"),
              ElementsAre("null", "null", "ada@example.org"));
}

TEST_P(ReadOnly, CutsTheResult) {
  EXPECT_THAT(texts(people().findAll({.orderBy = {"id"}, .limit = 2, .offset = 3}), "id"),
              ElementsAre("4", "5"));
  EXPECT_THAT(texts(people().findAll({.orderBy = {"id"}, .offset = 8}), "id"),
              ElementsAre("9", "10"));
  EXPECT_THAT(people().findAll({.limit = 0}), IsEmpty());
  const ResultSet some =
      people().findAll({.orderBy = {"id"}, .limit = 1, .columns = {"note", "id"}});
  EXPECT_EQ(some.json(), R"([{"note":"100% sure","id":1}])");
  EXPECT_EQ(people().findAll({.columns = {"active"}, .distinct = true}).size(), 2U);
}

TEST_P(ReadOnly, CountsAndSaysWhetherThereIsAny) {
  EXPECT_EQ(people().count(), 10U);
  EXPECT_EQ(numbers().count(), 300U);
  EXPECT_EQ(people().count({{"active", true}}), 6U);
  EXPECT_TRUE(people().exists({{"age", lt(0)}}));
  EXPECT_FALSE(people().exists({{"age", lt(-1)}}));
  EXPECT_TRUE(people().exists());
}

TEST_P(ReadOnly, GivesNumberedPages) {
  const Page second = numbers().paginate({.page = 2, .size = 7, .orderBy = {"-square"}});
  EXPECT_THAT(texts(second.rows, "id"),
              ElementsAre("293", "292", "291", "290", "289", "288", "287"));
  EXPECT_EQ(second.total, 300U);
  EXPECT_EQ(second.pages, 43U);
  EXPECT_TRUE(second.hasNext());
  const Page last = numbers().paginate({.page = 43, .size = 7, .orderBy = {"-square"}});
  EXPECT_THAT(texts(last.rows, "id"), ElementsAre("6", "5", "4", "3", "2", "1"));
  EXPECT_FALSE(last.hasNext());
  EXPECT_THAT(numbers().paginate({.page = 44, .size = 7}).rows, IsEmpty());
  EXPECT_EQ(numbers().paginate({.size = 5, .where = {{"third", isNull()}}}).total, 100U);
}

TEST_P(ReadOnly, GivesEveryRowOnceByCursorWhateverTheOrder) {
  for (const std::vector<std::string>& order :
       {std::vector<std::string>{}, {"-id"}, {"word"}, {"third", "-word"}, {"-third"}}) {
    const std::vector<std::string> all = [&] {
      std::vector<std::string> total = order;
      total.emplace_back("id");
      return texts(numbers().findAll({.orderBy = total}), "id");
    }();
    std::vector<std::string> seen;
    CursorRequest request{.size = 37, .orderBy = order};
    do {
      const CursorPage page = numbers().paginateByCursor(request);
      for (const std::string& id : texts(page.rows, "id")) seen.push_back(id);
      request.after = page.next;
    } while (!request.after.empty() && seen.size() <= 300);
    EXPECT_EQ(seen, all) << testing::PrintToString(order);
  }
  EXPECT_THROW((void)numbers().paginateByCursor({.after = "nonsense"}), ValidationError);
}

TEST_P(ReadOnly, HandsRowsOverOneByOne) {
  int sum = 0;
  numbers().forEach({.orderBy = {"id"}}, [&](RowView row) { sum += row["id"].as<int>(); });
  EXPECT_EQ(sum, 300 * 301 / 2);
  std::vector<int> first;
  numbers().forEach({.orderBy = {"id"}}, [&](RowView row) {
    first.push_back(row["id"].as<int>());
    return first.size() < 3;
  });
  EXPECT_THAT(first, ElementsAre(1, 2, 3));
  EXPECT_EQ(numbers().count(), 300U) << "after a stream that was left";
}

TEST_P(ReadOnly, WritesTheSameJson) {
  const std::string expected =
      R"({"id":1,"name":"Ada","email":"ada@example.org","age":36,"height":1.65,"active":true,)"
      R"("born":"1815-12-10","seen_at":"2024-01-02T03:04:05","note":"100% sure"},)"
      R"({"id":4,"name":"Lin","email":null,"age":null,"height":null,"active":true,"born":null,)"
      R"("seen_at":"2024-02-03T04:05:06","note":null},)"
      R"({"id":5,"name":"Öykü","email":"oyku@example.org","age":29,"height":1.58,"active":false,)"
      R"("born":"1995-07-01","seen_at":"2023-12-31T23:59:59","note":"🐬 outside the plane"},)"
      R"({"id":6,"name":"李","email":"li@example.org","age":41,"height":1.72,"active":true,)"
      R"("born":"1982-02-28","seen_at":"2024-02-29T00:00:00","note":""},)"
      R"({"id":9,"name":"Zoë","email":"zoe@example.org","age":-1,"height":2.5,"active":false,)"
      R"("born":"0001-01-01","seen_at":"9999-12-31T23:59:59","note":"two\nlines"})";
  const FindOptions options{.where = {{"id", in({1, 4, 5, 6, 9})}}, .orderBy = {"id"}};
  EXPECT_EQ(people().findAll(options).json(), "[" + expected + "]");
  std::string streamed;
  EXPECT_EQ(people().streamJson(options, [&](std::string_view piece) { streamed += piece; }), 5U);
  EXPECT_EQ(streamed, "[" + expected + "]");
  EXPECT_EQ(people().findById(1)->toJson().dump(), expected.substr(0, expected.find('}') + 1));
}

TEST_P(ReadOnly, AnswersFindersByName) {
  EXPECT_EQ(people().call("findOneByEmail", "grace@example.org").row()->toJson()["id"], 2);
  EXPECT_THAT(called("findManyByAgeGreaterThanOrderByAgeDesc", 40),
              ElementsAre("Grace", "Edsger", "李"));
  EXPECT_THAT(called("findByNameContainingIgnoreCaseOrderById", "AD"), ElementsAre("Ada", "Adam"));
  EXPECT_THAT(called("findByNoteStartingWithAndActiveTrueOrderById", "a"),
              ElementsAre("Grace", "Adam"));
  EXPECT_THAT(called("find_all_by_seen_at_between_order_by_id", "2023-01-01 00:00:00",
                     "2024-01-31 00:00:00"),
              ElementsAre("Ada", "Öykü"));
  EXPECT_THAT(called("findByIdInOrderByIdDesc", std::vector<Value>{1, 2, 3}),
              ElementsAre("Edsger", "Grace", "Ada"));
  EXPECT_THAT(called("findFirst2ByBornIsNotNullOrderByBorn"), ElementsAre("Zoë", "Ada"));
  EXPECT_THAT(called("findByEmailIsNullOrAgeLessThanOrderById", 0),
              ElementsAre("Lin", "Adam", "Zoë"));
  EXPECT_EQ(people().call("countByActiveTrue").count(), 6U);
  EXPECT_TRUE(people().call("existsByAge", 36).exists());
  EXPECT_FALSE(people().call("existsByAge", 37).exists());
  EXPECT_THROW(people().call("getOneByAge", 36), NotUnique);
}

TEST_P(ReadOnly, NamesTheNearestForWhatIsNotThere) {
  EXPECT_THROW((void)repo("poeple"), SchemaError);
  try {
    (void)people().findOneBy("nmae", "Ada");
    FAIL() << "there is no such column";
  } catch (const SchemaError& error) {
    EXPECT_THAT(error.suggestions(), testing::Contains("name"));
  }
  EXPECT_THROW(people().call("findByNmae", "Ada"), SchemaError);
  EXPECT_THROW(people().call("findByName"), ValidationError);
}

TEST_P(ReadOnly, StopsAtADeadlineThatPassed) {
  const Context late = Context().timeout(std::chrono::milliseconds(0));
  EXPECT_THROW((void)db().with(late).getRepository("people").findAll(), Timeout);
  EXPECT_EQ(people().count(), 10U) << "the connection stays of use";
}

TEST_P(ReadOnly, ServesManyThreads) {
  const Repository all = numbers();
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 1; i <= 50; ++i) {
        const int id = (t * 50 + i) % 300 + 1;
        const auto row = all.findById(id);
        if (!row || (*row)["square"].as<int>() != id * id) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace sonde::conformance
