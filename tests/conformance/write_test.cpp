// Everything that writes through a repository: what is stored, and what comes back.
#include <limits>

#include <nlohmann/json.hpp>

#include <sonde/core/error.hpp>

#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Writing : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    make(R"(
      CREATE TABLE users (
        id {key},
        name {text} NOT NULL,
        email {text} UNIQUE,
        age INTEGER,
        active BOOLEAN NOT NULL DEFAULT TRUE,
        city {text} DEFAULT 'Ulm'
      );
      CREATE TABLE order_lines (
        order_id INTEGER NOT NULL,
        line INTEGER NOT NULL,
        what {text},
        PRIMARY KEY (order_id, line)
      );
    )");
  }
  [[nodiscard]] Repository users() { return repo("users"); }
  [[nodiscard]] Repository lines() { return repo("order_lines"); }
};

SONDE_ON_EVERY_ENGINE(Writing);

TEST_P(Writing, CreateGivesTheRowAsItIsStored) {
  const Row row = users().create({{"name", "Ada"}, {"email", "ada@example.org"}});
  EXPECT_EQ(row.toJson().dump(),
            R"({"id":1,"name":"Ada","email":"ada@example.org","age":null,"active":true,)"
            R"("city":"Ulm"})");
  EXPECT_EQ(raw().value("SELECT city FROM users WHERE name = 'Ada'"), "Ulm");
  EXPECT_EQ(users().create({{"name", "Lin"}})["id"].as<int>(), 2);
}

TEST_P(Writing, CreateTakesAKeyThatIsGiven) {
  EXPECT_EQ(users().create({{"id", 4711}, {"name", "Ada"}})["id"].as<int>(), 4711);
  EXPECT_TRUE(users().findById(4711));
}

TEST_P(Writing, CreateOfNothingGivesTheDefaults) {
  make("CREATE TABLE defaults (id {key}, a INTEGER DEFAULT 3)");
  db().refreshSchema();
  EXPECT_EQ(repo("defaults").create({}).toJson().dump(), R"({"id":1,"a":3})");
  EXPECT_EQ(repo("defaults").insert({}).as<int>(), 2);
}

TEST_P(Writing, CreateGivesComputedColumnsAndRefusesToSetThem) {
  make("CREATE TABLE t (id {key}, a INTEGER, twice INTEGER GENERATED ALWAYS AS (a * 2) STORED)");
  EXPECT_EQ(repo("t").create({{"a", 4}})["twice"].as<int>(), 8);
  EXPECT_EQ((*repo("t").update(1, {{"a", 5}}))["twice"].as<int>(), 10);
  EXPECT_THROW(repo("t").create({{"a", 1}, {"twice", 1}}), ValidationError);
  EXPECT_THROW(repo("t").update(1, {{"twice", 1}}), ValidationError);
}

TEST_P(Writing, InsertGivesTheKey) {
  EXPECT_EQ(users().insert({{"name", "Ada"}}), Value(1));
  EXPECT_EQ(users().insert({{"name", "Lin"}}), Value(2));
  const Value key = lines().insert({{"order_id", 7}, {"line", 2}, {"what", "x"}});
  ASSERT_NE(key.find("order_id"), nullptr);
  EXPECT_EQ(key.find("order_id")->as<int>(), 7);
  EXPECT_EQ((*lines().findById(key))["what"].text(), "x");
}

TEST_P(Writing, ManyRowsComeBackInTheOrderGiven) {
  const ResultSet rows = users().createMany(
      {{{"name", "c"}}, {{"name", "a"}, {"age", 3}}, {{"age", 4}, {"name", "b"}}});
  EXPECT_THAT(texts(rows, "name"), ElementsAre("c", "a", "b"));
  EXPECT_THAT(texts(rows, "age"), ElementsAre("null", "3", "4"));
  EXPECT_THAT(texts(rows, "city"), ElementsAre("Ulm", "Ulm", "Ulm"));
  EXPECT_THAT(texts(rows, "id"), ElementsAre("1", "2", "3"));
  EXPECT_THAT(users().createMany(std::vector<Record>{}), IsEmpty());
}

// More than statements take at once, with a row between that has other columns.
TEST_P(Writing, ThousandsOfRowsComeBackInTheOrderGiven) {
  std::vector<Record> many;
  for (int i = 0; i < 2500; ++i) many.push_back({{"name", "n" + std::to_string(i)}, {"age", i}});
  many[1300] = {{"name", "other"}, {"city", nullptr}};
  const ResultSet rows = users().createMany(many);
  ASSERT_EQ(rows.size(), many.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i]["id"].as<std::size_t>(), i + 1);
    ASSERT_EQ(rows[i]["name"].text(), i == 1300 ? "other" : "n" + std::to_string(i));
  }
  many.back() = {{"name", "last"}, {"id", 1}};
  EXPECT_THROW(users().createMany(many), ConstraintError);
  EXPECT_EQ(users().count(), 2500U);
}

TEST_P(Writing, ManyRowsAreStoredAllOrNone) {
  EXPECT_EQ(users().insertMany({{{"name", "a"}}, {{"name", "b"}}, {{"name", "c"}}}), 3U);
  EXPECT_THROW(users().insertMany({{{"name", "d"}, {"email", "x@example.org"}},
                                   {{"name", "e"}, {"email", "x@example.org"}}}),
               ConstraintError);
  EXPECT_THROW(users().createMany({{{"name", "d"}, {"email", "x@example.org"}},
                                   {{"name", "e"}, {"email", "x@example.org"}}}),
               ConstraintError);
  EXPECT_EQ(users().count(), 3U);
  std::vector<Record> many;
  for (int i = 0; i < 2500; ++i) many.push_back({{"name", "n" + std::to_string(i)}, {"age", i}});
  EXPECT_EQ(users().insertMany(many), 2500U);
  EXPECT_EQ(users().count({{"age", gte(0)}}), 2500U);
  EXPECT_EQ(users().getOneBy("age", 2499)["name"].text(), "n2499");
}

TEST_P(Writing, UpdateGivesTheStoredRowOrNothing) {
  users().insert({{"name", "Ada"}, {"age", 36}});
  const auto row = users().update(1, {{"age", 37}, {"city", nullptr}});
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)["age"].as<int>(), 37);
  EXPECT_TRUE((*row)["city"].isNull());
  EXPECT_EQ((*row)["name"].text(), "Ada");
  // Once more the same: the row is there, although nothing changes.
  EXPECT_TRUE(users().update(1, {{"age", 37}}));
  EXPECT_FALSE(users().update(2, {{"age", 37}}));
}

TEST_P(Writing, UpdateByAndDeleteByCountTheRowsThatMeetTheFilter) {
  users().insertMany({{{"name", "a"}, {"age", 1}}, {{"name", "b"}, {"age", 2}}, {{"name", "c"}}});
  EXPECT_EQ(users().updateBy({{"age", lte(2)}}, {{"city", "Bonn"}}), 2U);
  EXPECT_EQ(users().updateBy({{"age", lte(2)}}, {{"city", "Bonn"}}), 2U) << "also unchanged ones";
  EXPECT_EQ(users().updateBy({{"age", 4711}}, {{"city", "Bonn"}}), 0U);
  EXPECT_EQ(users().count({{"city", "Bonn"}}), 2U);
  EXPECT_THROW(users().updateBy(Filter(), {{"city", "x"}}), ValidationError);
  EXPECT_EQ(users().updateBy(everyRow, {{"city", "x"}}), 3U);
  EXPECT_EQ(users().deleteBy({{"age", isNull()}}), 1U);
  EXPECT_THROW(users().deleteBy(Filter()), ValidationError);
  EXPECT_EQ(users().deleteBy(everyRow), 2U);
  EXPECT_EQ(users().count(), 0U);
}

TEST_P(Writing, UpsertInsertsOrChangesByTheKeyOrByAUniqueColumn) {
  const Row made = users().upsert({{"email", "a@example.org"}, {"name", "Ada"}}, {"email"});
  EXPECT_EQ(made["name"].text(), "Ada");
  EXPECT_EQ(made["city"].text(), "Ulm");
  users().update(made["id"].as<std::int64_t>(), {{"city", "Bonn"}});
  const Row changed = users().upsert({{"email", "a@example.org"}, {"name", "A."}}, {"email"});
  EXPECT_EQ(changed["id"].as<int>(), made["id"].as<int>());
  EXPECT_EQ(changed["name"].text(), "A.");
  EXPECT_EQ(changed["city"].text(), "Bonn") << "what was not given stays";
  EXPECT_EQ(users().count(), 1U);

  EXPECT_EQ(users().upsert({{"id", 50}, {"name", "x"}})["id"].as<int>(), 50);
  EXPECT_EQ(users().upsert({{"id", 50}, {"name", "y"}})["name"].text(), "y");
  EXPECT_EQ(users().count(), 2U);
  EXPECT_EQ(lines().upsert({{"order_id", 1}, {"line", 1}, {"what", "x"}})["what"].text(), "x");
  EXPECT_EQ(lines().upsert({{"order_id", 1}, {"line", 1}, {"what", "y"}})["what"].text(), "y");
  EXPECT_EQ(lines().count(), 1U);
  EXPECT_THROW(users().upsert({{"name", "x"}}, {"name"}), ValidationError);
}

// Where the engine itself would change whichever row is in the way.
TEST_P(Writing, UpsertDoesNotChangeARowThatAnotherKeyFinds) {
  users().insert({{"id", 1}, {"name", "Ada"}, {"email", "a@example.org"}});
  EXPECT_THROW(users().upsert({{"id", 2}, {"name", "Eve"}, {"email", "a@example.org"}}),
               ConstraintError);
  EXPECT_EQ(users().getById(1)["name"].text(), "Ada");
  EXPECT_EQ(users().count(), 1U);
}

TEST_P(Writing, DeletesByKey) {
  users().insertMany({{{"name", "a"}}, {{"name", "b"}}});
  EXPECT_TRUE(users().deleteById(1));
  EXPECT_FALSE(users().deleteById(1));
  lines().insert({{"order_id", 7}, {"line", 2}});
  EXPECT_FALSE(lines().deleteById(Record{{"order_id", 7}, {"line", 1}}));
  EXPECT_TRUE(lines().deleteById(Record{{"line", 2}, {"order_id", 7}}));
  EXPECT_EQ(users().call("deleteByName", "b").affected(), 1U);
  EXPECT_EQ(users().count(), 0U);
}

TEST_P(Writing, RowsWithoutAGeneratedKeyAreWrittenByTheirOwn) {
  make("CREATE TABLE codes (code {text} NOT NULL PRIMARY KEY, what {text})");
  const Repository codes = repo("codes");
  EXPECT_EQ(codes.insert({{"code", "a/b"}, {"what", "x"}}), Value("a/b"));
  EXPECT_EQ(codes.create({{"code", "c"}})["code"].text(), "c");
  EXPECT_EQ((*codes.update("a/b", {{"code", "d"}}))["what"].text(), "x") << "the key may change";
  EXPECT_FALSE(codes.findById("a/b"));
  EXPECT_TRUE(codes.deleteById("d"));
}

TEST_P(Writing, NamesOfAnyKindAreQuoted) {
  make(R"(CREATE TABLE "odd ""name"" `x`" (id {key}, "Select" INTEGER, "a b" {text}))");
  const Repository odd = repo("odd \"name\" `x`");
  const Row row = odd.create({{"Select", 1}, {"a b", "?"}});
  EXPECT_EQ(row["a b"].text(), "?");
  EXPECT_EQ((*odd.findOneBy("Select", 1))["id"].as<int>(), 1);
  EXPECT_EQ((*odd.update(1, {{"Select", 2}}))["Select"].as<int>(), 2);
  EXPECT_EQ(odd.call("countBySelect", 2).count(), 1U);
}

TEST_P(Writing, RawSqlTakesQuestionMarks) {
  const WriteResult done =
      db().execute("INSERT INTO users (name, age) VALUES (?, ?)", {"Ada's ?", 36});
  EXPECT_EQ(done.affected, 1U);
  const ResultSet rows = db().sql("SELECT name, '?' AS mark FROM users WHERE age = ?", {36});
  EXPECT_EQ(rows.json(), R"([{"name":"Ada's ?","mark":"?"}])");
  EXPECT_EQ(db().execute("UPDATE users SET age = ? WHERE age = ?", {37, 36}).affected, 1U);
  EXPECT_EQ(db().execute("DELETE FROM users WHERE age > ?", {40}).affected, 0U);
}

TEST_P(Writing, ListenersHearOfCommittedChangesOnly) {
  std::vector<ChangeSet> heard;
  const Subscription listening =
      db().afterCommit([&](const ChangeSet& changes) { heard.push_back(changes); });
  users().insert({{"name", "Ada"}});
  db().transaction([](Transaction& tx) {
    const Repository users = tx.getRepository("users");
    users.update(1, {{"age", 1}});
    users.deleteBy({{"name", "Ada"}});
  });
  try {
    db().transaction([](Transaction& tx) {
      tx.getRepository("users").insert({{"name", "Lin"}});
      throw std::runtime_error("no");
    });
  } catch (const std::runtime_error&) {
  }
  ASSERT_EQ(heard.size(), 2U);
  ASSERT_EQ(heard[0].size(), 1U);
  EXPECT_EQ(heard[0][0].key, (Record{{"id", 1}}));
  ASSERT_EQ(heard[1].size(), 2U);
  EXPECT_EQ(heard[1][0].operation, query::Operation::Update);
  EXPECT_EQ(heard[1][1].operation, query::Operation::Delete);
  EXPECT_EQ(heard[1][1].key, (Record{{"id", 1}}));
}

}  // namespace
}  // namespace sonde::conformance
