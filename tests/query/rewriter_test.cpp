#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/dialects/mock/mock_driver.hpp>
#include <sonde/query/rewriter.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "sample_tables.hpp"

namespace sonde {
namespace {

using namespace query;

/// A rewriter made of a function.
class FunctionRewriter : public QueryRewriter {
 public:
  using Rules = std::function<void(const Table&, Operation, TableRules&)>;
  explicit FunctionRewriter(Rules rules, std::uint64_t fingerprint = 1)
      : rules_(std::move(rules)), fingerprint_(fingerprint) {}
  std::uint64_t fingerprint(const Context&) const override { return fingerprint_; }
  void rules(const Table& table, Operation operation, const Context&,
             TableRules& rules) const override {
    rules_(table, operation, rules);
  }

 private:
  Rules rules_;
  std::uint64_t fingerprint_;
};

RewriterChain chainOf(FunctionRewriter::Rules rules) {
  return RewriterChain({std::make_shared<FunctionRewriter>(std::move(rules))});
}

ExprPtr ofTenant() { return compare(CompareOp::Eq, column("tenant"), claim("tenant")); }

/// Only rows of the tenant; `secret` does not exist, `email` reads as a constant.
void tenantRules(const Table&, Operation, TableRules& rules) {
  rules.restrict(ofTenant());
  rules.hide("secret");
  rules.mask("email", constant("***"));
}

class Rewriting : public testing::Test {
 protected:
  static std::string sql(const RewriterChain& chain, Query query) {
    const Query rewritten = chain.apply(std::move(query), Context());
    return MockDialect::instance().compiler().compile(rewritten)->sql;
  }

  Select select(const Table& table, const std::vector<std::string>& names) const {
    Select query;
    query.sources = {{&table, "", JoinKind::None, nullptr}};
    for (const std::string& name : names) query.items.push_back({column(name), ""});
    return query;
  }

  Table users_ = test::plainTable("users", {"id", "name", "email", "secret", "tenant"});
  Table posts_ = test::plainTable("posts", {"id", "user_id", "title", "tenant"});
  RewriterChain tenant_ = chainOf(tenantRules);
};

TEST_F(Rewriting, AnEmptyChainChangesNothing) {
  const RewriterChain none;
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.fingerprint(Context()), 0U);
  EXPECT_EQ(sql(none, select(users_, {"secret"})), R"(SELECT "secret" FROM "main"."users")");
}

TEST_F(Rewriting, AddsThePredicateToTheCallersOwn) {
  Select query = select(users_, {"id"});
  query.where = make(Junction{false, {make(IsNull{column("name")}), make(IsNull{column("id")})}});
  EXPECT_EQ(sql(tenant_, query),
            R"(SELECT "id" FROM "main"."users" WHERE ("name" IS NULL OR "id" IS NULL) )"
            R"(AND "tenant" = ?)");
}

TEST_F(Rewriting, DropsHiddenColumnsOnlyFromListsOfAll) {
  Select all = select(users_, {"id", "secret", "name"});
  all.allColumns = true;
  EXPECT_EQ(sql(tenant_, all), R"(SELECT "id", "name" FROM "main"."users" WHERE "tenant" = ?)");
  all.allColumns = false;
  EXPECT_THROW(sql(tenant_, all), SchemaError);
}

TEST_F(Rewriting, AHiddenColumnIsUnknownInTheSameWords) {
  const auto message = [&](const std::string& name) -> std::string {
    Table without = users_;
    without.columns.erase(without.columns.begin() + 3);
    try {
      if (name == "secret") {
        (void)sql(tenant_, select(users_, {name}));
      } else {
        (void)without.column(name);
      }
    } catch (const SchemaError& error) {
      return error.what();
    }
    return "";
  };
  const std::string hidden = message("secret");
  EXPECT_FALSE(hidden.empty());
  std::string unknown = message("Secret");  // any name that the table lacks
  unknown.replace(unknown.find("Secret"), 6, "secret");
  EXPECT_EQ(hidden, unknown);
}

TEST_F(Rewriting, HiddenColumnsCannotBeReachedAnywhere) {
  const auto isNullOf = [](const char* name) { return make(IsNull{column(name)}); };
  Select where = select(users_, {"id"});
  where.where = isNullOf("secret");
  EXPECT_THROW(sql(tenant_, where), SchemaError);
  where.where = isNullOf("SECRET");
  EXPECT_THROW(sql(tenant_, where), SchemaError);
  Select order = select(users_, {"id"});
  order.orderBy = {{column("secret"), false, std::nullopt, false}};
  EXPECT_THROW(sql(tenant_, order), SchemaError);
  Select group = select(users_, {"id"});
  group.groupBy = {column("secret")};
  EXPECT_THROW(sql(tenant_, group), SchemaError);
  Select having = select(users_, {"id"});
  having.having = isNullOf("secret");
  EXPECT_THROW(sql(tenant_, having), SchemaError);
  Select nested = select(users_, {});
  nested.items = {{make(Call{FunctionKind::Count, {column("secret")}, true}), ""}};
  nested.allColumns = true;
  EXPECT_THROW(sql(tenant_, nested), SchemaError);
  Select join = select(posts_, {"id"});
  join.sources.push_back({&users_, "", JoinKind::Inner, make(IsNull{column("secret", 1)})});
  EXPECT_THROW(sql(tenant_, join), SchemaError);
  Delete deletion{&users_, isNullOf("secret"), {}, false};
  EXPECT_THROW(sql(tenant_, deletion), SchemaError);
  auto inner = std::make_shared<Select>(select(posts_, {}));
  inner->where = make(IsNull{make(ColumnRef{0, "secret", 1})});
  Select outer = select(users_, {"id"});
  outer.where = make(Exists{inner});
  EXPECT_THROW(sql(tenant_, outer), SchemaError);
}

TEST_F(Rewriting, MasksAColumnWhereverItIsRead) {
  Select query = select(users_, {"email"});
  query.where = compare(CompareOp::Eq, column("email"), parameter(0));
  query.orderBy = {{column("email"), false, std::nullopt, false}};
  EXPECT_EQ(sql(tenant_, query), R"(SELECT ? AS "email" FROM "main"."users" WHERE ? = ? )"
                                 R"(AND "users"."tenant" = ? ORDER BY ? NULLS FIRST)");
}

TEST_F(Rewriting, AMaskMayReadTheTableItself) {
  const RewriterChain chain = chainOf([](const Table& table, Operation, TableRules& rules) {
    if (table.name == "users") {
      rules.mask("email", make(Call{FunctionKind::Lower, {column("name")}, false}));
    }
  });
  Select query = select(posts_, {"id"});
  query.sources.push_back({&users_, "u", JoinKind::Inner, nullptr});
  query.items.push_back({column("email", 1), "mail"});
  EXPECT_EQ(sql(chain, query),
            R"(SELECT "posts"."id", lower("u"."name") AS "mail" FROM "main"."posts" )"
            R"(JOIN "main"."users" AS "u" ON 1 = 1)");
}

TEST_F(Rewriting, PutsThePredicateOfALeftJoinInItsOn) {
  Select query = select(users_, {"id"});
  query.sources.push_back(
      {&posts_, "p", JoinKind::Left, compare(CompareOp::Eq, column("user_id", 1), column("id"))});
  query.sources.push_back({&posts_, "q", JoinKind::Inner, nullptr});
  EXPECT_EQ(sql(tenant_, query),
            R"(SELECT "users"."id" FROM "main"."users" LEFT JOIN "main"."posts" AS "p" )"
            R"(ON "p"."user_id" = "users"."id" AND "p"."tenant" = ? )"
            R"(JOIN "main"."posts" AS "q" ON 1 = 1 )"
            R"(WHERE "users"."tenant" = ? AND "q"."tenant" = ?)");
}

TEST_F(Rewriting, RestrictsSubqueriesWithTheirOwnRules) {
  auto inner = std::make_shared<Select>(select(posts_, {}));
  inner->where = compare(CompareOp::Eq, column("user_id"), make(ColumnRef{0, "email", 1}));
  Select query = select(users_, {"id"});
  query.where = make(Exists{inner});
  EXPECT_EQ(sql(tenant_, query),
            R"(SELECT "id" FROM "main"."users" WHERE EXISTS (SELECT 1 FROM "main"."posts" )"
            R"(WHERE "posts"."user_id" = ? AND "posts"."tenant" = ?) AND "tenant" = ?)");
}

TEST_F(Rewriting, ARulesOwnSubqueryIsTrusted) {
  // A rule that looks at its own table must not be applied to itself for ever.
  const RewriterChain chain = chainOf([this](const Table&, Operation, TableRules& rules) {
    auto inner = std::make_shared<Select>();
    inner->sources = {{&users_, "", JoinKind::None, nullptr}};
    inner->where = compare(CompareOp::Eq, column("id"), make(ColumnRef{0, "tenant", 1}));
    rules.restrict(make(Exists{inner}));
  });
  EXPECT_EQ(sql(chain, select(users_, {"id"})),
            R"(SELECT "id" FROM "main"."users" WHERE EXISTS (SELECT 1 FROM "main"."users" )"
            R"(AS "users_2" WHERE "users_2"."id" = "users"."tenant"))");
}

TEST_F(Rewriting, RestrictsUpdatesAndDeletesOnceThoughReadingIsRestrictedToo) {
  Update update;
  update.table = &users_;
  update.set = {{"name", parameter(0)}};
  update.where = compare(CompareOp::Eq, column("id"), parameter(1));
  update.returning = {{column("id"), ""}, {column("secret"), ""}, {column("email"), ""}};
  update.returningAll = true;
  EXPECT_EQ(sql(tenant_, update),
            R"(UPDATE "main"."users" SET "name" = ? WHERE "id" = ? AND "tenant" = ? )"
            R"(RETURNING "id", ? AS "email")");
  EXPECT_EQ(sql(tenant_, Delete{&users_, nullptr, {}, false}),
            R"(DELETE FROM "main"."users" WHERE "tenant" = ?)");
}

TEST_F(Rewriting, OnlyRowsThatMayBeReadAreWritten) {
  const RewriterChain chain = chainOf([](const Table&, Operation operation, TableRules& rules) {
    if (operation == Operation::Select) rules.restrict(make(IsNull{column("secret")}));
    if (operation == Operation::Delete) rules.restrict(make(IsNull{column("name")}));
  });
  EXPECT_EQ(sql(chain, Delete{&users_, nullptr, {}, false}),
            R"(DELETE FROM "main"."users" WHERE "name" IS NULL AND "secret" IS NULL)");
}

TEST_F(Rewriting, RefusesWritesToHiddenAndMaskedColumns) {
  for (const char* name : {"secret", "email", "EMAIL"}) {
    Update update{&users_, {{name, parameter(0)}}, nullptr, {}, false};
    EXPECT_THROW(sql(tenant_, update), AuthorizationError) << name;
    Insert insert;
    insert.table = &users_;
    insert.columns = {"name", name};
    insert.rows = {{parameter(0), parameter(1)}};
    EXPECT_THROW(sql(tenant_, insert), AuthorizationError) << name;
    insert.columns = {"name", "id"};
    insert.conflict = Conflict{{"id"}, true, {name}, nullptr};
    EXPECT_THROW(sql(tenant_, insert), AuthorizationError) << name;
  }
}

TEST_F(Rewriting, AnUpsertOnlyUpdatesRowsThatMayBeUpdated) {
  Insert insert;
  insert.table = &users_;
  insert.columns = {"id", "name"};
  insert.rows = {{parameter(0), parameter(1)}};
  insert.conflict = Conflict{{"id"}, true, {"name"}, nullptr};
  insert.returning = {{column("email"), ""}};
  EXPECT_EQ(sql(tenant_, insert),
            R"(INSERT INTO "main"."users" ("id", "name") VALUES (?, ?) ON CONFLICT ("id") )"
            R"(DO UPDATE SET "name" = excluded."name" WHERE "users"."tenant" = ? )"
            R"(RETURNING ? AS "email")");
  insert.conflict->target = {"secret"};
  EXPECT_THROW(sql(tenant_, insert), SchemaError);
}

TEST_F(Rewriting, DeniedOperationsAreRefused) {
  const auto denying = [](Operation denied) {
    return chainOf([denied](const Table& table, Operation operation, TableRules& rules) {
      rules.denied = operation == denied && table.name == "users";
    });
  };
  Insert insert;
  insert.table = &users_;
  insert.rows = {{}};
  const Update update{&users_, {{"name", parameter(0)}}, nullptr, {}, false};
  const Delete deletion{&users_, nullptr, {}, false};
  EXPECT_THROW(sql(denying(Operation::Select), select(users_, {"id"})), AuthorizationError);
  EXPECT_THROW(sql(denying(Operation::Insert), insert), AuthorizationError);
  EXPECT_THROW(sql(denying(Operation::Update), update), AuthorizationError);
  EXPECT_THROW(sql(denying(Operation::Delete), deletion), AuthorizationError);
  EXPECT_NO_THROW(sql(denying(Operation::Update), select(users_, {"id"})));
  insert.columns = {"name"};
  insert.rows = {{parameter(0)}};
  insert.conflict = Conflict{{"id"}, true, {"name"}, nullptr};
  EXPECT_THROW(sql(denying(Operation::Update), insert), AuthorizationError);
  EXPECT_THROW(sql(denying(Operation::Select), deletion), AuthorizationError);
}

TEST_F(Rewriting, RefusesRawFragmentsOfTheCaller) {
  Select query = select(users_, {"id"});
  query.where = make(RawSql{"secret = 1", {}});
  EXPECT_THROW(sql(tenant_, query), AuthorizationError);
}

TEST_F(Rewriting, RefusesAListOfAllWithNothingLeft) {
  const RewriterChain chain =
      chainOf([](const Table&, Operation, TableRules& rules) { rules.hide("id"); });
  Select query = select(users_, {"id"});
  query.allColumns = true;
  EXPECT_THROW(sql(chain, query), AuthorizationError);
}

TEST_F(Rewriting, ThePredicateOfAWriteIsItsCheckUnlessOneWasGiven) {
  const Context context;
  EXPECT_TRUE(sameExpr(tenant_.rulesFor(users_, Operation::Insert, context).check, ofTenant()));
  EXPECT_TRUE(sameExpr(tenant_.rulesFor(users_, Operation::Update, context).check, ofTenant()));
  EXPECT_EQ(tenant_.rulesFor(users_, Operation::Select, context).check, nullptr);
  EXPECT_EQ(tenant_.rulesFor(users_, Operation::Delete, context).check, nullptr);
  const ExprPtr own = make(IsNull{column("name")});
  const RewriterChain chain = chainOf([&](const Table&, Operation, TableRules& rules) {
    rules.restrict(ofTenant());
    rules.require(own);
  });
  EXPECT_TRUE(sameExpr(chain.rulesFor(users_, Operation::Update, context).check, own));
}

TEST_F(Rewriting, RulesOfSeveralRewritersAddUp) {
  const auto restricting = [](ExprPtr by) {
    return std::make_shared<FunctionRewriter>(
        [by](const Table&, Operation, TableRules& rules) { rules.restrict(by); });
  };
  const RewriterChain chain({restricting(ofTenant()), restricting(make(IsNull{column("name")})),
                             restricting(make(IsNull{column("name")}))});
  EXPECT_EQ(sql(chain, select(users_, {"id"})),
            R"(SELECT "id" FROM "main"."users" WHERE "tenant" = ? AND "name" IS NULL)");
}

TEST_F(Rewriting, TheFingerprintFollowsEveryRewriterAndTheirOrder) {
  const auto none = [](const Table&, Operation, TableRules&) {};
  const auto of = [&](std::vector<std::uint64_t> prints) {
    std::vector<std::shared_ptr<const QueryRewriter>> rewriters;
    for (const auto print : prints) {
      rewriters.push_back(std::make_shared<FunctionRewriter>(none, print));
    }
    return RewriterChain(std::move(rewriters)).fingerprint(Context());
  };
  EXPECT_EQ(of({1, 2}), of({1, 2}));
  EXPECT_NE(of({1, 2}), of({2, 1}));
  EXPECT_NE(of({1}), of({1, 0}));
  EXPECT_NE(of({0}), 0U);
}

}  // namespace
}  // namespace sonde
