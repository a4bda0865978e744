#include "sqlite_describe.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "../../core/text.hpp"
#include "../../introspect/declared_type.hpp"
#include "sqlite_types.hpp"

namespace sonde::sqlite {
namespace {

bool equalNames(const std::vector<std::string>& a, const std::vector<std::string>& b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), text::equalsIgnoreCase);
}

/// Takes names and clauses of foreign keys from the DDL, if it tells of the same keys. Both lists
/// are in the order of declaration.
void describeForeignKeys(std::vector<ForeignKey>& keys, std::vector<ParsedForeignKey>& parsed) {
  const bool same =
      std::equal(keys.begin(), keys.end(), parsed.begin(), parsed.end(),
                 [](const ForeignKey& key, const ParsedForeignKey& written) {
                   return text::equalsIgnoreCase(key.references.table, written.table) &&
                          equalNames(key.columns, written.columns);
                 });
  if (!same) return;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    keys[i].name = std::move(parsed[i].name);
    keys[i].deferrable = parsed[i].deferrable;
    keys[i].initiallyDeferred = parsed[i].initiallyDeferred;
    keys[i].match = std::move(parsed[i].match);
  }
}

/// Takes the text of expressions and predicate from the DDL of the index. An index of which that
/// fails is not valid: nothing may be concluded from it.
void describeIndex(Index& index, const std::string& sql) {
  const auto isExpression = [](const IndexPart& part) { return part.column.empty(); };
  if (!index.where && std::none_of(index.parts.begin(), index.parts.end(), isExpression)) return;
  auto parsed = parseCreateIndex(sql);
  index.valid = parsed && parsed->parts.size() == index.parts.size() &&
                parsed->where.has_value() == index.where.has_value();
  if (!index.valid) return;
  index.where = std::move(parsed->where);
  for (std::size_t i = 0; i < index.parts.size(); ++i) {
    if (isExpression(index.parts[i])) index.parts[i].expression = std::move(parsed->parts[i]);
  }
}

/// Makes the unique constraints out of their indexes, with the names that the DDL gives them.
void addUniqueConstraints(Table& table, std::vector<UniqueConstraint> parsed) {
  for (const Index& index : table.indexes) {
    if (index.origin != "unique") continue;
    UniqueConstraint unique;
    for (const IndexPart& part : index.parts) unique.columns.push_back(part.column);
    const auto written = std::find_if(parsed.begin(), parsed.end(), [&](const auto& each) {
      return equalNames(each.columns, unique.columns);
    });
    if (written != parsed.end()) {
      unique.name = std::move(written->name);
      parsed.erase(written);
    }
    table.uniqueConstraints.push_back(std::move(unique));
  }
}

}  // namespace

void describeType(Column& column) {
  column.type = sqliteType(column.declaredType);
  if (column.declaredType.find_first_of("( ") == std::string::npos) return;
  const DeclaredType declared = parseDeclaredType(column.declaredType);
  column.isUnsigned = declared.isUnsigned;
  switch (column.type) {
    case Type::Text:
    case Type::Blob:
      column.length = declared.number(0);
      break;
    case Type::Decimal:
      column.precision = declared.number(0);
      if (const int scale = sqliteScale(column.declaredType); scale >= 0) column.scale = scale;
      break;
    case Type::Time:
    case Type::Timestamp:
    case Type::TimestampTz:
      column.precision = declared.number(0);
      break;
    default:
      break;
  }
}

void describeIndexes(Table& table, const IndexSources& sources) {
  static const IndexSource kUnlisted;  // the primary key of a WITHOUT ROWID table
  const auto sourceOf = [&](const Index& index) -> const IndexSource& {
    const auto found = sources.find(index.name);
    return found == sources.end() ? kUnlisted : found->second;
  };
  std::stable_sort(table.indexes.begin(), table.indexes.end(), [&](const Index& a, const Index& b) {
    return sourceOf(a).order < sourceOf(b).order;
  });
  for (Index& index : table.indexes) {
    describeIndex(index, sourceOf(index).sql);
    for (IndexPart& part : index.parts) {
      const Column* column = table.findColumn(part.column);
      const bool own = column != nullptr && column->collation;
      if (text::equalsIgnoreCase(*part.collation, own ? *column->collation : kBinaryCollation)) {
        part.collation.reset();
      }
    }
  }
}

void describeTable(Table& table, ParsedTable parsed) {
  if (table.primaryKey) table.primaryKey->name = std::move(parsed.primaryKeyName);
  describeForeignKeys(table.foreignKeys, parsed.foreignKeys);
  addUniqueConstraints(table, std::move(parsed.uniqueConstraints));
  table.checks = std::move(parsed.checks);
  for (ParsedGenerated& generated : parsed.generated) {
    for (Column& column : table.columns) {
      if (column.generated == Generated::No) continue;
      if (!text::equalsIgnoreCase(column.name, generated.column)) continue;
      column.generatedExpression = std::move(generated.expression);
      break;
    }
  }
}

}  // namespace sonde::sqlite
