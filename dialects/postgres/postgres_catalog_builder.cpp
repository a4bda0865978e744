#include "postgres_catalog_builder.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "postgres_catalog_lists.hpp"
#include "postgres_expression.hpp"

namespace sonde::postgres {
namespace {

constexpr std::uint32_t kNoTable = static_cast<std::uint32_t>(-1);

std::int16_t numberOf(const PostgresResult& rows, std::size_t row, std::size_t column) {
  return static_cast<std::int16_t>(rows.integer(row, column));
}

TableKind kindOf(char relkind, bool isPartition) noexcept {
  if (isPartition) return TableKind::Partition;
  switch (relkind) {
    case 'v':
      return TableKind::View;
    case 'm':
      return TableKind::MaterializedView;
    case 'f':
      return TableKind::Foreign;
    case 'p':
      return TableKind::Partitioned;
    default:
      return TableKind::Table;
  }
}

/// "15.18 (Debian 15.18-0+deb12u1)" comes as its number alone: 150018.
std::string versionText(int version) {
  return std::to_string(version / 10000) + '.' + std::to_string(version % 10000);
}

}  // namespace

CatalogBuilder::CatalogBuilder(int serverVersion) {
  catalog_.dialect = "postgresql";
  catalog_.serverVersion = versionText(serverVersion);
}

std::string CatalogBuilder::schemaName(std::string_view schema) const {
  // Only this session's own is listed, and it has this name in every session.
  constexpr std::string_view kTemporary = "pg_temp_";
  return std::string(schema.substr(0, kTemporary.size()) == kTemporary ? "pg_temp" : schema);
}

void CatalogBuilder::takeSearchPath(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    catalog_.searchPath.push_back(schemaName(rows.text(row, 0)));
  }
}

void CatalogBuilder::takeExtensionMembers(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) ofExtensions_.insert(rows.oid(row, 0));
}

void CatalogBuilder::takeTables(const PostgresResult& rows) {
  // Told by schema and name, because PostgreSQL keeps no order of declaration.
  std::vector<std::size_t> order(rows.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::make_pair(rows.text(a, 1), rows.text(a, 2)) <
           std::make_pair(rows.text(b, 1), rows.text(b, 2));
  });
  catalog_.tables.reserve(rows.rows());
  entries_.resize(rows.rows());
  byOid_.reserve(rows.rows());
  for (const std::size_t row : order) {
    const Oid oid = rows.oid(row, 0);
    byOid_.emplace(oid, static_cast<std::uint32_t>(catalog_.tables.size()));
    Table& table = catalog_.tables.emplace_back();
    table.schema = schemaName(rows.text(row, 1));
    table.name = rows.text(row, 2);
    table.kind = kindOf(rows.text(row, 3).front(), rows.boolean(row, 4));
    if (ofExtensions_.count(oid) != 0) table.kind = TableKind::System;
    if (!rows.isNull(row, 5)) table.rowEstimate = rows.integer(row, 5);
    if (!rows.isNull(row, 6)) table.partitionKey = rows.text(row, 6);
    if (!rows.isNull(row, 7)) table.partitionBound = rows.text(row, 7);
  }
}

std::size_t CatalogBuilder::find(Oid relation) const {
  const auto found = byOid_.find(relation);
  return found == byOid_.end() ? Table::npos : found->second;
}

Column* CatalogBuilder::findColumn(std::size_t table, std::int16_t number) {
  const std::vector<ColumnSource>& sources = entries_[table].sources;
  std::vector<Column>& columns = catalog_.tables[table].columns;
  const auto place = static_cast<std::size_t>(number) - 1;
  if (number <= 0) return nullptr;
  if (place < sources.size() && sources[place].number == number) return &columns[place];
  // Columns were dropped before it.
  const auto found = std::lower_bound(
      sources.begin(), sources.end(), number,
      [](const ColumnSource& source, std::int16_t wanted) { return source.number < wanted; });
  if (found == sources.end() || found->number != number) return nullptr;
  return &columns[static_cast<std::size_t>(found - sources.begin())];
}

std::string CatalogBuilder::columnName(std::size_t table, std::int16_t number) {
  const Column* column = findColumn(table, number);
  return column == nullptr ? std::string() : column->name;
}

std::vector<std::string> CatalogBuilder::columnNames(std::size_t table, std::string_view numbers) {
  std::vector<std::string> names;
  forEachNumber(numbers, [&](std::int64_t number) {
    names.push_back(columnName(table, static_cast<std::int16_t>(number)));
  });
  return names;
}

std::string CatalogBuilder::qualifiedName(std::size_t table) const {
  return catalog_.tables[table].schema + '.' + catalog_.tables[table].name;
}

void CatalogBuilder::takeColumns(const PostgresResult& rows) {
  const std::size_t count = rows.rows();
  // Counted first, so that no list of columns grows by being moved.
  std::vector<std::uint32_t> tables(count);
  std::vector<std::uint32_t> counts(entries_.size());
  Oid last = 0;  // the rows of a table mostly follow each other
  std::size_t table = Table::npos;
  for (std::size_t row = 0; row < count; ++row) {
    const Oid oid = rows.oid(row, 0);
    if (oid != last) table = find(oid);
    last = oid;
    tables[row] = table == Table::npos ? kNoTable : static_cast<std::uint32_t>(table);
    if (table != Table::npos) ++counts[table];
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    catalog_.tables[i].columns.reserve(counts[i]);
    entries_[i].sources.reserve(counts[i]);
  }
  for (std::size_t row = 0; row < count; ++row) {
    if (tables[row] == kNoTable) continue;
    Entry& entry = entries_[tables[row]];
    ColumnSource source;
    source.number = numberOf(rows, row, 1);
    source.use = types_.use(rows.oid(row, 3),
                            rows.isNull(row, 4) ? -1 : static_cast<int>(rows.integer(row, 4)));
    source.collation = rows.oid(row, 7);
    if (source.collation != 0) collations_.try_emplace(source.collation);
    entry.sorted =
        entry.sorted && (entry.sources.empty() || entry.sources.back().number < source.number);
    entry.sources.push_back(source);
    Column& column = catalog_.tables[tables[row]].columns.emplace_back();
    column.name = rows.text(row, 2);
    column.position = static_cast<int>(entry.sources.size());
    column.nullable = !rows.boolean(row, 5);
    const std::string_view letter = rows.text(row, 6);
    if (letter == "a") column.identity = Identity::Always;
    if (letter == "d") column.identity = Identity::ByDefault;
    if (letter == "s") column.generated = Generated::Stored;
    if (letter == "v") column.generated = Generated::Virtual;
  }
  sortColumns();
}

// An ALTER TABLE writes the column's row anew, at the end.
void CatalogBuilder::sortColumns() {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].sorted) continue;
    std::vector<Column>& columns = catalog_.tables[i].columns;
    std::vector<ColumnSource>& sources = entries_[i].sources;
    std::vector<std::size_t> order(sources.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return sources[a].number < sources[b].number; });
    std::vector<Column> sortedColumns;
    std::vector<ColumnSource> sortedSources;
    sortedColumns.reserve(order.size());
    sortedSources.reserve(order.size());
    for (const std::size_t place : order) {
      sortedColumns.push_back(std::move(columns[place]));
      sortedColumns.back().position = static_cast<int>(sortedColumns.size());
      sortedSources.push_back(sources[place]);
    }
    columns = std::move(sortedColumns);
    sources = std::move(sortedSources);
  }
}

void CatalogBuilder::takeDefaults(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::size_t table = find(rows.oid(row, 0));
    if (table == Table::npos || rows.isNull(row, 2)) continue;
    Column* column = findColumn(table, numberOf(rows, row, 1));
    if (column == nullptr) continue;
    if (column->generated != Generated::No) {
      column->generatedExpression = withoutParentheses(rows.text(row, 2));
    } else {
      // What it means is known when the type is.
      column->defaultValue.emplace();
      column->defaultValue->text = rows.text(row, 2);
    }
  }
}

void CatalogBuilder::takeInheritance(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::size_t child = find(rows.oid(row, 0));
    const std::size_t parent = find(rows.oid(row, 1));
    if (child == Table::npos || parent == Table::npos) continue;
    Table& table = catalog_.tables[child];
    if (table.kind == TableKind::Partition) {
      table.partitionOf = qualifiedName(parent);
    } else {
      table.inherits.push_back(qualifiedName(parent));
    }
  }
}

void CatalogBuilder::takeComments(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::size_t table = find(rows.oid(row, 0));
    if (table == Table::npos) continue;
    const std::int16_t number = numberOf(rows, row, 1);
    if (number == 0) {
      catalog_.tables[table].comment = rows.text(row, 2);
    } else if (Column* column = findColumn(table, number)) {
      column->comment = rows.text(row, 2);
    }
  }
}

void CatalogBuilder::takeDefinitions(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::size_t place = find(rows.oid(row, 0));
    if (place == Table::npos) continue;
    Table& table = catalog_.tables[place];
    if (!rows.isNull(row, 1)) table.definition = rows.text(row, 1);
    if (!rows.isNull(row, 2)) table.updatable = rows.boolean(row, 2);
  }
}

void CatalogBuilder::takeSequences(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    Sequence sequence;
    sequence.schema = schemaName(rows.text(row, 1));
    sequence.name = rows.text(row, 2);
    const std::size_t owner = rows.isNull(row, 3) ? Table::npos : find(rows.oid(row, 3));
    if (owner != Table::npos) {
      const std::int16_t number = numberOf(rows, row, 4);
      sequence.ownedBy = catalog_.tables[owner].name + '.' + columnName(owner, number);
      if (!rows.isNull(row, 5)) serials_.push_back({owner, number, nextvalOf(rows.text(row, 5))});
    }
    if (ofExtensions_.count(rows.oid(row, 0)) != 0) continue;
    catalog_.sequences.push_back(std::move(sequence));
  }
}

void CatalogBuilder::takeTexts(const PostgresResult& rows, Texts& texts) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    texts[rows.oid(row, 0)] = rows.text(row, 1);
  }
}

std::vector<std::uint32_t> CatalogBuilder::collationsUsed() const {
  std::vector<std::uint32_t> oids;
  for (const auto& [oid, name] : collations_) oids.push_back(oid);
  return oids;
}

std::vector<std::uint32_t> CatalogBuilder::operatorClassesUsed() const {
  std::vector<std::uint32_t> oids;
  for (const auto& [oid, name] : operatorClasses_) oids.push_back(oid);
  return oids;
}

void CatalogBuilder::broke(Oid relation, std::string_view what, std::string_view why) {
  const std::size_t place = find(relation);
  if (place == Table::npos) return;
  std::optional<std::string>& error = catalog_.tables[place].error;
  std::string text = error ? *error + "; " : std::string();
  text.append(what).append(": ").append(why);
  error = std::move(text);
}

Catalog CatalogBuilder::finish() {
  finishSerials();
  for (std::size_t table = 0; table < entries_.size(); ++table) finishColumns(table);
  finishIndexParts();
  for (Table& table : catalog_.tables) finishTable(table);
  types_.list(catalog_, ofExtensions_);
  std::sort(catalog_.sequences.begin(), catalog_.sequences.end(),
            [](const Sequence& a, const Sequence& b) {
              return std::tie(a.schema, a.name) < std::tie(b.schema, b.name);
            });
  // Temporary tables come first unless the path says otherwise, but an empty schema would make
  // every name be looked up there for nothing.
  std::vector<std::string>& path = catalog_.searchPath;
  const auto isTemporary = [](const Table& table) { return table.schema == "pg_temp"; };
  if (std::find(path.begin(), path.end(), "pg_temp") == path.end() &&
      std::any_of(catalog_.tables.begin(), catalog_.tables.end(), isTemporary)) {
    path.insert(path.begin(), "pg_temp");
  }
  // An empty path would mean every schema; the server still looks here.
  if (path.empty()) path.emplace_back("pg_catalog");
  return std::move(catalog_);
}

void CatalogBuilder::finishColumns(std::size_t place) {
  Table& table = catalog_.tables[place];
  std::string error;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    finishColumn(table.columns[i], entries_[place].sources[i], table, error);
  }
  if (error.empty()) return;
  table.error = table.error ? *table.error + "; " + error : error;
}

void CatalogBuilder::finishColumn(Column& column, const ColumnSource& source, const Table& table,
                                  std::string& error) {
  const ColumnType& type = types_.describe(source.use);
  const Column& model = type.column;
  column.declaredType = model.declaredType;
  column.type = model.type;
  column.elementType = model.elementType;
  column.length = model.length;
  column.precision = model.precision;
  column.scale = model.scale;
  if (model.domain) column.domain = model.domain;
  if (!model.enumValues.empty()) column.enumValues = model.enumValues;
  // A view may give NULL for a column whose domain does not allow it: by an outer join.
  const bool stored = table.kind != TableKind::View && table.kind != TableKind::MaterializedView;
  if (stored) column.nullable = column.nullable && model.nullable;
  if (column.defaultValue) {
    column.defaultValue = readDefault(column.defaultValue->text, type.baseName, model.type);
  } else if (stored && column.generated == Generated::No && model.defaultValue) {
    column.defaultValue = model.defaultValue;
  }
  const Oid usual = type.collation == 0 ? 0 : kDatabaseCollation;
  const Oid collation = source.collation == 0 ? usual : source.collation;
  if (collation != type.collation) {
    column.collation = collation == usual ? "default" : collations_[collation];
  }
  if (!type.error.empty()) {
    error.append(error.empty() ? "" : "; ").append("type of ").append(column.name);
    error.append(": ").append(type.error);
  }
}

void CatalogBuilder::finishSerials() {
  for (const Serial& serial : serials_) {
    Column* column = findColumn(serial.table, serial.column);
    if (column == nullptr || !column->defaultValue) continue;
    column->autoIncrement = column->defaultValue->text == serial.expression;
  }
}

}  // namespace sonde::postgres
