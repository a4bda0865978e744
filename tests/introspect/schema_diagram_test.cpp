#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/introspect/schema_diagram.hpp>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "../support/temporary_folder.hpp"
#include "rich_catalog.hpp"

namespace sonde {
namespace {

using test::Names;
using test::schemaOf;
using test::TableMaker;
using testing::HasSubstr;
using testing::Not;

std::shared_ptr<const Schema> blogSchema() {
  TableMaker profiles("profiles");
  profiles.columns({"user_id"}).key({"user_id"}).references({"user_id"}, "users");
  profiles.raw().columns[0].nullable = false;
  TableMaker users("users");
  users.columns({"id", "email"}).key({"id"}).unique({"email"});
  users.raw().columns[0].nullable = false;
  users.raw().columns[1].type = Type::Text;
  return schemaOf(
      {users, profiles,
       TableMaker("posts").columns({"id", "user_id"}).key({"id"}).references({"user_id"}, "users"),
       TableMaker("empty"), TableMaker("users_data").kind(TableKind::Shadow).columns({"id"})});
}

/// Names that break quoting somewhere, each used for a table, its columns and its relations.
Names hostileNames() {
  return {"a\"b",  "it's", "50%",      "f(x)",      "[x]",   "a b",    "a,b",           "a\nb",
          "größe", "表",   ".",        "",          "\\",    "a\\",    "<b>",           "&amp",
          "%%c",   "a`b",  "{x}",      "a|b",       "a;b",   "#35;",   "\x1b[31m",      "  ",
          "1st",   "\xff", "-",        "end",       "class", "title",  "direction  TB", "style",
          "one",   "to",   "subgraph", "erDiagram", "PK",    "table1", "\xef\xbf\xbf"};
}

std::shared_ptr<const Schema> hostile() {
  std::vector<Table> tables;
  for (const std::string& name : hostileNames()) {
    TableMaker maker(name);
    maker.columns({name, "parent " + name}).key({name}).references({"parent " + name}, name);
    maker.raw().columns[1].type = Type::Other;
    maker.raw().columns[1].declaredType = name;
    tables.push_back(maker);
  }
  return schemaOf(std::move(tables));
}

TEST(MermaidDiagram, DrawsTablesColumnsKeysAndRelations) {
  EXPECT_EQ(mermaidDiagram(*blogSchema()),
            "erDiagram\n"
            "  users {\n"
            "    integer id PK\n"
            "    text email UK\n"
            "  }\n"
            "  profiles {\n"
            "    integer user_id PK, FK\n"
            "  }\n"
            "  posts {\n"
            "    integer id PK\n"
            "    integer user_id FK\n"
            "  }\n"
            "  empty\n"
            "  users ||--o| profiles : \"user\"\n"
            "  users |o--o{ posts : \"user\"\n");
}

TEST(MermaidDiagram, LeavesColumnsOutWhenAskedTo) {
  const std::string text =
      mermaidDiagram(*blogSchema(), {.tables = {"posts", "users"}, .columns = false});
  EXPECT_EQ(text, "erDiagram\n  users\n  posts\n  users |o--o{ posts : \"user\"\n");
}

TEST(MermaidDiagram, HoldsNothingButWhatItsGrammarAllows) {
  static const std::regex kLine(
      R"re(erDiagram|  [A-Za-z]\w*(\["[^"%\\<>`]+"\])?( \{)?|  \})re"
      R"re(|    [A-Za-z]\w* [A-Za-z]\w*( PK)?(,? FK)?( UK)?( "[^"%\\<>`]+")?)re"
      R"re(|  [A-Za-z]\w* (\|\||\|o)--o(\{|\|) [A-Za-z]\w* : "[^"%\\<>`]+")re");
  std::istringstream in(mermaidDiagram(*hostile()));
  std::size_t tables = 0;
  for (std::string line; std::getline(in, line);) {
    EXPECT_TRUE(std::regex_match(line, kLine)) << line;
    tables += line.back() == '{' ? 1u : 0u;
  }
  EXPECT_EQ(tables, hostileNames().size());
}

TEST(MermaidDiagram, HidesAStatementInsideAName) {
  const auto schema = schemaOf({TableMaker("the direction  TB").columns({"id"})});
  EXPECT_THAT(mermaidDiagram(*schema), HasSubstr("[\"the direction__TB\"]"));
}

TEST(MermaidDiagram, GivesEveryTableAnIdentifierOfItsOwn) {
  std::istringstream in(mermaidDiagram(*hostile(), {.columns = false}));
  static const std::regex kEntity(R"(  (\w+)(\[.*)?)");
  std::set<std::string> identifiers;
  std::smatch match;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_match(line, match, kEntity)) identifiers.insert(match[1]);
  }
  EXPECT_EQ(identifiers.size(), hostileNames().size());
  EXPECT_EQ(identifiers.count("end"), 0u) << "a word of the grammar";
  EXPECT_EQ(identifiers.count("table1"), 1u) << "the table of that name";
}

TEST(GraphvizDiagram, DrawsANodeForEachTableAndAnEdgeForEachRelation) {
  const std::string text = graphvizDiagram(*blogSchema());
  EXPECT_THAT(text, HasSubstr("digraph schema {\n"));
  EXPECT_THAT(text, HasSubstr("PORT=\"t\">users</TD></TR><TR><TD ALIGN=\"LEFT\" PORT=\"c0\">"
                              "<U>id</U></TD><TD ALIGN=\"LEFT\">integer *</TD></TR>"));
  EXPECT_THAT(text, HasSubstr("  t2:c1 -> t0:c0 [dir=both, arrowtail=crowodot, "
                              "arrowhead=teeodot, label=\"user\"];\n"));
  EXPECT_THAT(text, HasSubstr("  t1:c0 -> t0:c0 [dir=both, arrowtail=teeodot, arrowhead=tee, "
                              "label=\"user\"];\n"));
  EXPECT_THAT(text, Not(HasSubstr("users_data")));
}

TEST(GraphvizDiagram, PointsAtTheHeadsWhereColumnsAreLeftOut) {
  const std::string text = graphvizDiagram(*blogSchema(), {.columns = false});
  EXPECT_THAT(text, HasSubstr("  t2:t -> t0:t ["));
  EXPECT_THAT(text, Not(HasSubstr("email")));
}

TEST(GraphvizDiagram, DrawsOnlyTheTablesAskedFor) {
  const std::string text = graphvizDiagram(*blogSchema(), {.tables = {"posts"}});
  EXPECT_THAT(text, Not(HasSubstr("->")));
  EXPECT_THROW(static_cast<void>(graphvizDiagram(*blogSchema(), {.tables = {"pots"}})),
               SchemaError);
}

TEST(GraphvizDiagram, EscapesNamesForTheMarkupTheyStandIn) {
  const auto schema = schemaOf(
      {TableMaker("a<b>&\"c\"\n\xff").columns({"x\\"}).key({"x\\"}),
       TableMaker("d").columns({"e\\\"_id"}).references({"e\\\"_id"}, "a<b>&\"c\"\n\xff")});
  const std::string text = graphvizDiagram(*schema);
  EXPECT_THAT(text, HasSubstr(">a&lt;b&gt;&amp;&quot;c&quot;\\n\\xff</TD>"));
  EXPECT_THAT(text, HasSubstr("<U>x\\</U>"));
  EXPECT_THAT(text, HasSubstr("label=\"e\"]"));
}

TEST(GraphvizDiagram, IsReadByGraphvizWhateverTheNames) {
  if (std::system("command -v dot >/dev/null 2>&1") != 0) GTEST_SKIP() << "no Graphviz here";
  const test::TemporaryFolder folder;
  const std::string file = folder.file("hostile_names.dot");
  for (const auto& schema :
       {hostile(), blogSchema(), Schema::build(test::richCatalog()), schemaOf({})}) {
    std::ofstream(file) << graphvizDiagram(*schema);
    const std::string command = "dot -Tsvg -o /dev/null " + file + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << graphvizDiagram(*schema);
  }
}

}  // namespace
}  // namespace sonde
