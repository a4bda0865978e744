#include "schema_findings.hpp"

#include <string>
#include <utility>

#include "../../core/text.hpp"
#include "index_name.hpp"
#include "redundant.hpp"

namespace sonde::advisor {

namespace {

IndexFinding dropping(const Table& table, const Index& index, const Dialect& dialect) {
  IndexFinding finding;
  finding.schema = table.schema;
  finding.table = table.name;
  finding.index = index.name;
  finding.fixSql = dialect.compiler().dropIndex(table, index, IndexBuild::Online);
  finding.undoSql = dialect.compiler().createIndex(table, index, IndexBuild::Online);
  return finding;
}

IndexFinding redundant(const RedundantIndex& found, const Dialect& dialect) {
  IndexFinding finding = dropping(*found.table, *found.index, dialect);
  finding.kind = found.equal ? IndexFindingKind::Duplicate : IndexFindingKind::Redundant;
  if (found.keeper == nullptr) {
    finding.reason = "the rowid, which the table is stored by, is the same key";
    return finding;
  }
  finding.keeper = found.keeper->name;
  finding.reason = found.equal ? finding.keeper + " is the same"
                               : finding.keeper +
                                     " begins with the same keys and serves all it serves, "
                                     "reading somewhat more";
  return finding;
}

IndexFinding invalid(const Table& table, const Index& index, const Dialect& dialect) {
  IndexFinding finding = dropping(table, index, dialect);
  finding.kind = IndexFindingKind::Invalid;
  finding.reason =
      "no query uses it: its making failed, unless CREATE INDEX CONCURRENTLY is still at it";
  return finding;
}

std::string columnList(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

IndexFinding missing(const UnsupportedForeignKey& found, const Dialect& dialect,
                     IndexNames& names) {
  const Table& table = *found.table;
  Index index;
  for (const std::string& column : found.key->columns) {
    index.parts.emplace_back();
    index.parts.back().column = column;
  }
  index.name = names.nameFor(table, index);
  IndexFinding finding;
  finding.kind = IndexFindingKind::MissingForeignKey;
  finding.schema = table.schema;
  finding.table = table.name;
  finding.index = index.name;
  finding.columns = found.key->columns;
  finding.reason = "deleting from " + found.key->references.table + " reads all of " + table.name +
                   ", because the foreign key (" + columnList(found.key->columns) +
                   ") has no index";
  finding.fixSql = dialect.compiler().createIndex(table, index, IndexBuild::Online);
  finding.undoSql = dialect.compiler().dropIndex(table, index, IndexBuild::Online);
  return finding;
}

IndexFinding unused(const UnusedIndex& found, const Dialect& dialect, const IndexUsage& usage) {
  IndexFinding finding = dropping(*found.table, *found.index, dialect);
  finding.kind = IndexFindingKind::Unused;
  const auto days = static_cast<std::uint64_t>(usage.counted / std::chrono::hours(24));
  finding.reason = "nothing has read it in the " + text::counted(days, "day", "days") + " that " +
                   usage.source + " counted, and each write keeps it up to date";
  if (dialect.indexRules().switchable) {
    const SqlCompiler& compiler = dialect.compiler();
    finding.fixSql = compiler.switchIndex(*found.table, *found.index, false);
    finding.undoSql = compiler.switchIndex(*found.table, *found.index, true);
    finding.reason += "; if nobody misses it for a while, drop it";
  }
  return finding;
}

}  // namespace

std::vector<IndexFinding> unusedFindings(const Schema& schema, const Dialect& dialect,
                                         const IndexUsage& usage, const UnusedLimits& limits) {
  std::vector<IndexFinding> findings;
  for (const UnusedIndex& found : unusedIndexes(schema, usage, limits)) {
    findings.push_back(unused(found, dialect, usage));
  }
  return findings;
}

std::vector<IndexFinding> schemaFindings(
    const Schema& schema, const Dialect& dialect,
    const std::function<std::optional<double>(const Table&)>& rows, double minKeyRows) {
  std::vector<IndexFinding> findings;
  for (const RedundantIndex& found : redundantIndexes(schema)) {
    findings.push_back(redundant(found, dialect));
    findings.back().rows = rows(*found.table);
  }
  // Where an index can be switched off, one that is not used is what somebody wanted.
  for (const Table& table : schema.tables()) {
    if (!takesIndexes(table) || dialect.indexRules().switchable) continue;
    for (const Index& index : table.indexes) {
      if (!index.valid) findings.push_back(invalid(table, index, dialect));
    }
  }
  IndexNames names(schema, dialect.indexRules().maxNameBytes);
  for (const UnsupportedForeignKey& found : unsupportedForeignKeys(schema)) {
    const std::optional<double> count = rows(*found.table);
    if (!count || *count < minKeyRows) continue;
    findings.push_back(missing(found, dialect, names));
    findings.back().rows = count;
  }
  return findings;
}

}  // namespace sonde::advisor
