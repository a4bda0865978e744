// Every call of a repository obeys the rewriters: a predicate, a hidden column, a mask, a denial.
#include "repo_fixture.hpp"

#include <functional>
#include <set>

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Only rows of the tenant in the context's claim; the column secret does not exist.
class TenantRules : public QueryRewriter {
 public:
  std::uint64_t fingerprint(const Context&) const override { return 17; }
  void rules(const Table& table, query::Operation, const Context&,
             TableRules& rules) const override {
    if (table.name != "docs") return;
    rules.restrict(query::make(query::Compare{query::CompareOp::Eq, query::column("tenant"),
                                              query::make(query::Claim{"tenant"})}));
    rules.hide("secret");
  }
};

// Denies one operation on every table.
class Denial : public QueryRewriter {
 public:
  explicit Denial(query::Operation operation) : operation_(operation) {}
  std::uint64_t fingerprint(const Context&) const override { return 23; }
  void rules(const Table&, query::Operation operation, const Context&,
             TableRules& rules) const override {
    rules.denied = rules.denied || operation == operation_;
  }

 private:
  query::Operation operation_;
};

// Shows titles as stars.
class Stars : public QueryRewriter {
 public:
  std::uint64_t fingerprint(const Context&) const override { return 29; }
  void rules(const Table& table, query::Operation operation, const Context&,
             TableRules& rules) const override {
    if (table.name == "docs" && operation == query::Operation::Select) {
      rules.mask("title", query::constant("***"));
    }
  }
};

class Rewriters : public RepositoryTest {
 protected:
  Repository docsOf(int tenant) {
    return db.with(Context().claim("tenant", tenant)).getRepository("docs");
  }
  std::string all() {
    return scalar(
        "SELECT group_concat(id || ':' || tenant || ':' || title || ':' || "
        "coalesce(n, '-'), ' ') FROM (SELECT * FROM docs ORDER BY id)");
  }
  static constexpr const char* kUntouched = "1:1:one:1 2:1:two:2 3:2:three:3 4:2:four:4";
  Repository docs = [this] {
    db.close();
    Config config;
    config.uri = "sqlite::memory:";
    config.allowRawSql = true;
    db = Database::open(config);
    run("CREATE TABLE docs (id INTEGER PRIMARY KEY, tenant INT NOT NULL, title TEXT UNIQUE,"
        " secret TEXT DEFAULT 'hush', n INT);"
        "INSERT INTO docs (id, tenant, title, secret, n) VALUES (1, 1, 'one', 's1', 1),"
        " (2, 1, 'two', 's2', 2), (3, 2, 'three', 's3', 3), (4, 2, 'four', 's4', 4);"
        "CREATE TABLE free (id INTEGER PRIMARY KEY)");
    db.addRewriter(std::make_shared<TenantRules>());
    return docsOf(1);
  }();
};

TEST_F(Rewriters, AreObeyedByEveryRead) {
  EXPECT_TRUE(docs.findById(1));
  EXPECT_FALSE(docs.findById(3));
  EXPECT_THROW((void)docs.getById(3), NotFound);
  EXPECT_FALSE(docs.findById(Record{{"id", 3}}));
  EXPECT_THROW((void)docs.getById(Record{{"id", 3}}), NotFound);
  EXPECT_TRUE(docs.findOneBy("title", "one"));
  EXPECT_FALSE(docs.findOneBy("title", "three"));
  EXPECT_FALSE(docs.findOneBy({{"title", "three"}}));
  EXPECT_THROW((void)docs.getOneBy("title", "three"), NotFound);
  EXPECT_THROW((void)docs.getOneBy({{"title", "three"}}), NotFound);
  EXPECT_THROW((void)docs.getOneBy("tenant", 1), NotUnique);
}

TEST_F(Rewriters, AreObeyedByEveryReadOfManyRows) {
  EXPECT_THAT(texts(docs.findManyBy("tenant", 2), "id"), IsEmpty());
  EXPECT_THAT(texts(docs.findManyBy({{"n", gt(0)}}, {.orderBy = {"id"}}), "id"),
              ElementsAre("1", "2"));
  EXPECT_THAT(texts(docs.findManyBy(anyOf({{{"n", 1}}, {{"n", 3}}})), "id"), ElementsAre("1"));
  EXPECT_THAT(texts(docs.findAll({.orderBy = {"id"}}), "id"), ElementsAre("1", "2"));
  EXPECT_EQ(docs.count(), 2U);
  EXPECT_EQ(docs.count({{"n", gt(1)}}), 1U);
  EXPECT_TRUE(docs.exists({{"n", 2}}));
  EXPECT_FALSE(docs.exists({{"n", 3}}));
  const Page page = docs.paginate({.page = 1, .size = 1});
  EXPECT_EQ(page.total, 2U);
  const CursorPage first = docs.paginateByCursor({.size = 1, .orderBy = {"-n"}});
  EXPECT_THAT(texts(first.rows, "id"), ElementsAre("2"));
  const CursorPage second =
      docs.paginateByCursor({.after = first.next, .size = 1, .orderBy = {"-n"}});
  EXPECT_THAT(texts(second.rows, "id"), ElementsAre("1"));
  EXPECT_FALSE(second.hasNext());
  std::vector<int> streamed;
  docs.forEach({.orderBy = {"id"}}, [&](RowView row) { streamed.push_back(row["id"].as<int>()); });
  EXPECT_THAT(streamed, ElementsAre(1, 2));
  std::string json;
  EXPECT_EQ(docs.streamJson({}, [&](std::string_view piece) { json += piece; }), 2U);
  EXPECT_THAT(json, Not(HasSubstr("three")));
  EXPECT_THAT(json, Not(HasSubstr("secret")));
}

TEST_F(Rewriters, AreObeyedByEveryFinder) {
  EXPECT_THAT(texts(docs.call("findManyByNGreaterThanOrderById", 0).rows(), "id"),
              ElementsAre("1", "2"));
  EXPECT_FALSE(docs.call("findOneByTitle", "three").row());
  EXPECT_THAT(texts(docs.call("findAllByTitleOrTitle", "one", "three").rows(), "id"),
              ElementsAre("1"));
  EXPECT_THAT(texts(docs.call("findByIdIn", std::vector<Value>{1, 3}).rows(), "id"),
              ElementsAre("1"));
  EXPECT_EQ(docs.call("findByN", nullptr).rows().size(), 0U);
  EXPECT_EQ(docs.call("countByNGreaterThan", 0).count(), 2U);
  EXPECT_EQ(docs.call("count").count(), 2U);
  EXPECT_FALSE(docs.call("existsByTitle", "three").exists());
  EXPECT_THROW(docs.call("getOneByTitle", "three"), NotFound);
  EXPECT_EQ(docs.call("deleteByTitle", "three").affected(), 0U);
  EXPECT_EQ(docs.call("deleteByNGreaterThan", 1).affected(), 1U);
  EXPECT_EQ(all(), "1:1:one:1 3:2:three:3 4:2:four:4");
}

TEST_F(Rewriters, AreObeyedByUpdateAndDelete) {
  EXPECT_EQ((*docs.update(1, {{"n", 10}}))["n"].as<int>(), 10);
  EXPECT_FALSE(docs.update(3, {{"n", 10}}));
  EXPECT_FALSE(docs.update(Record{{"id", 3}}, {{"n", 10}}));
  EXPECT_EQ(docs.updateBy({{"n", gt(2)}}, {{"n", 20}}), 1U);
  EXPECT_EQ(docs.updateBy(everyRow, {{"n", 7}}), 2U);
  EXPECT_FALSE(docs.deleteById(3));
  EXPECT_FALSE(docs.deleteById(Record{{"id", 3}}));
  EXPECT_EQ(docs.deleteBy({{"n", gt(0)}}), 2U);
  EXPECT_EQ(docs.deleteBy(everyRow), 0U);
  EXPECT_EQ(all(), "3:2:three:3 4:2:four:4");
}

TEST_F(Rewriters, UndoWritesThatTheWriterMayNotSee) {
  EXPECT_THROW(docs.create({{"tenant", 2}, {"title", "x"}}), AuthorizationError);
  EXPECT_THROW(docs.insert({{"tenant", 2}, {"title", "x"}}), AuthorizationError);
  EXPECT_THROW(docs.createMany({{{"tenant", 1}, {"title", "y"}}, {{"tenant", 2}, {"title", "x"}}}),
               AuthorizationError);
  EXPECT_THROW(docs.insertMany({{{"tenant", 1}, {"title", "y"}}, {{"tenant", 2}, {"title", "x"}}}),
               AuthorizationError);
  EXPECT_THROW(docs.update(1, {{"tenant", 2}}), AuthorizationError);
  EXPECT_THROW(docs.updateBy({{"id", 1}}, {{"tenant", 2}}), AuthorizationError);
  EXPECT_THROW(docs.upsert({{"id", 9}, {"tenant", 2}, {"title", "x"}}), AuthorizationError);
  EXPECT_EQ(all(), kUntouched);
}

TEST_F(Rewriters, DoNotLetAnUpsertTouchOrShowTheRowOfAnother) {
  EXPECT_THROW(docs.upsert({{"id", 3}, {"tenant", 1}, {"title", "mine"}}), AuthorizationError);
  EXPECT_THROW(docs.upsert({{"title", "three"}, {"tenant", 1}}, {"title"}), AuthorizationError);
  EXPECT_THROW(docs.upsert({{"id", 3}, {"tenant", 1}}), AuthorizationError);
  EXPECT_EQ(all(), kUntouched);
  EXPECT_EQ(docs.upsert({{"id", 1}, {"tenant", 1}, {"n", 5}})["n"].as<int>(), 5);
  EXPECT_EQ(docs.upsert({{"id", 8}, {"tenant", 1}, {"title", "new"}})["title"].text(), "new");
}

TEST_F(Rewriters, LetThroughWhatTheyAllow) {
  const Row row = docs.create({{"tenant", 1}, {"title", "x"}});
  EXPECT_EQ(row["id"].as<int>(), 5);
  EXPECT_FALSE(row.has("secret"));
  EXPECT_EQ(docs.insert({{"tenant", 1}, {"title", "y"}}).as<int>(), 6);
  EXPECT_EQ(docs.createMany({{{"tenant", 1}, {"title", "z"}}}).size(), 1U);
  EXPECT_EQ(docs.insertMany({{{"tenant", 1}, {"title", "w"}}}), 1U);
  EXPECT_EQ(docs.count(), 6U);
}

TEST_F(Rewriters, HideAColumnFromEveryCall) {
  const std::vector<std::function<void()>> calls = {
      [&] { (void)docs.findOneBy("secret", "s1"); },
      [&] { (void)docs.findManyBy("secret", "s1"); },
      [&] { (void)docs.getOneBy("secret", "s1"); },
      [&] {
        (void)docs.findManyBy({{"secret", "s1"}});
      },
      [&] {
        (void)docs.findManyBy({{"n", 1}, {"SECRET", startsWith("s")}});
      },
      [&] { (void)docs.findAll({.orderBy = {"secret"}}); },
      [&] {
        (void)docs.findAll({.columns = {"id", "secret"}});
      },
      [&] {
        (void)docs.count({{"secret", "s1"}});
      },
      [&] {
        (void)docs.exists({{"secret", "s1"}});
      },
      [&] { (void)docs.paginate({.orderBy = {"secret"}}); },
      [&] { (void)docs.paginateByCursor({.orderBy = {"-secret"}}); },
      [&] { docs.forEach({.columns = {"secret"}}, [](RowView) {}); },
      [&] { docs.streamJson({.columns = {"secret"}}, [](std::string_view) {}); },
      [&] {
        docs.create({{"tenant", 1}, {"secret", "x"}});
      },
      [&] {
        docs.insert({{"tenant", 1}, {"secret", "x"}});
      },
      [&] {
        docs.createMany({{{"tenant", 1}, {"secret", "x"}}});
      },
      [&] {
        docs.insertMany({{{"tenant", 1}, {"secret", "x"}}});
      },
      [&] {
        docs.update(1, {{"secret", "x"}});
      },
      [&] {
        docs.updateBy({{"id", 1}}, {{"secret", "x"}});
      },
      [&] {
        docs.updateBy({{"secret", "s1"}}, {{"n", 1}});
      },
      [&] {
        docs.upsert({{"id", 1}, {"tenant", 1}, {"secret", "x"}});
      },
      [&] {
        docs.deleteBy({{"secret", "s1"}});
      },
      [&] { docs.call("findBySecret", "s1"); },
      [&] { docs.call("countBySecretStartingWith", "s"); },
      [&] { docs.call("findAllByOrderBySecret"); },
      [&] { docs.call("deleteBySecret", "s1"); },
  };
  for (std::size_t i = 0; i < calls.size(); ++i) {
    EXPECT_THROW(calls[i](), SchemaError) << "call " << i;
  }
  EXPECT_EQ(all(), kUntouched);
  for (const Row& row : {docs.getById(1), *docs.findOneBy("id", 1), *docs.update(1, {{"n", 1}}),
                         docs.upsert({{"id", 1}, {"tenant", 1}})}) {
    EXPECT_EQ(names(row.columns()), (std::vector<std::string>{"id", "tenant", "title", "n"}));
  }
}

TEST_F(Rewriters, DoNotNameHiddenColumnsInSuggestions) {
  EXPECT_THAT(messageOf<SchemaError>([&] { (void)docs.findOneBy("secre", 1); }),
              Not(HasSubstr("\"secret\"")));
  EXPECT_THAT(messageOf<SchemaError>([&] { docs.call("findBySecre", 1); }),
              Not(HasSubstr("\"secret\"")));
}

TEST_F(Rewriters, DoNotMixThePlansOfTwoCallers) {
  Repository other = docsOf(2);
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(texts(docs.findAll({.orderBy = {"id"}}), "id"), ElementsAre("1", "2"));
    EXPECT_THAT(texts(other.findAll({.orderBy = {"id"}}), "id"), ElementsAre("3", "4"));
    EXPECT_EQ(other.count(), 2U);
    EXPECT_FALSE(other.findById(1));
  }
}

TEST_F(Rewriters, WantTheirClaim) {
  Repository nobody = db.getRepository("docs");
  EXPECT_THROW((void)nobody.findAll(), AuthorizationError);
  EXPECT_THROW((void)nobody.count(), AuthorizationError);
  EXPECT_EQ(db.getRepository("free").count(), 0U);
}

TEST_F(Rewriters, AreObeyedInsideTransactions) {
  auto view = db.with(Context().claim("tenant", 1));
  view.transaction([&](Transaction& tx) {
    Repository inside = tx.getRepository("docs");
    EXPECT_EQ(inside.count(), 2U);
    EXPECT_THROW(inside.create({{"tenant", 2}, {"title", "x"}}), AuthorizationError);
    EXPECT_EQ(inside.create({{"tenant", 1}, {"title", "x"}})["title"].text(), "x");
  });
  EXPECT_EQ(all(), std::string(kUntouched) + " 5:1:x:-");
}

TEST_F(Rewriters, AddedLaterAreObeyedByRepositoriesAndFindersThatExist) {
  const Finder byTitle = docs.finder("findByTitle");
  EXPECT_EQ((*docs.findById(1))["title"].text(), "one");
  db.addRewriter(std::make_shared<Stars>());
  EXPECT_EQ((*docs.findById(1))["title"].text(), "***");
  EXPECT_EQ(docs.findAll().front()["title"].text(), "***");
  EXPECT_EQ(byTitle("one").rows().size(), 0U);
  EXPECT_EQ(docs.create({{"tenant", 1}, {"title", "five"}})["title"].text(), "***");
}

TEST_F(Rewriters, CanDenyEachOperation) {
  db.addRewriter(std::make_shared<Denial>(query::Operation::Delete));
  EXPECT_THROW(docs.deleteById(1), AuthorizationError);
  EXPECT_THROW(docs.deleteBy({{"id", 1}}), AuthorizationError);
  EXPECT_THROW(docs.deleteBy(everyRow), AuthorizationError);
  EXPECT_THROW(docs.call("deleteById", 1), AuthorizationError);
  EXPECT_TRUE(docs.findById(1));
  db.addRewriter(std::make_shared<Denial>(query::Operation::Insert));
  EXPECT_THROW(docs.insert({{"tenant", 1}}), AuthorizationError);
  EXPECT_THROW(docs.create({{"tenant", 1}}), AuthorizationError);
  EXPECT_THROW(docs.insertMany({{{"tenant", 1}}}), AuthorizationError);
  EXPECT_THROW(docs.upsert({{"id", 1}, {"tenant", 1}}), AuthorizationError);
  db.addRewriter(std::make_shared<Denial>(query::Operation::Update));
  EXPECT_THROW(docs.update(1, {{"n", 1}}), AuthorizationError);
  EXPECT_THROW(docs.updateBy({{"id", 1}}, {{"n", 1}}), AuthorizationError);
  db.addRewriter(std::make_shared<Denial>(query::Operation::Select));
  EXPECT_THROW((void)docs.findAll(), AuthorizationError);
  EXPECT_THROW((void)docs.count(), AuthorizationError);
  EXPECT_EQ(all(), kUntouched);
}

}  // namespace
}  // namespace sonde
