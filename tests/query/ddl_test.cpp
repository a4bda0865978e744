// The DDL that engines share, as the mock dialect writes it.
#include <gtest/gtest.h>
#include <sonde/dialects/mock/mock_driver.hpp>
#include <sonde/introspect/schema.hpp>

#include <string>
#include <utility>
#include <vector>

#include "sample_tables.hpp"

namespace sonde {
namespace {

std::string ddl(const Table& table) {
  return MockDialect::instance().compiler().createTable(table);
}

std::string ddl(std::vector<Table> tables) {
  Catalog catalog;
  catalog.searchPath = {"main"};
  catalog.tables = std::move(tables);
  return MockDialect::instance().compiler().createSchema(*Schema::build(std::move(catalog)));
}

Table pair() {
  Table table = test::plainTable("pair", {"a", "b"});
  table.primaryKey->columns = {"b", "a"};
  return table;
}

ForeignKey keyTo(std::string table) {
  ForeignKey key;
  key.columns = {"a", "b"};
  key.references = {"main", std::move(table), {"b", "a"}};
  return key;
}

TEST(Ddl, WritesColumnsWithAllTheirParts) {
  Table table = test::plainTable("t", {"id", "n", "g"});
  table.columns[0].identity = Identity::Always;
  table.columns[0].nullable = false;
  table.columns[1].defaultValue = ColumnDefault{ColumnDefault::Kind::Expression, "now()"};
  table.columns[1].collation = "C";
  table.columns[2].generated = Generated::Stored;
  table.columns[2].generatedExpression = "id + 1";
  table.primaryKey->name = "t_pkey";
  EXPECT_EQ(ddl(table),
            "CREATE TABLE \"main\".\"t\" (\n"
            "  \"id\" TEXT NOT NULL GENERATED ALWAYS AS IDENTITY,\n"
            "  \"n\" TEXT COLLATE \"C\" DEFAULT (now()),\n"
            "  \"g\" TEXT GENERATED ALWAYS AS (id + 1) STORED,\n"
            "  CONSTRAINT \"t_pkey\" PRIMARY KEY (\"id\")\n);\n");
}

TEST(Ddl, WritesKeysInKeyOrder) {
  Table table = pair();
  UniqueConstraint unique;
  unique.columns = {"a"};
  unique.nullsNotDistinct = true;
  table.uniqueConstraints = {unique};
  ForeignKey key = keyTo("other");
  key.name = "fk";
  key.onDelete = ReferentialAction::SetNull;
  key.setNullColumns = {"a"};
  key.match = "FULL";
  key.deferrable = true;
  table.foreignKeys = {key};
  EXPECT_EQ(ddl(table),
            "CREATE TABLE \"main\".\"pair\" (\n  \"a\" TEXT,\n  \"b\" TEXT,\n"
            "  PRIMARY KEY (\"b\", \"a\"),\n  UNIQUE NULLS NOT DISTINCT (\"a\"),\n"
            "  CONSTRAINT \"fk\" FOREIGN KEY (\"a\", \"b\") REFERENCES \"other\" (\"b\", \"a\") "
            "MATCH FULL ON DELETE SET NULL (\"a\") DEFERRABLE\n);\n");
  table.foreignKeys[0].references.schema = "far";
  EXPECT_NE(ddl(table).find("REFERENCES \"far\".\"other\""), std::string::npos);
}

TEST(Ddl, WritesIndexes) {
  Table table = pair();
  Index index;
  index.name = "i";
  index.method = "gin";
  index.parts = {{"a", "", true, true, std::nullopt, "ops", std::nullopt},
                 {"", "b || a", false, false, std::nullopt, std::nullopt, std::nullopt}};
  index.include = {"b"};
  index.where = "a > 1";
  table.indexes = {index};
  EXPECT_TRUE(ddl(table).ends_with(
      "CREATE INDEX \"i\" ON \"main\".\"pair\" USING gin (\"a\" ops DESC, (b || a)) "
      "INCLUDE (\"b\") WHERE a > 1;\n"))
      << ddl(table);
}

TEST(Ddl, WritesViewsFromAQueryOrAWholeStatement) {
  Table view = test::plainTable("v", {"a"});
  view.kind = TableKind::View;
  view.definition = " SELECT 1 AS a ; ";
  EXPECT_EQ(ddl(view), "CREATE VIEW \"main\".\"v\" AS SELECT 1 AS a;\n");
  view.kind = TableKind::MaterializedView;
  EXPECT_EQ(ddl(view), "CREATE MATERIALIZED VIEW \"main\".\"v\" AS SELECT 1 AS a;\n");
  view.definition = "/* x */ create view v as select 1";
  EXPECT_EQ(ddl(view), "/* x */ create view v as select 1;\n");
}

TEST(Ddl, SaysWhatCannotBeWritten) {
  Table broken;
  broken.name = "a\nb";
  broken.error = "no such module";
  const std::string text = ddl(broken);
  EXPECT_TRUE(text.starts_with("-- "));
  EXPECT_EQ(text.find('\n'), text.size() - 1) << text;
  Table shadow = pair();
  shadow.kind = TableKind::Shadow;
  EXPECT_EQ(ddl(shadow), "");
  shadow.kind = TableKind::System;
  EXPECT_EQ(ddl(shadow), "");
}

TEST(Ddl, PutsTablesThenViewsThenTriggers) {
  Table view = test::plainTable("v", {"a"});
  view.kind = TableKind::View;
  view.definition = "SELECT a FROM child";
  Table child = test::plainTable("child", {"a", "b"});
  child.foreignKeys = {keyTo("pair")};
  child.triggers = {{"tr", "AFTER", {"INSERT"}, "CREATE TRIGGER tr AFTER INSERT ON child", {}}};
  const std::string text = ddl({view, child, pair()});
  const auto at = [&](const char* part) { return text.find(part); };
  EXPECT_LT(at("\"main\".\"pair\" ("), at("\"main\".\"child\" ("));
  EXPECT_LT(at("\"main\".\"child\" ("), at("CREATE VIEW"));
  EXPECT_LT(at("CREATE VIEW"), at("CREATE TRIGGER"));
  EXPECT_NE(at("CREATE TRIGGER"), std::string::npos);
}

TEST(Ddl, OrdersChainsOfAnyLength) {
  std::vector<Table> tables;
  for (int i = 0; i < 5000; ++i) {
    Table table = test::plainTable("t" + std::to_string(i), {"a", "b"});
    if (i != 4999) {
      ForeignKey key = keyTo("t" + std::to_string(i + 1));
      table.foreignKeys = {key};
    }
    tables.push_back(std::move(table));
  }
  const std::string text = ddl(std::move(tables));
  EXPECT_LT(text.find("\"t4999\""), text.find("\"t4998\" ("));
  EXPECT_LT(text.find("\"t1\" ("), text.find("\"t0\" ("));
}

}  // namespace
}  // namespace sonde
