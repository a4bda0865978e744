// Writes of repositories on a real database.
#include "repo_fixture.hpp"

#include <limits>

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RepositoryWrites : public RepositoryTest {
 protected:
  Repository users = made(std::string(kUsers) + kPeople, "users");
};

TEST_F(RepositoryWrites, CreateGivesTheStoredRow) {
  const Row row = users.create({{"name", "Barbara"}, {"email", "b@example.org"}});
  EXPECT_EQ(row["id"].as<int>(), 5);
  EXPECT_TRUE(row["active"].as<bool>());
  EXPECT_EQ(row["created_at"].text(), "2024-01-02 03:04:05");
  EXPECT_TRUE(row["age"].isNull());
  EXPECT_EQ(users.count(), 5U);
}

TEST_F(RepositoryWrites, CreateOfNothingGivesDefaults) {
  run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT DEFAULT 3)");
  Repository t = db.getRepository("t");
  EXPECT_EQ(t.create({})["a"].as<int>(), 3);
  EXPECT_EQ(t.insert({}).as<int>(), 2);
}

TEST_F(RepositoryWrites, CreateGivesComputedColumns) {
  run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, twice INT GENERATED ALWAYS AS (a * 2),"
      " thrice INT GENERATED ALWAYS AS (a * 3) STORED)");
  Repository t = db.getRepository("t");
  const Row row = t.create({{"a", 4}});
  EXPECT_EQ(row["twice"].as<int>(), 8);
  EXPECT_EQ(row["thrice"].as<int>(), 12);
  const std::string message = messageOf<ValidationError>([&] {
    t.create({{"twice", 1}, {"a", 1}, {"thrice", 2}});
  });
  EXPECT_THAT(message, HasSubstr("\"twice\""));
  EXPECT_THAT(message, HasSubstr("\"thrice\""));
  EXPECT_THROW(t.update(1, {{"twice", 1}}), ValidationError);
}

TEST_F(RepositoryWrites, CreateAndUpdateGiveWhatTriggersMade) {
  run("CREATE TRIGGER shout AFTER INSERT ON users BEGIN"
      "  UPDATE users SET name = upper(NEW.name) WHERE id = NEW.id; END;"
      "CREATE TRIGGER aged AFTER UPDATE OF age ON users BEGIN"
      "  UPDATE users SET name = name || '!' WHERE id = NEW.id; END;");
  EXPECT_EQ(users.create({{"name", "Barbara"}})["name"].text(), "BARBARA");
  EXPECT_EQ((*users.update(5, {{"age", 30}}))["name"].text(), "BARBARA!");
  EXPECT_EQ(users.upsert({{"id", 6}, {"name", "frances"}})["name"].text(), "FRANCES");
  const ResultSet rows = users.createMany({{{"name", "a"}}, {{"name", "b"}}});
  EXPECT_THAT(texts(rows, "name"), ElementsAre("A", "B"));
}

TEST_F(RepositoryWrites, CreateUndoesARowThatATriggerMovedToAnotherKey) {
  run("CREATE TABLE t (code TEXT PRIMARY KEY, a INT);"
      "CREATE TRIGGER upper_code AFTER INSERT ON t BEGIN"
      "  UPDATE t SET code = upper(NEW.code) WHERE code = NEW.code; END;");
  Repository t = db.getRepository("t");
  EXPECT_THROW(t.create({{"code", "x"}, {"a", 1}}), NotFound);
  EXPECT_EQ(t.count(), 0U);
  EXPECT_EQ(t.insert({{"code", "x"}, {"a", 1}}).text(), "x");
}

TEST_F(RepositoryWrites, TellWhenATriggerIgnoresTheRow) {
  run("CREATE TRIGGER quiet BEFORE INSERT ON users WHEN NEW.name = 'Nobody' BEGIN"
      "  SELECT RAISE(IGNORE); END;");
  EXPECT_TRUE(users.insert({{"name", "Nobody"}}).isNull());
  EXPECT_THROW(users.create({{"name", "Nobody"}}), NotFound);
  EXPECT_EQ(users.insertMany({{{"name", "Nobody"}}, {{"name", "Some"}}}), 1U);
  EXPECT_EQ(users.count(), 5U);
}

TEST_F(RepositoryWrites, LetTriggersAndDefaultsFillNulls) {
  run("CREATE TABLE t (id INTEGER PRIMARY KEY NOT NULL, a TEXT NOT NULL ON CONFLICT REPLACE "
      "DEFAULT 'd')");
  Repository t = db.getRepository("t");
  EXPECT_EQ(t.create({{"id", nullptr}, {"a", nullptr}})["a"].text(), "d");
}

TEST_F(RepositoryWrites, PassOnWhatTheEngineRefuses) {
  try {
    users.create({{"name", nullptr}});
    FAIL();
  } catch (const ConstraintError& error) {
    EXPECT_EQ(error.kind(), ConstraintKind::NotNull);
  }
  try {
    users.insert({{"name", "X"}, {"email", "ada@example.org"}});
    FAIL();
  } catch (const ConstraintError& error) {
    EXPECT_EQ(error.kind(), ConstraintKind::Unique);
    EXPECT_THAT(error.columns(), ElementsAre("email"));
  }
  EXPECT_EQ(users.count(), 4U);
}

TEST_F(RepositoryWrites, RefuseUnknownAndRepeatedColumns) {
  EXPECT_THAT(messageOf<SchemaError>([&] { users.insert({{"nmae", "x"}}); }), HasSubstr("name"));
  EXPECT_THAT(messageOf<SchemaError>([&] { users.update(1, {{"nmae", "x"}}); }), HasSubstr("name"));
  EXPECT_THAT(messageOf<ValidationError>([&] {
                users.insert({{"name", "x"}, {"NAME", "y"}});
              }),
              HasSubstr("given twice"));
}

TEST_F(RepositoryWrites, CheckValuesOfStrictTablesOnly) {
  run("CREATE TABLE s (id INTEGER PRIMARY KEY, n INT, r REAL, t TEXT, a ANY) STRICT;"
      "CREATE TABLE l (id INTEGER PRIMARY KEY, n INT)");
  Repository strict = db.getRepository("s");
  const std::string message = messageOf<ValidationError>([&] {
    strict.insert({{"n", "secret"}, {"r", Blob("x")}, {"t", "fine"}});
  });
  EXPECT_THAT(message, HasSubstr("\"n\" holds integers"));
  EXPECT_THAT(message, HasSubstr("\"r\" holds numbers"));
  EXPECT_THAT(message, testing::Not(HasSubstr("secret")));
  EXPECT_EQ(strict.create({{"n", "12"}, {"r", 1}, {"t", 5}, {"a", Blob("x")}})["n"].as<int>(), 12);
  Repository loose = db.getRepository("l");
  EXPECT_EQ(loose.create({{"n", "twelve"}})["n"].text(), "twelve");
}

TEST_F(RepositoryWrites, KeepEdgesOfEveryStorageClass) {
  run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
  Repository t = db.getRepository("t");
  const auto back = [&](const Value& value) { return t.create({{"v", value}})["v"]; };
  EXPECT_EQ(back(std::numeric_limits<std::int64_t>::min()),
            Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(back(std::numeric_limits<std::int64_t>::max()),
            Value(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(back(std::string("a\0b", 3)), Value(std::string("a\0b", 3)));
  EXPECT_EQ(back(Blob(std::string_view("\0\0", 2))), Value(Blob(std::string_view("\0\0", 2))));
  EXPECT_EQ(back(std::numeric_limits<double>::infinity()),
            Value(std::numeric_limits<double>::infinity()));
  EXPECT_THROW(back(std::numeric_limits<double>::quiet_NaN()), ValidationError);
}

TEST_F(RepositoryWrites, InsertGivesTheKey) {
  EXPECT_EQ(users.insert({{"name", "B"}}).as<int>(), 5);
  EXPECT_EQ(users.insert({{"id", 77}, {"name", "C"}}).as<int>(), 77);
  run("CREATE TABLE t (code TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(4)))), a INT)");
  Repository t = db.getRepository("t");
  const Value key = t.insert({{"a", 1}});
  EXPECT_EQ(key.text().size(), 8U);
  EXPECT_TRUE(t.findById(key));
  EXPECT_EQ(t.insert({{"code", "mine"}}).text(), "mine");
}

TEST_F(RepositoryWrites, WriteManyRowsOrNone) {
  EXPECT_EQ(
      users.insertMany({{{"name", "a"}}, {{"name", "b"}, {"age", 3}}, {{"age", 4}, {"name", "c"}}}),
      3U);
  const ResultSet rows = users.createMany(
      {{{"name", "d"}, {"email", "d@x"}}, {{"age", 9}, {"name", "e"}}, {{"name", "f"}}});
  EXPECT_THAT(texts(rows, "name"), ElementsAre("d", "e", "f"));
  EXPECT_THAT(texts(rows, "age"), ElementsAre("null", "9", "null"));
  EXPECT_EQ(users.count(), 10U);
  EXPECT_THROW(users.insertMany({{{"name", "g"}}, {{"name", nullptr}}}), ConstraintError);
  EXPECT_THROW(users.createMany({{{"name", "g"}}, {{"nmae", "h"}}}), SchemaError);
  EXPECT_EQ(users.count(), 10U);
  EXPECT_EQ(users.insertMany(std::span<const Record>()), 0U);
  EXPECT_TRUE(users.createMany(std::span<const Record>()).empty());
}

TEST_F(RepositoryWrites, UpdateByKey) {
  const auto row = users.update(1, {{"name", "Ada L."}, {"age", nullptr}});
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)["name"].text(), "Ada L.");
  EXPECT_TRUE((*row)["age"].isNull());
  EXPECT_FALSE(users.update(99, {{"name", "x"}}));
  EXPECT_EQ((*users.update(1, {}))["name"].text(), "Ada L.");
  EXPECT_EQ((*users.update(1, {{"id", 50}}))["id"].as<int>(), 50);
  EXPECT_FALSE(users.findById(1));
}

TEST_F(RepositoryWrites, UpdateFindsTheRowUnderItsNewKey) {
  run("CREATE TRIGGER t AFTER UPDATE ON users BEGIN SELECT 1; END;");
  EXPECT_EQ((*users.update(1, {{"id", 50}}))["id"].as<int>(), 50);
}

TEST_F(RepositoryWrites, UpdateByFilter) {
  EXPECT_EQ(users.updateBy({{"active", true}}, {{"age", 1}}), 3U);
  EXPECT_EQ(users.count({{"age", 1}}), 3U);
  EXPECT_EQ(users.updateBy({{"id", 99}}, {{"age", 1}}), 0U);
  EXPECT_EQ(users.updateBy({{"id", in({1, 2})}, {"active", true}}, {{"name", "N"}, {"age", 2}}),
            2U);
}

TEST_F(RepositoryWrites, WantConsentBeforeTheyTouchEveryRow) {
  EXPECT_THAT(messageOf<ValidationError>([&] { users.deleteBy(Filter()); }),
              HasSubstr("every row"));
  EXPECT_THROW(users.updateBy(Filter(), {{"age", 1}}), ValidationError);
  EXPECT_THROW(users.deleteBy(allOf({Filter(), Filter()})), ValidationError);
  EXPECT_THROW(users.deleteBy(anyOf({Filter(), {{"id", 1}}})), ValidationError);
  EXPECT_THROW(users.deleteBy({{"id", all({})}}), ValidationError);
  EXPECT_THROW(users.deleteBy({{"id", any({eq(1), all({})})}}), ValidationError);
  EXPECT_EQ(users.count(), 4U);
  EXPECT_EQ(users.deleteBy(anyOf({})), 0U);
  EXPECT_EQ(users.updateBy(everyRow, {{"age", 1}}), 4U);
  EXPECT_EQ(users.deleteBy(everyRow), 4U);
}

TEST_F(RepositoryWrites, Delete) {
  EXPECT_TRUE(users.deleteById(1));
  EXPECT_FALSE(users.deleteById(1));
  EXPECT_EQ(users.deleteBy({{"active", true}}), 2U);
  EXPECT_THAT(texts(users.findAll(), "name"), ElementsAre("Edsger"));
}

TEST_F(RepositoryWrites, UpsertByKeyAndByUniqueColumns) {
  EXPECT_EQ(users.upsert({{"id", 1}, {"name", "Ada L."}})["email"].text(), "ada@example.org");
  EXPECT_EQ(users.upsert({{"id", 9}, {"name", "New"}})["id"].as<int>(), 9);
  const Row row = users.upsert({{"email", "ada@example.org"}, {"name", "Ada K."}}, {"email"});
  EXPECT_EQ(row["id"].as<int>(), 1);
  EXPECT_EQ(row["name"].text(), "Ada K.");
  EXPECT_EQ(users.count(), 5U);
}

TEST_F(RepositoryWrites, UpsertKeepsARowWithNothingToChange) {
  run("CREATE TABLE tags (name TEXT PRIMARY KEY, used INT DEFAULT 0)");
  Repository tags = db.getRepository("tags");
  EXPECT_EQ(tags.upsert({{"name", "a"}})["used"].as<int>(), 0);
  tags.update("a", {{"used", 5}});
  EXPECT_EQ(tags.upsert({{"name", "a"}})["used"].as<int>(), 5);
  EXPECT_EQ(tags.count(), 1U);
}

TEST_F(RepositoryWrites, UpsertWantsAKeyItCanDecideBy) {
  EXPECT_THROW(users.upsert({{"name", "x"}}), ValidationError);
  EXPECT_THAT(messageOf<ValidationError>([&] {
                users.upsert({{"name", "x"}, {"age", 1}}, {"name"});
              }),
              HasSubstr("no key or unique"));
  EXPECT_THROW(users.upsert({{"id", nullptr}, {"name", "x"}}), ValidationError);
  EXPECT_THROW(users.upsert({{"id", 1}, {"name", "x"}}, {"nmae"}), SchemaError);
  run("CREATE TABLE log (line TEXT)");
  EXPECT_THROW(db.getRepository("log").upsert({{"line", "x"}}), Error);
  EXPECT_EQ(users.count(), 4U);
}

TEST_F(RepositoryWrites, TellTransactionsWhatTheyChanged) {
  std::vector<ChangeSet> told;
  const auto listening = db.afterCommit([&](const ChangeSet& changes) { told.push_back(changes); });
  db.transaction([&](Transaction& tx) {
    Repository inside = tx.getRepository("users");
    inside.create({{"name", "Barbara"}});
    inside.insert({{"name", "Frances"}});
    inside.update(1, {{"name", "A"}});
    inside.upsert({{"id", 2}, {"name", "G"}});
    inside.updateBy({{"id", in({1, 2})}}, {{"age", 1}});
    inside.deleteBy({{"id", in({3})}});
    inside.call("deleteByName", "Lin");
    inside.deleteById(1);
    EXPECT_TRUE(told.empty());
  });
  ASSERT_EQ(told.size(), 1U);
  std::vector<std::string> keys;
  for (const Change& change : told[0]) {
    EXPECT_EQ(change.table, "users");
    ASSERT_EQ(change.key.size(), 1U);
    keys.push_back(std::to_string(static_cast<int>(change.operation)) + ":" +
                   std::to_string(change.key[0].second.as<int>()));
  }
  EXPECT_THAT(keys, ElementsAre("1:5", "1:6", "2:1", "2:2", "2:1", "2:2", "3:3", "3:4", "3:1"));
  EXPECT_TRUE(told[0][0].row.has_value());
}

TEST_F(RepositoryWrites, TellNothingOfWhatWasRolledBack) {
  int told = 0;
  const auto listening = db.afterCommit([&](const ChangeSet&) { ++told; });
  EXPECT_THROW(db.transaction([&](Transaction& tx) {
    tx.getRepository("users").deleteBy(everyRow);
    throw std::runtime_error("undo");
  }),
               std::runtime_error);
  EXPECT_EQ(told, 0);
  EXPECT_EQ(users.count(), 4U);
  users.insert({{"name", "x"}});
  EXPECT_EQ(told, 1);
}

TEST_F(RepositoryWrites, CreateManyGivesOneResultWhateverTheNumberOfRows) {
  std::vector<Record> rows;
  for (int i = 0; i < 300; ++i) {
    Record row{{"name", "name " + std::to_string(i)}};
    if (i % 3 == 0) row.set("email", std::to_string(i) + "@example.org");
    rows.push_back(std::move(row));
  }
  const ResultSet stored = users.createMany(rows);
  ASSERT_EQ(stored.size(), 300U);
  for (std::size_t i = 0; i < stored.size(); ++i) {
    EXPECT_EQ(stored[i]["name"].text(), "name " + std::to_string(i));
    EXPECT_EQ(stored[i]["email"].isNull(), i % 3 != 0);
  }
}

TEST_F(RepositoryWrites, ConstraintErrorsNameTableAndColumnsWhateverTheEngineSays) {
  run("CREATE TABLE a (id INTEGER PRIMARY KEY, n INT CHECK (n > 0));"
      "CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INT NOT NULL REFERENCES a (id));"
      "INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1);");
  const auto broken = [](auto work) {
    try {
      work();
    } catch (const ConstraintError& error) {
      return error;
    }
    ADD_FAILURE() << "no ConstraintError";
    return ConstraintError(ConstraintKind::Other, "none");
  };
  const Repository a = db.getRepository("a");
  const Repository b = db.getRepository("b");
  const auto check = broken([&] { a.insert({{"n", 0}}); });
  EXPECT_EQ(check.table(), "a");
  EXPECT_EQ(check.columns(), std::vector<std::string>{"n"});
  const auto child = broken([&] { b.insert({{"a_id", 9}}); });
  EXPECT_EQ(child.kind(), ConstraintKind::ForeignKey);
  EXPECT_EQ(child.table(), "b");
  EXPECT_EQ(child.columns(), std::vector<std::string>{"a_id"});
  const auto parent = broken([&] { a.deleteById(1); });
  EXPECT_EQ(parent.table(), "b");
  EXPECT_EQ(parent.columns(), std::vector<std::string>{"a_id"});
  const auto raw = broken([&] { db.sql("DELETE FROM a WHERE id = ?", {1}); });
  EXPECT_EQ(raw.columns(), std::vector<std::string>{"a_id"});
  const auto key = broken([&] { a.insert({{"id", 1}}); });
  EXPECT_EQ(key.kind(), ConstraintKind::PrimaryKey);
}

}  // namespace
}  // namespace sonde
