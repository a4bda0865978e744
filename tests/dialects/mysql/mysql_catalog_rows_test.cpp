// The rows of servers that are not at hand: MySQL 8, and names that ignore case. They are written
// here as those servers give them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <sonde/dialects/mysql/mysql_catalog_builder.hpp>
#include <sonde/dialects/mysql/mysql_catalog_column.hpp>
#include <sonde/dialects/mysql/mysql_catalog_server.hpp>

namespace sonde::mysql {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Field = std::optional<std::string_view>;

constexpr std::nullopt_t kNull = std::nullopt;

CatalogServer mysql8() {
  CatalogServer server;
  server.product = MysqlProduct::Mysql;
  server.version = "8.0.36";
  server.database = "shop";
  return server;
}

/// A builder that takes rows as lists.
class Rows {
 public:
  explicit Rows(const CatalogServer& server) : builder_(server) {
    add(CatalogQuery::Schemas, {"shop", kNull, "utf8mb4_0900_ai_ci"});
  }
  Rows& add(CatalogQuery query, std::initializer_list<Field> row) {
    builder_.add(query, Fields(row.begin(), row.size()));
    return *this;
  }
  Rows& table(std::string_view name) {
    return add(CatalogQuery::Tables, {"shop", name, "BASE TABLE", "InnoDB", "7", ""});
  }
  Rows& column(std::string_view table, std::string_view name, std::string_view position,
               Field defaultValue, std::string_view type, std::string_view extra = "",
               Field expression = "") {
    return add(CatalogQuery::Columns, {"shop", table, name, position, defaultValue, "YES", kNull,
                                       type, extra, expression, ""});
  }
  Catalog finish() { return builder_.finish(); }

 private:
  CatalogBuilder builder_;
};

std::string defaultOf(std::string_view type, std::string_view text, std::string_view extra = "") {
  Column column;
  column.declaredType = type;
  describeType(column);
  const auto found = readDefault(mysql8(), column, text, extra);
  if (!found) return "none";
  return (found->kind == ColumnDefault::Kind::Literal ? "literal " : "expression ") + found->text;
}

TEST(MysqlCatalogRows, DefaultsOfMysqlAreBareTexts) {
  EXPECT_EQ(defaultOf("int", "5"), "literal 5");
  EXPECT_EQ(defaultOf("int", "-1"), "literal -1");
  EXPECT_EQ(defaultOf("bigint unsigned", "18446744073709551615"), "literal 18446744073709551615");
  EXPECT_EQ(defaultOf("decimal(5,2)", "1.50"), "literal 1.50");
  EXPECT_EQ(defaultOf("double", "1e30"), "literal 1e30");
  EXPECT_EQ(defaultOf("varchar(9)", "abc"), "literal 'abc'");
  EXPECT_EQ(defaultOf("varchar(9)", ""), "literal ''");
  EXPECT_EQ(defaultOf("varchar(9)", "NULL"), "literal 'NULL'") << "a word; none would be SQL NULL";
  EXPECT_EQ(defaultOf("varchar(9)", "5"), "literal '5'");
  EXPECT_EQ(defaultOf("varchar(9)", "it's"), "literal 'it''s'");
  EXPECT_EQ(defaultOf("varchar(9)", "a\\b"), "literal 'a\\\\b'");
  EXPECT_EQ(defaultOf("varchar(20)", "CURRENT_TIMESTAMP"), "literal 'CURRENT_TIMESTAMP'");
  EXPECT_EQ(defaultOf("enum('a','b')", "b"), "literal 'b'");
  EXPECT_EQ(defaultOf("date", "2020-01-02"), "literal '2020-01-02'");
  EXPECT_EQ(defaultOf("year", "2020"), "literal 2020");
  EXPECT_EQ(defaultOf("bit(3)", "b'101'"), "literal b'101'");
  EXPECT_EQ(defaultOf("bit(1)", "b'1'"), "literal b'1'");
  EXPECT_EQ(defaultOf("binary(2)", "0x00FF"), "literal 0x00FF");
  EXPECT_EQ(defaultOf("varchar(9)", "0x00FF"), "literal '0x00FF'");
}

TEST(MysqlCatalogRows, DefaultsOfMysqlAreExpressionsWhereTheServerSaysSo) {
  const std::string_view generated = "DEFAULT_GENERATED";
  EXPECT_EQ(defaultOf("datetime", "CURRENT_TIMESTAMP", generated), "expression CURRENT_TIMESTAMP");
  EXPECT_EQ(defaultOf("timestamp(3)", "CURRENT_TIMESTAMP(3)",
                      "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3)"),
            "expression CURRENT_TIMESTAMP(3)");
  EXPECT_EQ(defaultOf("int", "(1 + 1)", generated), "expression 1 + 1");
  EXPECT_EQ(defaultOf("int", "(1 + 1) * (2 + 2)", generated), "expression (1 + 1) * (2 + 2)");
  EXPECT_EQ(defaultOf("varchar(9)", "_utf8mb4\\'it\\\\\\'s\\'", generated),
            "expression _utf8mb4'it\\'s'");
  EXPECT_EQ(defaultOf("varchar(36)", "uuid()", generated), "expression uuid()");
  EXPECT_EQ(defaultOf("json", "json_array()", generated), "expression json_array()");
}

TEST(MysqlCatalogRows, ColumnsOfMysqlAreUnderstood) {
  const Catalog catalog =
      Rows(mysql8())
          .table("t")
          // Its dictionary gives rows in no order.
          .column("t", "changed", "3", "CURRENT_TIMESTAMP(3)", "timestamp(3)",
                  "DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3)")
          .column("t", "id", "1", kNull, "bigint unsigned", "auto_increment")
          .column("t", "flag", "2", "1", "tinyint(1)")
          .column("t", "small", "4", kNull, "tinyint")
          .column("t", "sum", "5", kNull, "int", "VIRTUAL GENERATED", "(`id` + 1)")
          .column("t", "text", "6", kNull, "varchar(20)", "STORED GENERATED",
                  "concat(`id`,_utf8mb4\\')x\\')")
          .column("t", "doc", "7", kNull, "json", "INVISIBLE")
          .finish();
  ASSERT_EQ(catalog.tables.size(), 1u);
  EXPECT_EQ(catalog.dialect, "mysql");
  EXPECT_EQ(catalog.serverVersion, "8.0.36");
  const Table& table = catalog.tables[0];
  EXPECT_EQ(table.error, std::nullopt);
  ASSERT_EQ(table.columns.size(), 7u);
  EXPECT_EQ(table.columns[0].name, "id");
  EXPECT_TRUE(table.columns[0].autoIncrement);
  EXPECT_TRUE(table.columns[0].isUnsigned);
  EXPECT_EQ(table.columns[1].type, Type::Boolean);
  EXPECT_EQ(table.columns[2].onUpdate, "CURRENT_TIMESTAMP(3)");
  EXPECT_EQ(table.columns[2].generated, Generated::No) << "DEFAULT_GENERATED is no such thing";
  EXPECT_EQ(table.columns[3].type, Type::Integer);
  EXPECT_EQ(table.columns[4].generated, Generated::Virtual);
  EXPECT_EQ(table.columns[4].generatedExpression, "`id` + 1");
  EXPECT_EQ(table.columns[5].generated, Generated::Stored);
  EXPECT_EQ(table.columns[5].generatedExpression, "concat(`id`,_utf8mb4')x')");
  EXPECT_EQ(table.columns[6].type, Type::Json);
}

TEST(MysqlCatalogRows, IndexesOfMysqlMayBeFunctionalOrInvisible) {
  using Q = CatalogQuery;
  const Catalog catalog =
      Rows(mysql8())
          .table("t")
          .column("t", "a", "1", kNull, "varchar(9)")
          .add(Q::Indexes, {"shop", "t", "fn", "2", "1", "a", "A", "3", "BTREE", "1", kNull})
          .add(Q::Indexes, {"shop", "t", "fn", "1", "1", kNull, "D", kNull, "BTREE", "1",
                            "(lower(`a`) = _utf8mb4\\'x\\')"})
          .add(Q::Indexes, {"shop", "t", "hidden", "1", "0", "a", "A", kNull, "BTREE", "0", kNull})
          .add(Q::Indexes,
               {"shop", "t", "ufn", "1", "0", kNull, "A", kNull, "BTREE", "1", "lower(`a`)"})
          .finish();
  const Table& table = catalog.tables.at(0);
  ASSERT_EQ(table.indexes.size(), 3u);
  ASSERT_EQ(table.indexes[0].parts.size(), 2u);
  EXPECT_EQ(table.indexes[0].parts[0].column, "");
  EXPECT_EQ(table.indexes[0].parts[0].expression, "lower(`a`) = _utf8mb4'x'");
  EXPECT_TRUE(table.indexes[0].parts[0].descending);
  EXPECT_EQ(table.indexes[0].parts[1].column, "a");
  EXPECT_EQ(table.indexes[0].parts[1].prefixLength, 3);
  EXPECT_FALSE(table.indexes[1].valid);
  EXPECT_EQ(table.indexes[2].parts[0].expression, "lower(`a`)");
  // An invisible one still keeps rows apart, one over an expression no columns.
  ASSERT_EQ(table.uniqueConstraints.size(), 1u);
  EXPECT_EQ(table.uniqueConstraints[0].name, "hidden");
}

TEST(MysqlCatalogRows, ChecksOfMysqlFindTheirTables) {
  using Q = CatalogQuery;
  const Catalog catalog =
      Rows(mysql8())
          .table("t")
          .table("u")
          .add(Q::CheckClauses, {"shop", kNull, "u_chk_1", kNull, "(`b` <> _utf8mb4\\'x\\')"})
          .add(Q::CheckClauses, {"shop", kNull, "t_b", kNull, "((`a` > 0) or (`b` > 0))"})
          .add(Q::CheckClauses, {"shop", kNull, "t_a", kNull, "(`a` > 0)"})
          .add(Q::CheckClauses, {"shop", kNull, "off", kNull, "(`a` > 9)"})
          .add(Q::CheckClauses, {"elsewhere", kNull, "t_a", kNull, "(`a` > 7)"})
          .add(Q::CheckTables, {"shop", "t", "t_b"})
          .add(Q::CheckTables, {"shop", "u", "u_chk_1"})
          .add(Q::CheckTables, {"shop", "t", "t_a"})
          .add(Q::CheckTables, {"elsewhere", "t", "t_a"})
          .finish();
  const auto& checks = catalog.tables.at(0).checks;
  ASSERT_EQ(checks.size(), 2u) << "one that is not enforced says nothing of the rows";
  EXPECT_EQ(checks[0].name, "t_a");
  EXPECT_EQ(checks[0].expression, "`a` > 0");
  EXPECT_EQ(checks[1].expression, "(`a` > 0) or (`b` > 0)");
  ASSERT_EQ(catalog.tables.at(1).checks.size(), 1u);
  EXPECT_EQ(catalog.tables.at(1).checks[0].expression, "`b` <> _utf8mb4'x'");
}

TEST(MysqlCatalogRows, InvalidViewsOfMysqlKeepTheirColumns) {
  const Catalog catalog =
      Rows(mysql8())
          .add(CatalogQuery::Tables,
               {"shop", "v", "VIEW", kNull, kNull, "View 'shop.v' references invalid table(s)"})
          .add(CatalogQuery::Tables, {"shop", "w", "VIEW", kNull, kNull, "VIEW"})
          .column("v", "a", "1", kNull, "int")
          .column("w", "a", "1", kNull, "int")
          .add(CatalogQuery::Views, {"shop", "v", "select 1 AS `a`", "YES", "NONE", "DEFINER"})
          .add(CatalogQuery::Views, {"shop", "w", "select 1 AS `a`", "NO", "NONE", "DEFINER"})
          .finish();
  EXPECT_THAT(catalog.tables.at(0).error.value_or(""), HasSubstr("invalid"));
  EXPECT_EQ(catalog.tables[0].columns.size(), 1u);
  EXPECT_FALSE(catalog.tables[0].writable());
  EXPECT_EQ(catalog.tables.at(1).error, std::nullopt);
  EXPECT_EQ(catalog.tables[1].updatable, false);
  EXPECT_EQ(catalog.tables[1].definition, "CREATE VIEW `w` AS select 1 AS `a`");
}

TEST(MysqlCatalogRows, OfTablesThatWereNotListedAreLeftOut) {
  using Q = CatalogQuery;
  const Catalog catalog =
      Rows(mysql8())
          .table("t")
          .column("t", "a", "1", kNull, "int")
          .column("made_meanwhile", "b", "1", kNull, "int")
          .add(Q::Indexes, {"shop", "gone", "i", "1", "0", "b", "A", kNull, "BTREE", "1", kNull})
          .add(Q::ForeignKeyRules, {"shop", "t", "unknown", "CASCADE", "CASCADE"})
          .add(Q::CheckTables, {"shop", "t", "unknown"})
          .add(Q::Triggers, {"shop", "gone", "tr", "INSERT", "BEFORE", "1", "SET @x = 1"})
          .add(Q::Tables, {"shop", "later", "BASE TABLE", "InnoDB", "0", ""})
          .finish();
  ASSERT_EQ(catalog.tables.size(), 2u);
  EXPECT_THAT(catalog.tables[0].error.value_or(""), HasSubstr("shows none of its columns"));
  EXPECT_EQ(catalog.tables[1].columns.size(), 1u);
  EXPECT_THAT(catalog.tables[1].indexes, IsEmpty());
  EXPECT_THAT(catalog.tables[1].checks, IsEmpty());
}

TEST(MysqlCatalogRows, TemporaryTablesOfNewerServersAreLeftOut) {
  CatalogServer server = mysql8();
  server.product = MysqlProduct::MariaDb;
  using Q = CatalogQuery;
  const Catalog catalog =
      Rows(server)
          .add(Q::Tables, {"shop", "t", "TEMPORARY", "InnoDB", "0", ""})
          .add(Q::Tables, {"shop", "t", "BASE TABLE", "InnoDB", "0", ""})
          .add(Q::Tables, {"shop", "s", "TEMPORARY SEQUENCE", "InnoDB", "0", ""})
          .add(Q::Tables, {"shop", "s2", "SEQUENCE", "InnoDB", "0", ""})
          .finish();
  EXPECT_EQ(catalog.tables.size(), 1u);
  ASSERT_EQ(catalog.sequences.size(), 1u);
  EXPECT_EQ(catalog.sequences[0].name, "s2");
}

TEST(MysqlCatalogRows, NamesStoredAsGivenAreRestoredWhereCaseDoesNotCount) {
  // lower_case_table_names=2: some catalogs tell names in lower case, and DATABASE() as it was
  // asked for.
  CatalogServer server = mysql8();
  server.lowerCaseTableNames = 2;
  server.database = "SHOP";
  using Q = CatalogQuery;
  Catalog catalog =
      Rows(server)
          .add(Q::Tables, {"Shop", "Users", "BASE TABLE", "InnoDB", "0", ""})
          .add(Q::Tables, {"Shop", "Posts", "BASE TABLE", "InnoDB", "0", ""})
          .add(Q::Columns, {"Shop", "Users", "Id", "1", kNull, "NO", kNull, "int", "", "", ""})
          .add(Q::Columns, {"shop", "posts", "AuthorId", "1", kNull, "NO", "utf8mb4_0900_ai_ci",
                            "varchar(9)", "", "", ""})
          .add(Q::Indexes,
               {"shop", "users", "PRIMARY", "1", "0", "Id", "A", kNull, "BTREE", "1", kNull})
          .add(Q::ForeignKeyColumns,
               {"Shop", "Posts", "fk", "1", "AuthorId", "shop", "users", "id"})
          .add(Q::ForeignKeyRules, {"shop", "posts", "fk", "CASCADE", "NO ACTION"})
          .finish();
  EXPECT_TRUE(catalog.ignoreCase);
  const auto schema = Schema::build(std::move(catalog));
  const Table& posts = schema->table("POSTS");
  EXPECT_EQ(posts.name, "Posts");
  EXPECT_EQ(posts.columns.at(0).collation, std::nullopt) << "the collation of its database";
  ASSERT_EQ(posts.foreignKeys.size(), 1u);
  EXPECT_FALSE(posts.foreignKeys[0].dangling);
  EXPECT_EQ(posts.foreignKeys[0].references.schema, "Shop");
  EXPECT_EQ(posts.foreignKeys[0].references.table, "Users");
  EXPECT_THAT(posts.foreignKeys[0].references.columns, ElementsAre("Id"));
  EXPECT_EQ(posts.foreignKeys[0].onDelete, ReferentialAction::Cascade);
  EXPECT_TRUE(posts.foreignKeys[0].targetUnique);
}

TEST(MysqlCatalogRows, ThatMakeNoSenseBreakNothing) {
  using Q = CatalogQuery;
  const Catalog catalog =
      Rows(mysql8())
          .add(Q::Tables, {"shop", "t", kNull, kNull, "many", kNull})
          .add(Q::Columns, {"shop", "t", "a", "-4", kNull, kNull, kNull, "enum('a", "", kNull, ""})
          .add(Q::Columns, {"shop", "t", "b", "99999999999", kNull, kNull, kNull, "", "", "", ""})
          .add(Q::Indexes, {"shop", "t", "i", "x", kNull, kNull, kNull, "y", kNull, kNull, kNull})
          .finish();
  ASSERT_EQ(catalog.tables.size(), 1u);
  EXPECT_EQ(catalog.tables[0].rowEstimate, std::nullopt);
  ASSERT_EQ(catalog.tables[0].columns.size(), 2u);
  EXPECT_THAT(catalog.tables[0].columns[0].enumValues, ElementsAre("a"));
  EXPECT_FALSE(catalog.tables[0].hasKeyWithin({"a", "b"}));
}

TEST(MysqlCatalogRows, AreAskedForInTheWordsOfEachProduct) {
  CatalogServer maria = mysql8();
  maria.product = MysqlProduct::MariaDb;
  const auto both = [&](CatalogQuery query) {
    return std::pair(catalogSql(query, mysql8()), catalogSql(query, maria));
  };
  const auto [indexes, mariaIndexes] = both(CatalogQuery::Indexes);
  EXPECT_THAT(indexes, HasSubstr("IS_VISIBLE"));
  EXPECT_THAT(indexes, HasSubstr("EXPRESSION"));
  EXPECT_THAT(mariaIndexes, HasSubstr("IGNORED"));
  EXPECT_THAT(mariaIndexes, Not(HasSubstr("EXPRESSION")));
  const auto [clauses, mariaClauses] = both(CatalogQuery::CheckClauses);
  EXPECT_THAT(clauses, Not(HasSubstr("TABLE_NAME")));
  EXPECT_THAT(mariaClauses, HasSubstr("TABLE_NAME"));
  const auto [tables, mariaTables] = both(CatalogQuery::CheckTables);
  EXPECT_THAT(tables, HasSubstr("information_schema.TABLE_CONSTRAINTS"));
  EXPECT_EQ(mariaTables, "");
  EXPECT_THAT(catalogHashSql(mysql8()), HasSubstr("IS_VISIBLE"));
  EXPECT_THAT(catalogHashSql(maria), Not(HasSubstr("IS_VISIBLE")));
}

TEST(MysqlCatalogRows, NeverJoinOnTheServer) {
  for (const CatalogQuery query : kCatalogQueries) {
    const std::string sql = catalogSql(query, mysql8());
    EXPECT_THAT(sql, HasSubstr(" = DATABASE()"));
    EXPECT_THAT(sql, Not(HasSubstr("JOIN")));
    EXPECT_EQ(sql.find("information_schema."), sql.rfind("information_schema.")) << sql;
  }
  CatalogServer all = mysql8();
  all.database.reset();
  EXPECT_THAT(catalogSql(CatalogQuery::Tables, all),
              HasSubstr("TABLE_SCHEMA NOT IN ('information_schema', 'mysql', "
                        "'performance_schema', 'sys')"));
}

TEST(MysqlCatalogRows, ParenthesesAroundTheWholeAreTakenAway) {
  EXPECT_EQ(withoutParentheses("(a)"), "a");
  EXPECT_EQ(withoutParentheses(" ( a + (b) ) "), "a + (b)");
  EXPECT_EQ(withoutParentheses("(a) + (b)"), "(a) + (b)");
  EXPECT_EQ(withoutParentheses("((a) + (b))"), "(a) + (b)");
  EXPECT_EQ(withoutParentheses("(')')"), "')'");
  EXPECT_EQ(withoutParentheses("('(') + (')')"), "('(') + (')')");
  EXPECT_EQ(withoutParentheses("(`)`)"), "`)`");
  EXPECT_EQ(withoutParentheses("(a"), "(a");
  EXPECT_EQ(withoutParentheses(")"), ")");
  EXPECT_EQ(withoutParentheses("()"), "");
  EXPECT_EQ(withoutParentheses(""), "");
}

TEST(MysqlCatalogRows, EscapesAreUndone) {
  EXPECT_EQ(withoutEscapes("a\\'b\\\\c\\nd\\"), "a'b\\c\nd\\");
  EXPECT_EQ(withoutEscapes("\\0\\r\\t\\b\\Z\\%"), std::string("\0\r\t\b\x1a%", 6));
  EXPECT_EQ(withoutEscapes(""), "");
}

TEST(MysqlCatalogRows, LabelsAreReadExactly) {
  EXPECT_THAT(readLabels("enum('a','b,c','d''e','')"), ElementsAre("a", "b,c", "d'e", ""));
  EXPECT_THAT(readLabels("set('x','y')"), ElementsAre("x", "y"));
  EXPECT_THAT(readLabels("enum('''','\\\\','\\\\''','x\\ny')"),
              ElementsAre("'", "\\", "\\'", "x\ny"));
  EXPECT_THAT(readLabels("varchar(9)"), IsEmpty());
  EXPECT_THAT(readLabels("enum"), IsEmpty());
  EXPECT_THAT(readLabels("enum('a\\"), ElementsAre("a\\"));
}

}  // namespace
}  // namespace sonde::mysql
