// Reads of repositories on a real database.
#include "repo_fixture.hpp"

#include <limits>
#include <nlohmann/json.hpp>

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RepositoryReads : public RepositoryTest {
 protected:
  Repository users = made(std::string(kUsers) + kPeople, "users");
};

TEST_F(RepositoryReads, FindARowByKey) {
  const auto ada = users.findById(1);
  ASSERT_TRUE(ada);
  EXPECT_EQ((*ada)["name"].text(), "Ada");
  EXPECT_EQ(names(ada->columns()),
            (std::vector<std::string>{"id", "name", "email", "age", "active", "created_at"}));
  EXPECT_FALSE(users.findById(99));
  EXPECT_FALSE(users.findById(nullptr));
  EXPECT_TRUE(users.findById("1"));
  EXPECT_EQ(users.getById(2)["name"].text(), "Grace");
  EXPECT_THROW((void)users.getById(99), NotFound);
}

TEST_F(RepositoryReads, GiveBackKeysOfEveryForm) {
  const Value key = users.insert({{"name", "Barbara"}});
  EXPECT_EQ(users.getById(key)["name"].text(), "Barbara");
  EXPECT_EQ(users.getById(Record{{"id", key}})["name"].text(), "Barbara");
  EXPECT_EQ(users.getById(Value::object({{"id", key}}))["name"].text(), "Barbara");
}

TEST_F(RepositoryReads, RefuseAKeyThatIsNone) {
  EXPECT_THROW((void)users.findById(Record{{"name", "Ada"}}), ValidationError);
  EXPECT_THROW((void)users.findById(Value::array({1, 2})), ValidationError);
  EXPECT_THROW((void)users.findById(std::vector<Value>{1, 2}), ValidationError);
}

TEST_F(RepositoryReads, FindByOneColumn) {
  EXPECT_EQ((*users.findOneBy("email", "ada@example.org"))["id"].as<int>(), 1);
  EXPECT_EQ((*users.findOneBy("EMAIL", "ada@example.org"))["id"].as<int>(), 1);
  EXPECT_FALSE(users.findOneBy("email", "nobody"));
  EXPECT_EQ((*users.findOneBy("email", nullptr))["name"].text(), "Lin");
  EXPECT_THAT(texts(users.findManyBy("active", true), "name"), ElementsAre("Ada", "Grace", "Lin"));
  EXPECT_THAT(texts(users.findManyBy("age", nullptr), "name"), ElementsAre("Lin"));
}

TEST_F(RepositoryReads, InsistOnOneRow) {
  EXPECT_EQ(users.getOneBy("name", "Ada")["id"].as<int>(), 1);
  EXPECT_EQ(users.getOneBy("email", nullptr)["id"].as<int>(), 4);
  EXPECT_THROW((void)users.getOneBy("name", "Nobody"), NotFound);
  EXPECT_THROW((void)users.getOneBy("active", true), NotUnique);
  EXPECT_THROW((void)users.getOneBy({{"active", true}}), NotUnique);
  EXPECT_EQ(users.getOneBy({{"active", false}})["id"].as<int>(), 3);
}

TEST_F(RepositoryReads, NameTheNearestTableAndColumn) {
  EXPECT_THAT(messageOf<SchemaError>([&] { (void)db.getRepository("user"); }), HasSubstr("users"));
  EXPECT_THAT(messageOf<SchemaError>([&] { (void)users.findOneBy("emial", "x"); }),
              HasSubstr("email"));
  EXPECT_THAT(messageOf<SchemaError>([&] { (void)users.findAll({.orderBy = {"-nmae"}}); }),
              HasSubstr("name"));
  EXPECT_THAT(messageOf<SchemaError>([&] { (void)users.findAll({.columns = {"nmae"}}); }),
              HasSubstr("name"));
  EXPECT_THAT(messageOf<SchemaError>([&] { (void)users.count({{"agee", 1}}); }), HasSubstr("age"));
}

TEST_F(RepositoryReads, RefuseAListWhereOneValueIsCompared) {
  EXPECT_THROW((void)users.findOneBy("id", std::vector<Value>{1, 2}), ValidationError);
}

TEST_F(RepositoryReads, FilterByEveryCondition) {
  const auto found = [&](const Filter& filter) {
    return texts(users.findManyBy(filter, {.orderBy = {"id"}}), "id");
  };
  EXPECT_THAT(found({{"age", eq(36)}}), ElementsAre("1"));
  EXPECT_THAT(found({{"age", ne(36)}}), ElementsAre("2", "3"));
  EXPECT_THAT(found({{"age", gt(36)}}), ElementsAre("2", "3"));
  EXPECT_THAT(found({{"age", gte(36)}}), ElementsAre("1", "2", "3"));
  EXPECT_THAT(found({{"age", lt(45)}}), ElementsAre("1"));
  EXPECT_THAT(found({{"age", lte(45)}}), ElementsAre("1", "2"));
  EXPECT_THAT(found({{"age", in({36, 72})}}), ElementsAre("1", "3"));
  EXPECT_THAT(found({{"age", in({})}}), IsEmpty());
  EXPECT_THAT(found({{"age", notIn({36})}}), ElementsAre("2", "3"));
  EXPECT_THAT(found({{"age", between(40, 50)}}), ElementsAre("2"));
  EXPECT_THAT(found({{"name", like("_da")}}), ElementsAre("1"));
  EXPECT_THAT(found({{"name", startsWith("G")}}), ElementsAre("2"));
  EXPECT_THAT(found({{"name", startsWith("g")}}), IsEmpty());
  EXPECT_THAT(found({{"name", startsWith("g").ignoreCase()}}), ElementsAre("2"));
  EXPECT_THAT(found({{"name", endsWith("er")}}), ElementsAre("3"));
  EXPECT_THAT(found({{"name", contains("a")}}), ElementsAre("1", "2"));
  EXPECT_THAT(found({{"name", contains("%")}}), IsEmpty());
  EXPECT_THAT(found({{"age", isNull()}}), ElementsAre("4"));
  EXPECT_THAT(found({{"age", nullptr}}), ElementsAre("4"));
  EXPECT_THAT(found({{"age", not_(gt(40))}}), ElementsAre("1"));
  EXPECT_THAT(found({{"age", all({gt(30), lt(50)})}}), ElementsAre("1", "2"));
  EXPECT_THAT(found({{"age", any({lt(40), gt(70)})}}), ElementsAre("1", "3"));
  EXPECT_THAT(found({{"age", gt(30)}, {"active", true}}), ElementsAre("1", "2"));
  EXPECT_THAT(found(anyOf({{{"id", 1}}, {{"id", 4}}})), ElementsAre("1", "4"));
  EXPECT_THAT(found(anyOf({})), IsEmpty());
  EXPECT_THAT(found(noneOf({{"id", 1}})), ElementsAre("2", "3", "4"));
  EXPECT_THAT(found({}), ElementsAre("1", "2", "3", "4"));
}

TEST_F(RepositoryReads, ObeyOptions) {
  EXPECT_THAT(texts(users.findAll({.orderBy = {"-name"}}), "name"),
              ElementsAre("Lin", "Grace", "Edsger", "Ada"));
  EXPECT_THAT(texts(users.findAll({.orderBy = {"active", "-age"}}), "id"),
              ElementsAre("3", "2", "1", "4"));
  EXPECT_THAT(texts(users.findAll({.orderBy = {"age"}}), "id"), ElementsAre("4", "1", "2", "3"));
  EXPECT_THAT(texts(users.findAll({.orderBy = {"-age"}}), "id"), ElementsAre("3", "2", "1", "4"));
  EXPECT_THAT(texts(users.findAll({.orderBy = {"id"}, .limit = 2, .offset = 1}), "id"),
              ElementsAre("2", "3"));
  EXPECT_THAT(texts(users.findAll({.orderBy = {"id"}, .offset = 3}), "id"), ElementsAre("4"));
  EXPECT_THAT(texts(users.findAll({.limit = 0}), "id"), IsEmpty());
  EXPECT_EQ(users.findAll({.limit = std::numeric_limits<std::uint64_t>::max()}).size(), 4U);
  EXPECT_EQ(names(users.findAll({.columns = {"name", "ID"}}).columns()),
            (std::vector<std::string>{"name", "id"}));
  EXPECT_EQ(users.findAll({.columns = {"active"}, .distinct = true}).size(), 2U);
  EXPECT_THAT(texts(users.findManyBy({{"active", true}}, {.where = {{"age", gt(40)}}}), "id"),
              ElementsAre("2"));
  EXPECT_EQ((*users.findOneBy({{"active", true}}, {.orderBy = {"-id"}}))["id"].as<int>(), 4);
}

TEST_F(RepositoryReads, CountAndAskWhetherThereAreAny) {
  EXPECT_EQ(users.count(), 4U);
  EXPECT_EQ(users.count({{"active", true}}), 3U);
  EXPECT_TRUE(users.exists());
  EXPECT_TRUE(users.exists({{"name", "Lin"}}));
  EXPECT_FALSE(users.exists({{"name", "Nobody"}}));
}

TEST_F(RepositoryReads, GiveLogicalValues) {
  const Row row = users.getById(1);
  EXPECT_EQ(row["active"].kind(), Value::Kind::Boolean);
  EXPECT_EQ(row.toJson().dump(),
            R"({"id":1,"name":"Ada","email":"ada@example.org","age":36,"active":true,)"
            R"("created_at":"2024-01-02T03:04:05"})");
}

TEST_F(RepositoryReads, StreamRowsAndStopWhenTold) {
  std::vector<std::string> seen;
  users.forEach({.orderBy = {"id"}}, [&](RowView row) { seen.emplace_back(row["name"].text()); });
  EXPECT_THAT(seen, ElementsAre("Ada", "Grace", "Edsger", "Lin"));
  seen.clear();
  users.forEach({.orderBy = {"id"}}, [&](RowView row) {
    seen.emplace_back(row["name"].text());
    return seen.size() < 2;
  });
  EXPECT_THAT(seen, ElementsAre("Ada", "Grace"));
}

TEST_F(RepositoryReads, StreamJsonEqualToKeptRows) {
  std::string streamed;
  const auto count =
      users.streamJson({.orderBy = {"id"}}, [&](std::string_view piece) { streamed += piece; });
  EXPECT_EQ(count, 4U);
  EXPECT_EQ(streamed, users.findAll({.orderBy = {"id"}}).json());
  std::string none;
  users.streamJson({.where = {{"id", 99}}}, [&](std::string_view piece) { none += piece; });
  EXPECT_EQ(none, "[]");
}

TEST_F(RepositoryReads, PassOnWhatACallbackThrows) {
  EXPECT_THROW(users.forEach({}, [](RowView) { throw std::runtime_error("mine"); }),
               std::runtime_error);
  EXPECT_EQ(users.count(), 4U);
}

TEST_F(RepositoryReads, MayWriteInsideAStream) {
  int seen = 0;
  users.forEach({.where = {{"id", lte(4)}}, .orderBy = {"id"}}, [&](RowView row) {
    ++seen;
    users.update(row["id"].as<int>(), {{"age", seen}});
  });
  EXPECT_EQ(seen, 4);
  EXPECT_EQ(scalar("SELECT sum(age) FROM users"), "10");
}

TEST_F(RepositoryReads, FollowTheTransactionTheyBelongTo) {
  db.transaction([&](Transaction& tx) {
    Repository inside = tx.getRepository("users");
    inside.insert({{"name", "Barbara"}});
    EXPECT_EQ(inside.count(), 5U);
    EXPECT_EQ(inside.findManyBy("name", "Barbara").size(), 1U);
  });
  EXPECT_EQ(users.count(), 5U);
}

class RepositoryTables : public RepositoryTest {};

TEST_F(RepositoryTables, WithCompositeKeys) {
  run("CREATE TABLE items (order_id INT, line INT, name TEXT, PRIMARY KEY (line, order_id));"
      "INSERT INTO items VALUES (7, 1, 'a'), (7, 2, 'b'), (8, 1, 'c');");
  Repository items = db.getRepository("items");
  EXPECT_EQ(items.getById({{"order_id", 7}, {"line", 2}})["name"].text(), "b");
  EXPECT_EQ(items.getById({{"LINE", 1}, {"Order_Id", 8}})["name"].text(), "c");
  EXPECT_THAT(messageOf<ValidationError>([&] { (void)items.findById(7); }), HasSubstr("order_id"));
  EXPECT_THAT(messageOf<ValidationError>([&] {
                (void)items.findById(Record{{"line", 1}});
              }),
              HasSubstr("\"order_id\" is missing"));
  EXPECT_THAT(messageOf<ValidationError>([&] {
                (void)items.findById({{"line", 1}, {"order_id", 7}, {"name", "a"}});
              }),
              HasSubstr("\"name\""));
  const Value key = items.insert({{"order_id", 9}, {"line", 5}, {"name", "d"}});
  EXPECT_EQ(key.find("line")->as<int>(), 5);
  EXPECT_EQ(items.getById(key)["name"].text(), "d");
  EXPECT_EQ((*items.update(key, {{"name", "e"}, {"line", 6}}))["line"].as<int>(), 6);
  EXPECT_TRUE(items.deleteById({{"order_id", 9}, {"line", 6}}));
  EXPECT_FALSE(items.deleteById(key));
  EXPECT_EQ(items.count(), 3U);
}

TEST_F(RepositoryTables, WithoutAKeyAreReachedByRowid) {
  run("CREATE TABLE log (line TEXT)");
  Repository log = db.getRepository("log");
  EXPECT_EQ(log.insert({{"line", "one"}}).as<int>(), 1);
  EXPECT_EQ(log.create({{"line", "two"}})["line"].text(), "two");
  EXPECT_EQ((*log.findById(2))["line"].text(), "two");
  EXPECT_EQ(names(log.findById(2)->columns()), std::vector<std::string>{"line"});
  EXPECT_EQ(log.findAll({.columns = {"rowid", "line"}}).size(), 2U);
  EXPECT_EQ((*log.update(1, {{"line", "uno"}}))["line"].text(), "uno");
  EXPECT_TRUE(log.deleteById(1));
  EXPECT_THAT(texts(log.findManyBy("rowid", 2), "line"), ElementsAre("two"));
}

TEST_F(RepositoryTables, WithoutRowid) {
  run("CREATE TABLE kv (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID");
  Repository kv = db.getRepository("kv");
  EXPECT_EQ(kv.insert({{"k", "a"}, {"v", Blob(std::string_view("\0x", 2))}}).text(), "a");
  EXPECT_EQ(kv.create({{"k", "b"}})["k"].text(), "b");
  EXPECT_EQ(kv.getById("a")["v"].as<Blob>(), Blob(std::string_view("\0x", 2)));
  EXPECT_THROW(kv.insert({{"v", nullptr}}), ConstraintError);
}

TEST_F(RepositoryTables, ThatAreViews) {
  run(std::string(kUsers) + kPeople +
      "CREATE VIEW adults AS SELECT id, name, age FROM users WHERE age >= 18;"
      "CREATE TRIGGER adults_in INSTEAD OF INSERT ON adults BEGIN"
      "  INSERT INTO users (name, age) VALUES (NEW.name, NEW.age); END;");
  Repository adults = db.getRepository("adults");
  EXPECT_EQ(adults.count(), 3U);
  EXPECT_EQ((*adults.findOneBy("name", "Ada"))["age"].as<int>(), 36);
  EXPECT_THAT(messageOf<SchemaError>([&] { (void)adults.findById(1); }), HasSubstr("no key"));
  EXPECT_TRUE(adults.insert({{"name", "Barbara"}, {"age", 29}}).isNull());
  EXPECT_EQ(adults.count(), 4U);
  EXPECT_THROW(adults.create({{"name", "X"}, {"age", 30}}), SchemaError);
  EXPECT_EQ(adults.count(), 4U);
  EXPECT_THROW((void)adults.paginateByCursor({}), SchemaError);
  EXPECT_EQ(adults.paginate({.page = 1, .size = 2}).total, 4U);
}

TEST_F(RepositoryTables, WithHostileNames) {
  run(R"(CREATE TABLE "we""ird; DROP TABLE x" ("select" INTEGER PRIMARY KEY, "a""b" TEXT,
         "naïve – col" TEXT, "new
line" TEXT, "from" TEXT, "-minus" INT);)");
  Repository odd = db.getRepository("we\"ird; DROP TABLE x");
  const Row row = odd.create({{"a\"b", "x"},
                              {"naïve – col", "y"},
                              {"new\nline", "z"},
                              {"from", "'; DROP TABLE users; --"},
                              {"-minus", 5}});
  EXPECT_EQ(row["from"].text(), "'; DROP TABLE users; --");
  EXPECT_EQ((*odd.findOneBy("new\nline", "z"))["a\"b"].text(), "x");
  EXPECT_EQ(odd.findAll({.orderBy = {"-minus", "--minus", "-select"}, .columns = {"a\"b"}}).size(),
            1U);
  EXPECT_EQ(odd.call("findByNewLineAndFrom", "z", "'; DROP TABLE users; --").rows().size(), 1U);
}

TEST_F(RepositoryTables, WithTwoThousandColumns) {
  std::string ddl = "CREATE TABLE wide (id INTEGER PRIMARY KEY";
  for (int i = 1; i < 2000; ++i) ddl += ", c" + std::to_string(i) + " INT";
  run(ddl + ")");
  Repository wide = db.getRepository("wide");
  Record record;
  for (int i = 1; i < 2000; ++i) record.set("c" + std::to_string(i), i);
  EXPECT_EQ(wide.create(record)["c1999"].as<int>(), 1999);
  EXPECT_EQ(wide.call("countByC1000AndC1999", 1000, 1999).count(), 1U);
}

TEST_F(RepositoryTables, ThatAreEmptyGiveNothing) {
  run(kUsers);
  Repository users = db.getRepository("users");
  EXPECT_TRUE(users.findAll().empty());
  EXPECT_EQ(users.count(), 0U);
  EXPECT_FALSE(users.exists());
  EXPECT_EQ(users.paginate().pages, 0U);
  EXPECT_TRUE(users.paginateByCursor().rows.empty());
}

TEST_F(RepositoryTables, OfFullTextSearch) {
  run("CREATE VIRTUAL TABLE notes USING fts5(title, body)");
  Repository notes = db.getRepository("notes");
  const Value key = notes.insert({{"title", "a"}, {"body", "lorem ipsum"}});
  EXPECT_EQ(notes.create({{"title", "b"}, {"body", "dolor"}})["title"].text(), "b");
  EXPECT_EQ((*notes.findById(key))["body"].text(), "lorem ipsum");
  EXPECT_EQ((*notes.update(key, {{"body", "sit"}}))["body"].text(), "sit");
  EXPECT_EQ(notes.updateBy({{"title", "b"}}, {{"body", "amet"}}), 1U);
  EXPECT_TRUE(notes.deleteById(key));
  EXPECT_EQ(notes.count(), 1U);
}

TEST_F(RepositoryReads, FindManyRowsByTheirKeysInTheOrderAsked) {
  const std::vector<Value> keys{3, 77, 1, 3};
  const auto found = users.findByIds(keys);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ((*found[0])["name"].text(), "Edsger");
  EXPECT_FALSE(found[1].has_value());
  EXPECT_EQ((*found[2])["name"].text(), "Ada");
  EXPECT_EQ((*found[3])["name"].text(), "Edsger");
  std::vector<Value> many;
  for (int i = 0; i < 1000; ++i) many.emplace_back(i);
  EXPECT_EQ(users.findByIds(many).size(), 1000U);
}

TEST_F(RepositoryReads, FindManyRowsByCompositeAndImplicitKeys) {
  const Repository lines = made(
      "CREATE TABLE lines (o INT, n INT, PRIMARY KEY (o, n)) WITHOUT ROWID;"
      "INSERT INTO lines VALUES (1, 1), (1, 2);"
      "CREATE TABLE plain (a TEXT); INSERT INTO plain VALUES ('x'), ('y');",
      "lines");
  const std::vector<Value> keys{Value::object({{"o", 1}, {"n", 2}}),
                                Value::object({{"o", 2}, {"n", 2}})};
  const auto found = lines.findByIds(keys);
  ASSERT_TRUE(found[0].has_value());
  EXPECT_FALSE(found[1].has_value());
  const std::vector<Value> rowids{2, 1, 3};
  const auto plain = db.getRepository("plain").findByIds(rowids);
  EXPECT_EQ((*plain[0])["a"].text(), "y");
  EXPECT_EQ((*plain[1])["a"].text(), "x");
  EXPECT_FALSE(plain[2].has_value());
}

TEST_F(RepositoryReads, RunAFinderForEachOfManyArguments) {
  const std::vector<Value> ages{40, 100, nullptr};
  const auto counts = users.finder("countByAgeGreaterThan").each(ages);
  ASSERT_EQ(counts.size(), 3U);
  EXPECT_EQ(counts[0].count(), 2U);
  EXPECT_EQ(counts[1].count(), 0U);
  EXPECT_EQ(counts[2].count(), 0U);
  const std::vector<Value> names{"Ada", "Nobody"};
  EXPECT_THROW(static_cast<void>(users.finder("getOneByName").each(names)), NotFound);
  EXPECT_EQ(users.finder("deleteByName").each(names)[0].affected(), 1U);
}

}  // namespace
}  // namespace sonde
