#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/core/text.hpp>
#include <sonde/introspect/schema_text.hpp>
#include <sonde/introspect/text_grid.hpp>

#include <sstream>

#include "rich_catalog.hpp"

namespace sonde {
namespace {

using test::richCatalog;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Printable, ShowsControlsAsEscapes) {
  EXPECT_EQ(printable("a\nb\tc"), "a\\nb\\tc");
  EXPECT_EQ(printable(std::string("\0\x1b[31m\x7f", 7)), "\\x00\\x1b[31m\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\xc2\\x9b31m")
      << "a C1 control is one too";
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a\\xe2\\x80\\xae"
            "b")
      << "right-to-left override";
}

TEST(Printable, ShowsBytesThatAreNotUtf8AsEscapes) {
  EXPECT_EQ(printable("a\xff\xc3"
                      "b"),
            "a\\xff\\xc3"
            "b");
  EXPECT_EQ(printable("größe 表 😀"), "größe 表 😀");
  EXPECT_EQ(printable(""), "");
}

TEST(Clipped, CutsAtACharacterAndCountsCells) {
  EXPECT_EQ(clipped("abcdef", 6), "abcdef");
  EXPECT_EQ(clipped("abcdef", 5), "abcd…");
  EXPECT_EQ(clipped("表表表", 5), "表表…");
  EXPECT_EQ(clipped("表表表", 4), "表…");
  EXPECT_EQ(clipped("größe", 4), "grö…");
  EXPECT_EQ(clipped("ab", 1), "…");
  EXPECT_EQ(clipped("ab", 0), "");
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string out;
  appendWrapped(out, text, indent, width);
  return out;
}

TEST(Wrapped, BreaksAtSpacesAndIndentsWhatFollows) {
  EXPECT_EQ(wrapped("one two three", 2, 9), "  one two\n      thr\n      ee\n");
  EXPECT_EQ(wrapped("one two", 0, 80), "one two\n");
  EXPECT_EQ(wrapped("", 2, 80), "  \n");
}

TEST(Wrapped, KeepsTheIndentationOfTheTextItself) {
  EXPECT_EQ(wrapped("    abcdefgh", 0, 8), "    abcd\n    efgh\n");
}

TEST(Wrapped, NeverStopsWhereNothingFits) {
  EXPECT_EQ(wrapped("表表", 4, 3), "    表\n        表\n") << "one character a line";
}

TEST(TextGrid, AlignsColumnsByTheCellsTheyTake) {
  TextGrid grid({"Name", "N"}, 1);
  grid.alignRight(1);
  grid.add({"表", "1"});
  grid.add({"größe", "12"});
  std::string out;
  grid.appendTo(out, 80);
  EXPECT_EQ(out, " Name    N\n 表      1\n größe  12\n");
}

TEST(TextGrid, TakesTheWidthFromTheWidestColumns) {
  TextGrid grid({"a", "b", "c"});
  grid.add({"x", std::string(50, 'y'), std::string(30, 'z')});
  std::string out;
  grid.appendTo(out, 25);
  EXPECT_EQ(out, "a  b           c\nx  yyyyyyyyy…  zzzzzzzzz…\n");
}

TEST(TextGrid, StaysWithinTheWidthAlsoWithMoreColumnsThanFit) {
  TextGrid grid(std::vector<std::string>(100, "表name"));
  grid.add(std::vector<std::string>(100, "value"));
  for (const std::size_t width : {1u, 7u, 40u, 100u}) {
    std::string out;
    grid.appendTo(out, width);
    for (const std::string& line : linesOf(out)) EXPECT_LE(text::displayWidth(line), width);
  }
}

TEST(TextGrid, FillsMissingCellsAndDropsFurtherOnes) {
  TextGrid grid({"a", "b"});
  grid.add({"1"});
  grid.add({"1", "2", "3"});
  std::string out;
  grid.appendTo(out, 80);
  EXPECT_EQ(out, "a  b\n1\n1  2\n");
}

TEST(SchemaText, GivesAnOverviewOfAllTables) {
  const auto schema = Schema::build(richCatalog());
  EXPECT_EQ(schemaText(*schema),
            "sqlite 3.40.1\n"
            "2 tables, 1 view, fingerprint " +
                schema->fingerprint() +
                "\n"
                "\n"
                "Table   Kind   Columns  Rows  Key  Relations\n"
                "users   table        2  ~123  id   postsByAuthor\n"
                "posts   table        5        id   author\n"
                "recent  view         0             error: no such column: gone\n"
                "\n"
                "enum mood: sad, o'k\n");
}

TEST(SchemaText, GivesATableInFull) {
  const auto schema = Schema::build(richCatalog());
  EXPECT_EQ(schemaText(*schema, {.tables = {"users"}}),
            "users (table, ~123 rows, strict)\n"
            "  who may log in\n"
            "\n"
            "  Column  Type          Null  Default  Notes\n"
            "  id      INTEGER       no             key, auto-increment\n"
            "  email   VARCHAR(255)  no    'none'   collate NOCASE, where to write\n"
            "\n"
            "  Primary key\n"
            "    users_pk: (id)\n"
            "\n"
            "  Unique constraints\n"
            "    users_email_key: (email) nulls not distinct\n"
            "\n"
            "  Indexes\n"
            "    users_email: unique (email)\n"
            "    users_lower: (lower(email) collate C text_pattern_ops desc nulls last, id(10)) "
            "include (email)\n"
            "        using gist where id > 0 (invalid)\n"
            "\n"
            "  Checks\n"
            "    users_check: email <> ''\n"
            "\n"
            "  Exclusions\n"
            "    users_excl: EXCLUDE (id WITH =)\n"
            "\n"
            "  Triggers\n"
            "    users_touch: AFTER INSERT, UPDATE of (email)\n"
            "\n"
            "  Relations\n"
            "    postsByAuthor: hasMany posts (id) -> (author_id)\n");
}

TEST(SchemaText, ShowsInheritanceAndRulesThatOldRowsMayBreak) {
  Catalog catalog = richCatalog();
  catalog.tables[0].inherits = {"main.people", "main.things"};
  catalog.tables[0].checks[0].validated = false;
  const std::string text = schemaText(*Schema::build(std::move(catalog)), {.tables = {"users"}});
  EXPECT_THAT(text, HasSubstr("users (table, ~123 rows, strict, inherits from main.people, "
                              "main.things)\n"));
  EXPECT_THAT(text, HasSubstr("    users_check: email <> '' (not validated)\n"));
}

TEST(SchemaText, ShowsForeignKeysAndDerivedColumns) {
  const std::string text = schemaText(*Schema::build(richCatalog()), {.tables = {"posts"}});
  EXPECT_THAT(text, HasSubstr("posts (table, without rowid, partition of all_posts)\n"));
  EXPECT_THAT(text, HasSubstr("stored as id * 2\n"));
  EXPECT_THAT(text, HasSubstr("identity by default, domain moods, one of sad, o'k\n"));
  EXPECT_THAT(text, HasSubstr("posts_author: (author_id) -> users (id) on delete set null "
                              "(author_id) on update cascade\n        initially deferred "
                              "(not validated)\n"));
  EXPECT_THAT(text, HasSubstr("    (author_id) -> gone (id) (dangling)\n"));
  EXPECT_THAT(text, HasSubstr("author: belongsTo users (author_id) -> (id)\n"));
}

TEST(SchemaText, ShowsTheSqlOfAViewLineByLineAndWhatBrokeIt) {
  EXPECT_EQ(schemaText(*Schema::build(richCatalog()), {.tables = {"recent"}}),
            "recent (view)\n"
            "  error: no such column: gone\n"
            "\n"
            "  Definition\n"
            "    SELECT gone\n"
            "    FROM posts\n");
}

TEST(SchemaText, FitsTheWidthAskedFor) {
  const auto schema = Schema::build(richCatalog());
  for (const std::size_t width : {40u, 60u, 80u, 200u}) {
    for (const std::vector<std::string>& tables :
         {std::vector<std::string>{}, std::vector<std::string>{"users", "posts", "recent"}}) {
      for (const std::string& line : linesOf(schemaText(*schema, {tables, width, false}))) {
        EXPECT_LE(text::displayWidth(line), width) << line;
      }
    }
  }
}

TEST(SchemaText, KeepsControlCharactersFromTheTerminal) {
  const std::string hostile = "t\x1b[2J\n\r\xff";
  const auto schema = test::schemaOf(
      {test::TableMaker(hostile).columns({hostile}).key({hostile}).index(hostile, {hostile})});
  for (const std::string& text :
       {schemaText(*schema), schemaText(*schema, {.tables = {hostile}})}) {
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(text.find('\r'), std::string::npos);
    EXPECT_THAT(text, HasSubstr("t\\x1b[2J\\n\\x0d\\xff"));
  }
}

TEST(SchemaText, ListsInternalTablesOnlyWhenAskedTo) {
  const auto schema =
      test::schemaOf({test::TableMaker("t").columns({"a"}),
                      test::TableMaker("t_data").kind(TableKind::Shadow).columns({"a"})});
  EXPECT_THAT(schemaText(*schema), Not(HasSubstr("t_data")));
  EXPECT_THAT(schemaText(*schema, {.internal = true}), HasSubstr("t_data  shadow"));
  EXPECT_THAT(schemaText(*schema, {.tables = {"t_data"}}), HasSubstr("t_data (shadow)"));
}

TEST(SchemaText, SaysThatThereAreNoTablesAndNamesTheNearest) {
  EXPECT_THAT(schemaText(*test::schemaOf({})), HasSubstr("no tables, fingerprint"));
  EXPECT_THROW(static_cast<void>(schemaText(*Schema::build(richCatalog()), {.tables = {"usrs"}})),
               SchemaError);
}

}  // namespace
}  // namespace sonde
