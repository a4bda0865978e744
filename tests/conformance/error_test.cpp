// The same error for the same mistake, with the table and columns that it concerns.
#include <sonde/core/error.hpp>

#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Errors : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    make(R"(
      CREATE TABLE authors (
        id INTEGER NOT NULL PRIMARY KEY,
        name {text} NOT NULL,
        email {text} UNIQUE
      );
      CREATE TABLE books (
        shelf INTEGER NOT NULL,
        place INTEGER NOT NULL,
        title {text} NOT NULL,
        author_id INTEGER REFERENCES authors (id),
        pages INTEGER,
        PRIMARY KEY (shelf, place),
        CONSTRAINT books_title_author UNIQUE (title, author_id),
        CONSTRAINT books_pages CHECK (pages > 0),
        CONSTRAINT books_author FOREIGN KEY (author_id) REFERENCES authors (id)
      );
      INSERT INTO authors VALUES (1, 'Ada', 'secret@example.org');
      INSERT INTO books VALUES (1, 1, 'Notes', 1, 10);
    )");
  }

  /// Expects the ConstraintError that `work` throws to be this one.
  template <class Work>
  void expectBroken(ConstraintKind kind, const std::string& table,
                    const std::vector<std::string>& columns, Work work) {
    try {
      work();
      ADD_FAILURE() << "nothing was thrown for " << constraintKindName(kind);
    } catch (const ConstraintError& error) {
      EXPECT_EQ(constraintKindName(error.kind()), constraintKindName(kind)) << error.what();
      EXPECT_EQ(error.table(), table) << error.what();
      EXPECT_EQ(error.columns(), columns) << error.what();
      // MariaDB's own state for a column without a default is of no class.
      if (!on("MariaDb")) {
        EXPECT_THAT(error.sqlState(), testing::StartsWith("23"));
      }
      EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
      EXPECT_THAT(std::string(error.publicMessage()), Not(HasSubstr(table)));
    }
  }
  [[nodiscard]] static Record book(int place, const char* title) {
    return {{"shelf", 1}, {"place", place}, {"title", title}, {"author_id", 1}, {"pages", 5}};
  }
};

SONDE_ON_EVERY_ENGINE(Errors);

TEST_P(Errors, OfAUniqueColumn) {
  expectBroken(ConstraintKind::Unique, "authors", {"email"}, [&] {
    repo("authors").insert({{"id", 2}, {"name", "Eve"}, {"email", "secret@example.org"}});
  });
  expectBroken(ConstraintKind::Unique, "authors", {"email"}, [&] {
    repo("authors").insert({{"id", 2}, {"name", "Eve"}, {"email", "eve@example.org"}});
    repo("authors").update(2, {{"email", "secret@example.org"}});
  });
}

TEST_P(Errors, OfSeveralUniqueColumns) {
  expectBroken(ConstraintKind::Unique, "books", {"title", "author_id"},
               [&] { repo("books").insert(book(2, "Notes")); });
}

TEST_P(Errors, OfAPrimaryKey) {
  expectBroken(ConstraintKind::PrimaryKey, "authors", {"id"}, [&] {
    repo("authors").insert({{"id", 1}, {"name", "Eve"}});
  });
  expectBroken(ConstraintKind::PrimaryKey, "books", {"shelf", "place"},
               [&] { repo("books").insert(book(1, "Other")); });
}

TEST_P(Errors, OfANullWhereNoneMayBe) {
  expectBroken(ConstraintKind::NotNull, "authors", {"name"}, [&] {
    repo("authors").insert({{"id", 2}, {"name", nullptr}});
  });
  expectBroken(ConstraintKind::NotNull, "authors", {"name"}, [&] {
    repo("authors").update(1, {{"name", nullptr}});
  });
  expectBroken(ConstraintKind::NotNull, "authors", {"name"}, [&] {
    repo("authors").insert({{"id", 2}});
  });
}

TEST_P(Errors, OfACheck) {
  const auto work = [&] {
    Record wrong = book(2, "Other");
    wrong.set("pages", 0);
    repo("books").insert(wrong);
  };
  // No engine says which columns a check reads; all name the check.
  try {
    work();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const ConstraintError& error) {
    EXPECT_EQ(error.kind(), ConstraintKind::Check);
    EXPECT_EQ(error.constraint(), "books_pages");
    EXPECT_EQ(error.table(), "books");
  }
}

// SQLite does not say which foreign key was broken, so neither does sonde there.
TEST_P(Errors, OfAForeignKey) {
  const auto broken = [&](auto work) {
    try {
      work();
      ADD_FAILURE() << "nothing was thrown";
    } catch (const ConstraintError& error) {
      EXPECT_EQ(error.kind(), ConstraintKind::ForeignKey);
      EXPECT_THAT(error.sqlState(), testing::StartsWith("23"));
      if (!on("Sqlite")) {
        EXPECT_EQ(error.table(), "books");
        EXPECT_THAT(error.columns(), ElementsAre("author_id"));
      }
    }
  };
  broken([&] {
    Record orphan = book(2, "Other");
    orphan.set("author_id", 4711);
    repo("books").insert(orphan);
  });
  broken([&] { repo("authors").deleteById(1); });
}

TEST_P(Errors, OfStatementsThatMakeNoSense) {
  const auto state = [&](const char* sql) -> std::string {
    try {
      (void)db().sql(sql);
    } catch (const QueryError& error) {
      return error.sqlState();
    }
    return "nothing was thrown";
  };
  // The states are the server's own; those of SQLite are PostgreSQL's.
  const bool standard = !on("MariaDb");
  EXPECT_EQ(state("SELEC 1"), standard ? "42601" : "42000");
  EXPECT_EQ(state("SELECT * FROM no_such_table"), standard ? "42P01" : "42S02");
  EXPECT_EQ(state("SELECT no_such_column FROM books"), standard ? "42703" : "42S22");
  EXPECT_EQ(state("SELECT no_such_function(1)"), standard ? "42883" : "42000");
  EXPECT_THROW((void)db().sql("SELECT 1; SELECT 2"), Error) << "one statement a call";
  EXPECT_THROW((void)db().sql("SELECT ?", {1, 2}), Error) << "too many arguments";
  EXPECT_THROW((void)db().sql("SELECT ?"), Error) << "too few arguments";
  EXPECT_EQ(repo("books").count(), 1U) << "the connection stays of use";
}

TEST_P(Errors, OfADeadlineThatPassesDuringAStatement) {
  const std::map<std::string, const char*> slow = {
      {"Sqlite",
       "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000000) "
       "SELECT count(*) FROM c"},
      {"Postgres", "SELECT pg_sleep(60)"},
      {"MariaDb", "SELECT SLEEP(60)"}};
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THROW(
      (void)db().with(Context().timeout(std::chrono::milliseconds(150))).sql(slow.at(GetParam())),
      Timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_EQ(repo("books").count(), 1U) << "the connection stays of use";
}

TEST_P(Errors, OfADatabaseThatIsNotThere) {
  Config wrong = config();
  const std::size_t slash = wrong.uri.rfind('/');
  wrong.uri = wrong.uri.substr(0, slash) + "/no_such_database";
  EXPECT_THROW((void)Database::open(wrong), ConnectionError);
}

}  // namespace
}  // namespace sonde::conformance
