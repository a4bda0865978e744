// The half of the catalog builder that knows constraints, indexes and triggers.
#include <algorithm>

#include "postgres_catalog_builder.hpp"
#include "postgres_catalog_lists.hpp"
#include "postgres_expression.hpp"

namespace sonde::postgres {
namespace {

ReferentialAction actionOf(std::string_view letter) noexcept {
  switch (letter.empty() ? 'a' : letter.front()) {
    case 'r':
      return ReferentialAction::Restrict;
    case 'c':
      return ReferentialAction::Cascade;
    case 'n':
      return ReferentialAction::SetNull;
    case 'd':
      return ReferentialAction::SetDefault;
    default:
      return ReferentialAction::NoAction;
  }
}

const char* matchOf(std::string_view letter) noexcept {
  if (letter == "f") return "FULL";
  return letter == "p" ? "PARTIAL" : "SIMPLE";
}

// Bits of pg_trigger.tgtype, by catalog/pg_trigger.h.
constexpr std::int64_t kBefore = 1 << 1;
constexpr std::int64_t kInsert = 1 << 2;
constexpr std::int64_t kDelete = 1 << 3;
constexpr std::int64_t kUpdate = 1 << 4;
constexpr std::int64_t kTruncate = 1 << 5;
constexpr std::int64_t kInstead = 1 << 6;

// Bits of pg_index.indoption, by catalog/pg_index.h.
constexpr std::int64_t kDescending = 1;
constexpr std::int64_t kNullsFirst = 2;

template <typename Items>
void sortByName(Items& items) {
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
}

}  // namespace

void CatalogBuilder::takeKeys(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::size_t place = find(rows.oid(row, 0));
    if (place == Table::npos) continue;
    Table& table = catalog_.tables[place];
    const Oid index = rows.oid(row, 3);
    switch (rows.text(row, 2).front()) {
      case 'p':
        table.primaryKey =
            PrimaryKey{std::string(rows.text(row, 1)), columnNames(place, rows.text(row, 4))};
        keyIndexes_.emplace(index, KeyIndex{"primaryKey", 0});
        break;
      case 'u':
        keyIndexes_.emplace(index, KeyIndex{"unique", table.uniqueConstraints.size()});
        table.uniqueConstraints.push_back(
            {std::string(rows.text(row, 1)), columnNames(place, rows.text(row, 4)), false});
        break;
      case 'x':
        keyIndexes_.emplace(index, KeyIndex{"exclusion", 0});
        break;
      default:
        addForeignKey(rows, row, place);
    }
  }
}

void CatalogBuilder::addForeignKey(const PostgresResult& rows, std::size_t row, std::size_t place) {
  ForeignKey key;
  key.name = rows.text(row, 1);
  key.columns = columnNames(place, rows.text(row, 4));
  const std::size_t target = find(rows.oid(row, 5));
  if (target != Table::npos) {
    key.references = {catalog_.tables[target].schema, catalog_.tables[target].name,
                      columnNames(target, rows.text(row, 6))};
  }
  key.onUpdate = actionOf(rows.text(row, 7));
  key.onDelete = actionOf(rows.text(row, 8));
  key.match = matchOf(rows.text(row, 9));
  key.deferrable = rows.boolean(row, 10);
  key.initiallyDeferred = rows.boolean(row, 11);
  key.validated = rows.boolean(row, 12);
  key.setNullColumns = columnNames(place, rows.text(row, 13));
  catalog_.tables[place].foreignKeys.push_back(std::move(key));
}

void CatalogBuilder::takeRules(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::string_view text = rows.text(row, 4);
    const bool isCheck = rows.text(row, 2) == "c";
    Check check{std::string(rows.text(row, 3)), std::string(withoutParentheses(text)),
                rows.boolean(row, 5)};
    if (const Oid domain = rows.oid(row, 1); domain != 0) {
      types_.addCheck(domain, std::move(check));
      continue;
    }
    const std::size_t place = find(rows.oid(row, 0));
    if (place == Table::npos) continue;
    Table& table = catalog_.tables[place];
    if (isCheck) {
      table.checks.push_back(std::move(check));
    } else {
      table.exclusions.push_back({std::move(check.name), std::string(text)});
    }
  }
}

void CatalogBuilder::takeIndexes(const PostgresResult& rows) {
  indexes_.reserve(rows.rows());
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::size_t place = find(rows.oid(row, 0));
    if (place != Table::npos) addIndex(rows, row, place);
  }
}

void CatalogBuilder::addIndex(const PostgresResult& rows, std::size_t row, std::size_t place) {
  Table& table = catalog_.tables[place];
  const Oid oid = rows.oid(row, 1);
  const Place at{place, table.indexes.size()};
  indexes_.emplace(oid, at);
  Index& index = table.indexes.emplace_back();
  index.name = rows.text(row, 2);
  index.method = rows.text(row, 3);
  index.unique = rows.boolean(row, 4);
  index.valid = rows.boolean(row, 5);
  index.nullsNotDistinct = rows.boolean(row, 6);
  index.replicaIdentity = rows.boolean(row, 13);
  index.ofParent = rows.boolean(row, 14);
  if (const auto made = keyIndexes_.find(oid); made != keyIndexes_.end()) {
    index.origin = made->second.origin;
    if (index.origin == "unique") {
      table.uniqueConstraints[made->second.unique].nullsNotDistinct = index.nullsNotDistinct;
    }
  }
  if (rows.boolean(row, 12)) index.where.emplace();  // its text comes with the parts
  const auto keyCount = static_cast<std::size_t>(rows.integer(row, 7));
  const std::vector<std::int64_t> columns = numbersOf(rows.text(row, 8));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::string name = columnName(place, static_cast<std::int16_t>(columns[i]));
    if (i < keyCount) {
      index.parts.emplace_back().column = std::move(name);
    } else {
      index.include.push_back(std::move(name));
    }
  }
  std::size_t number = 0;
  forEachNumber(rows.text(row, 9), [&](std::int64_t option) {
    if (number >= index.parts.size()) return;
    IndexPart& part = index.parts[number++];
    part.descending = (option & kDescending) != 0;
    const bool nullsFirst = (option & kNullsFirst) != 0;
    if (nullsFirst != part.descending) part.nullsFirst = nullsFirst;
  });
  const std::vector<std::int64_t> collations = numbersOf(rows.text(row, 10));
  const std::vector<std::int64_t> classes = numbersOf(rows.text(row, 11));
  for (std::size_t part = 0; part < index.parts.size(); ++part) {
    PartSource source{at, part, static_cast<std::int16_t>(columns[part]), 0, 0};
    if (part < collations.size()) source.collation = static_cast<Oid>(collations[part]);
    if (part < classes.size()) source.operatorClass = static_cast<Oid>(classes[part]);
    if (source.collation != 0) collations_.try_emplace(source.collation);
    operatorClasses_.try_emplace(source.operatorClass);
    parts_.push_back(source);
  }
}

void CatalogBuilder::takeIndexParts(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto found = indexes_.find(rows.oid(row, 0));
    if (found == indexes_.end()) continue;
    Index& index = catalog_.tables[found->second.table].indexes[found->second.item];
    const auto number = static_cast<std::size_t>(rows.integer(row, 1));
    const std::string_view text = withoutParentheses(rows.text(row, 2));
    if (number == 0) {
      index.where = text;
    } else if (number <= index.parts.size()) {
      index.parts[number - 1].expression = text;
    }
  }
}

// A collation is told where it is not the column's; of an expression, where it is not the
// database's.
void CatalogBuilder::finishIndexParts() {
  for (const PartSource& source : parts_) {
    const std::size_t table = source.index.table;
    IndexPart& part = catalog_.tables[table].indexes[source.index.item].parts[source.part];
    if (const std::string& name = operatorClasses_[source.operatorClass]; !name.empty()) {
      part.opclass = name;
    }
    if (source.collation == 0) continue;
    Oid usual = kDatabaseCollation;
    if (const Column* column = findColumn(table, source.column)) {
      const auto place = static_cast<std::size_t>(column->position) - 1;
      const Oid own = entries_[table].sources[place].collation;
      if (own != 0) usual = own;
    }
    if (source.collation != usual) part.collation = collations_[source.collation];
  }
}

void CatalogBuilder::takeTriggers(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const std::size_t place = find(rows.oid(row, 0));
    if (place == Table::npos) continue;
    std::vector<Trigger>& triggers = catalog_.tables[place].triggers;
    triggers_.emplace(rows.oid(row, 1), Place{place, triggers.size()});
    Trigger& trigger = triggers.emplace_back();
    trigger.name = rows.text(row, 2);
    const std::int64_t bits = rows.integer(row, 3);
    trigger.timing = (bits & kInstead) != 0  ? "INSTEAD OF"
                     : (bits & kBefore) != 0 ? "BEFORE"
                                             : "AFTER";
    if ((bits & kInsert) != 0) trigger.events.emplace_back("INSERT");
    if ((bits & kUpdate) != 0) trigger.events.emplace_back("UPDATE");
    if ((bits & kDelete) != 0) trigger.events.emplace_back("DELETE");
    if ((bits & kTruncate) != 0) trigger.events.emplace_back("TRUNCATE");
    trigger.columns = columnNames(place, rows.text(row, 4));
  }
}

void CatalogBuilder::takeTriggerDefinitions(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto found = triggers_.find(rows.oid(row, 0));
    if (found == triggers_.end()) continue;
    const Place& at = found->second;
    catalog_.tables[at.table].triggers[at.item].definition = rows.text(row, 1);
  }
}

void CatalogBuilder::finishTable(Table& table) {
  sortByName(table.foreignKeys);
  sortByName(table.uniqueConstraints);
  sortByName(table.indexes);
  sortByName(table.checks);
  sortByName(table.exclusions);
  sortByName(table.triggers);
  // An index whose expression or predicate could not be read says nothing certain.
  for (Index& index : table.indexes) {
    if (index.where && index.where->empty()) index.valid = false;
    for (const IndexPart& part : index.parts) {
      if (part.column.empty() && part.expression.empty()) index.valid = false;
    }
  }
}

}  // namespace sonde::postgres
