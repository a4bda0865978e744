#include <gtest/gtest.h>
#include <sonde/introspect/hash128.hpp>

#include <algorithm>
#include <functional>
#include <set>

#include "rich_catalog.hpp"

namespace sonde {
namespace {

using test::richCatalog;

std::string fingerprintOf(const Catalog& catalog) { return Schema::build(catalog)->fingerprint(); }

TEST(Hash128, IsMurmurHash3OnEveryMachine) {
  using detail::hash128;
  EXPECT_EQ(hash128("").hex(), "00000000000000000000000000000000");
  EXPECT_EQ(hash128("hello").hex(), "cbd8a7b341bd9b025b1e906a48ae1d19");
  EXPECT_EQ(hash128("The quick brown fox jumps over the lazy dog").hex(),
            "e34bbc7bbc071b6c7a433ca9c49a9347");
}

TEST(Hash128, DependsOnEveryByteOfEveryLength) {
  std::set<std::string> seen;
  for (std::size_t size = 1; size < 50; ++size) {
    const std::string zeros(size, '\0');
    EXPECT_TRUE(seen.insert(detail::hash128(zeros).hex()).second);
    for (std::size_t i = 0; i < size; ++i) {
      std::string changed = zeros;
      changed[i] = '\x80';
      EXPECT_TRUE(seen.insert(detail::hash128(changed).hex()).second) << size << ' ' << i;
    }
  }
}

TEST(Fingerprint, StaysTheSameAcrossVersionsOfSonde) {
  // Plans and caches of a running fleet are keyed by it: a change here is a change for all of them.
  EXPECT_EQ(fingerprintOf(test::catalogOf({})), "acf8798260c99eff3ccab9b046447779");
  EXPECT_EQ(fingerprintOf(richCatalog()), "39017978a36917b7b6a791da54204f31");
}

struct Change {
  const char* what;
  std::function<void(Catalog&)> apply;
};

void PrintTo(const Change& change, std::ostream* out) { *out << change.what; }

class StaticChange : public testing::TestWithParam<Change> {};

TEST_P(StaticChange, ChangesTheFingerprint) {
  Catalog changed = richCatalog();
  GetParam().apply(changed);
  EXPECT_NE(fingerprintOf(changed), fingerprintOf(richCatalog()));
}

Column& column(Catalog& catalog) { return catalog.tables[0].columns[1]; }
ForeignKey& foreignKey(Catalog& catalog) { return catalog.tables[1].foreignKeys[0]; }
Index& index(Catalog& catalog) { return catalog.tables[0].indexes[1]; }

INSTANTIATE_TEST_SUITE_P(
    OfTables, StaticChange,
    testing::Values(
        Change{"dialect", [](Catalog& c) { c.dialect = "mysql"; }},
        Change{"a table added", [](Catalog& c) { c.tables.push_back(test::TableMaker("t")); }},
        Change{"a table dropped", [](Catalog& c) { c.tables.pop_back(); }},
        Change{"schema", [](Catalog& c) { c.tables[2].schema = "temp"; }},
        Change{"name", [](Catalog& c) { c.tables[0].name = "user"; }},
        Change{"name's case", [](Catalog& c) { c.tables[0].name = "Users"; }},
        Change{"kind", [](Catalog& c) { c.tables[2].kind = TableKind::MaterializedView; }},
        Change{"error", [](Catalog& c) { c.tables[2].error.reset(); }},
        Change{"strict", [](Catalog& c) { c.tables[0].strict = false; }},
        Change{"withoutRowid", [](Catalog& c) { c.tables[1].withoutRowid = false; }},
        Change{"SQL of a view", [](Catalog& c) { c.tables[2].definition = "SELECT 1"; }},
        Change{"partitionOf", [](Catalog& c) { c.tables[1].partitionOf.reset(); }},
        Change{"no key", [](Catalog& c) { c.tables[0].primaryKey.reset(); }},
        Change{"key's name", [](Catalog& c) { c.tables[0].primaryKey->name = "pk"; }},
        Change{"key's columns", [](Catalog& c) { c.tables[0].primaryKey->columns = {"email"}; }},
        Change{"unique dropped", [](Catalog& c) { c.tables[0].uniqueConstraints.clear(); }},
        Change{"unique's name", [](Catalog& c) { c.tables[0].uniqueConstraints[0].name = "u"; }},
        Change{"unique's columns",
               [](Catalog& c) { c.tables[0].uniqueConstraints[0].columns = {"id"}; }},
        Change{"unique's nulls",
               [](Catalog& c) { c.tables[0].uniqueConstraints[0].nullsNotDistinct = false; }},
        Change{"check", [](Catalog& c) { c.tables[0].checks[0].expression = "1"; }},
        Change{"check's validation", [](Catalog& c) { c.tables[0].checks[0].validated = false; }},
        Change{"inheritance", [](Catalog& c) { c.tables[0].inherits = {"main.people"}; }},
        Change{"check's name", [](Catalog& c) { c.tables[0].checks[0].name.reset(); }},
        Change{"exclusion", [](Catalog& c) { c.tables[0].exclusions[0].definition = "x"; }},
        Change{"trigger", [](Catalog& c) { c.tables[0].triggers[0].definition = "x"; }},
        Change{"trigger's name", [](Catalog& c) { c.tables[0].triggers[0].name = "x"; }},
        Change{"trigger's timing", [](Catalog& c) { c.tables[0].triggers[0].timing = "BEFORE"; }},
        Change{"trigger's events", [](Catalog& c) { c.tables[0].triggers[0].events.pop_back(); }},
        Change{"trigger's columns", [](Catalog& c) { c.tables[0].triggers[0].columns.clear(); }},
        Change{"enum's values", [](Catalog& c) { c.enums[0].values.pop_back(); }},
        Change{"enum's order",
               [](Catalog& c) { std::swap(c.enums[0].values[0], c.enums[0].values[1]); }},
        Change{"domain", [](Catalog& c) { c.domains[0].nullable = true; }},
        Change{"domain's check", [](Catalog& c) { c.domains[0].checks.clear(); }},
        Change{"sequence", [](Catalog& c) { c.sequences[0].ownedBy.reset(); }}));

INSTANTIATE_TEST_SUITE_P(
    OfColumns, StaticChange,
    testing::Values(
        Change{"added", [](Catalog& c) { c.tables[0].columns.push_back(test::emailColumn()); }},
        Change{"swapped",
               [](Catalog& c) { std::swap(c.tables[0].columns[0], c.tables[0].columns[1]); }},
        Change{"name", [](Catalog& c) { column(c).name = "mail"; }},
        Change{"declaredType", [](Catalog& c) { column(c).declaredType = "TEXT"; }},
        Change{"type", [](Catalog& c) { column(c).type = Type::Blob; }},
        Change{"length", [](Catalog& c) { column(c).length = 254; }},
        Change{"no length", [](Catalog& c) { column(c).length.reset(); }},
        Change{"precision for length",
               [](Catalog& c) { std::swap(column(c).length, column(c).precision); }},
        Change{"scale", [](Catalog& c) { column(c).scale = -1; }},
        Change{"unsigned", [](Catalog& c) { column(c).isUnsigned = true; }},
        Change{"elementType", [](Catalog& c) { column(c).elementType = Type::Text; }},
        Change{"domain", [](Catalog& c) { column(c).domain = ""; }},
        Change{"enumValues", [](Catalog& c) { column(c).enumValues = {""}; }},
        Change{"nullable", [](Catalog& c) { column(c).nullable = true; }},
        Change{"no default", [](Catalog& c) { column(c).defaultValue.reset(); }},
        Change{"default", [](Catalog& c) { column(c).defaultValue->text = "''"; }},
        Change{"default's kind",
               [](Catalog& c) { column(c).defaultValue->kind = ColumnDefault::Kind::Expression; }},
        Change{"generated", [](Catalog& c) { column(c).generated = Generated::Virtual; }},
        Change{"expression", [](Catalog& c) { column(c).generatedExpression = "1"; }},
        Change{"onUpdate", [](Catalog& c) { column(c).onUpdate = "now()"; }},
        Change{"autoIncrement", [](Catalog& c) { column(c).autoIncrement = true; }},
        Change{"identity", [](Catalog& c) { column(c).identity = Identity::Always; }},
        Change{"collation", [](Catalog& c) { column(c).collation.reset(); }},
        Change{"rowid alias", [](Catalog& c) { column(c).rowidAlias = true; }}));

INSTANTIATE_TEST_SUITE_P(
    OfKeysAndIndexes, StaticChange,
    testing::Values(
        Change{"dropped", [](Catalog& c) { c.tables[1].foreignKeys.pop_back(); }},
        Change{"doubled",
               [](Catalog& c) { c.tables[1].foreignKeys.push_back(c.tables[1].foreignKeys[1]); }},
        Change{"name", [](Catalog& c) { foreignKey(c).name.reset(); }},
        Change{"columns", [](Catalog& c) { foreignKey(c).columns = {"id"}; }},
        Change{"target", [](Catalog& c) { foreignKey(c).references.table = "posts"; }},
        Change{"target column", [](Catalog& c) { foreignKey(c).references.columns = {"email"}; }},
        Change{"onDelete", [](Catalog& c) { foreignKey(c).onDelete = ReferentialAction::Cascade; }},
        Change{"onUpdate", [](Catalog& c) { foreignKey(c).onUpdate = ReferentialAction::SetNull; }},
        Change{"deferrable", [](Catalog& c) { foreignKey(c).deferrable = false; }},
        Change{"initially", [](Catalog& c) { foreignKey(c).initiallyDeferred = false; }},
        Change{"match", [](Catalog& c) { foreignKey(c).match = "SIMPLE"; }},
        Change{"setNullColumns", [](Catalog& c) { foreignKey(c).setNullColumns.clear(); }},
        Change{"validated", [](Catalog& c) { foreignKey(c).validated = true; }},
        Change{"index name", [](Catalog& c) { index(c).name = "i"; }},
        Change{"unique", [](Catalog& c) { index(c).unique = true; }},
        Change{"parts", [](Catalog& c) { std::swap(index(c).parts[0], index(c).parts[1]); }},
        Change{"part's column", [](Catalog& c) { index(c).parts[1].column = "email"; }},
        Change{"part's expression", [](Catalog& c) { index(c).parts[0].expression = "1"; }},
        Change{"descending", [](Catalog& c) { index(c).parts[0].descending = false; }},
        Change{"nulls", [](Catalog& c) { index(c).parts[0].nullsFirst.reset(); }},
        Change{"part's collation", [](Catalog& c) { index(c).parts[0].collation = "D"; }},
        Change{"opclass", [](Catalog& c) { index(c).parts[0].opclass.reset(); }},
        Change{"prefix", [](Catalog& c) { index(c).parts[1].prefixLength = 11; }},
        Change{"include", [](Catalog& c) { index(c).include.clear(); }},
        Change{"where", [](Catalog& c) { index(c).where = "id > 1"; }},
        Change{"method", [](Catalog& c) { index(c).method = "gin"; }},
        Change{"valid", [](Catalog& c) { index(c).valid = true; }},
        Change{"origin", [](Catalog& c) { index(c).origin = "unique"; }}));

class HarmlessChange : public testing::TestWithParam<Change> {};

TEST_P(HarmlessChange, LeavesTheFingerprintAlone) {
  Catalog changed = richCatalog();
  GetParam().apply(changed);
  EXPECT_EQ(fingerprintOf(changed), fingerprintOf(richCatalog()));
}

INSTANTIATE_TEST_SUITE_P(
    Fingerprint, HarmlessChange,
    testing::Values(
        Change{"none", [](Catalog&) {}},
        Change{"server version", [](Catalog& c) { c.serverVersion = "4.0"; }},
        Change{"row estimate", [](Catalog& c) { c.tables[0].rowEstimate = 9; }},
        Change{"comment", [](Catalog& c) { c.tables[0].comment.reset(); }},
        Change{"column comment", [](Catalog& c) { column(c).comment = "x"; }},
        Change{"text of an error", [](Catalog& c) { c.tables[2].error = "another"; }},
        Change{"the engine's own DDL", [](Catalog& c) { c.tables[0].definition = "CREATE …"; }},
        Change{"search path",
               [](Catalog& c) {
                 c.searchPath = {"temp", "main"};
               }},
        Change{"a statistics table",
               [](Catalog& c) {
                 c.tables.push_back(test::TableMaker("sqlite_stat1").kind(TableKind::System));
               }},
        Change{"a shadow table",
               [](Catalog& c) {
                 c.tables.push_back(test::TableMaker("docs_data").kind(TableKind::Shadow));
               }},
        Change{"order of tables",
               [](Catalog& c) { std::reverse(c.tables.begin(), c.tables.end()); }},
        Change{
            "order of foreign keys",
            [](Catalog& c) { std::swap(c.tables[1].foreignKeys[0], c.tables[1].foreignKeys[1]); }},
        Change{"order of indexes",
               [](Catalog& c) { std::swap(c.tables[0].indexes[0], c.tables[0].indexes[1]); }},
        Change{"a target left out", [](Catalog& c) {
                 foreignKey(c).references = {"main", "USERS", {}};
               }}));

TEST(Fingerprint, DoesNotDependOnNamesOfRelations) {
  EXPECT_EQ(Schema::build(richCatalog(), {{"users", {{"postsByAuthor", "posts"}}}})->fingerprint(),
            fingerprintOf(richCatalog()));
}

}  // namespace
}  // namespace sonde
