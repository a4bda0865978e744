#include "mysql_catalog_builder.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>
#include <utility>

#include "../../core/text.hpp"
#include "mysql_catalog_column.hpp"

namespace sonde::mysql {
namespace {

constexpr std::string_view kPrimary = "PRIMARY";

std::string_view textOf(const std::optional<std::string_view>& field) noexcept {
  return field.value_or(std::string_view());
}

/// @return The number a field holds; empty for NULL and for what is none.
std::optional<std::int64_t> numberOf(const std::optional<std::string_view>& field) noexcept {
  if (!field) return std::nullopt;
  std::int64_t number = 0;
  const char* end = field->data() + field->size();
  const auto [stop, error] = std::from_chars(field->data(), end, number);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number;
}

/// @return The position that a field counts from 1, from 0 on; 0 for what is no sane one.
std::size_t positionOf(const std::optional<std::string_view>& field) noexcept {
  constexpr std::int64_t kMostParts = 4096;  // of a key or table; the engines allow less
  const std::int64_t number = numberOf(field).value_or(1);
  return number >= 1 && number <= kMostParts ? static_cast<std::size_t>(number - 1) : 0;
}

template <typename List>
auto& placeAt(List& list, std::size_t position) {
  if (list.size() <= position) list.resize(position + 1);
  return list[position];
}

ReferentialAction actionOf(std::string_view name) noexcept {
  for (const ReferentialAction action :
       {ReferentialAction::Restrict, ReferentialAction::Cascade, ReferentialAction::SetNull,
        ReferentialAction::SetDefault}) {
    if (name == referentialActionName(action)) return action;
  }
  return ReferentialAction::NoAction;
}

/// @return The item of this name: the last one, as rows of one come together, else any; nullptr.
template <typename Item>
Item* findNamed(std::vector<Item>& items, std::string_view name) noexcept {
  const auto found = std::find_if(items.rbegin(), items.rend(),
                                  [&](const Item& item) { return item.name == name; });
  return found == items.rend() ? nullptr : &*found;
}

/// @return The name in backticks, those inside doubled.
std::string quoted(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    out += c;
    if (c == '`') out += c;
  }
  return out += '`';
}

std::optional<std::string> onUpdateOf(std::string_view extra) {
  constexpr std::string_view kClause = "on update ";
  const std::size_t begin = extra.find(kClause);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::string_view rest = extra.substr(begin + kClause.size());
  return std::string(rest.substr(0, rest.find(',')));
}

/// Makes the primary key and the unique constraints out of their indexes.
void addKeys(Table& table) {
  for (Index& index : table.indexes) {
    if (!index.unique) continue;
    const bool plain =
        std::all_of(index.parts.begin(), index.parts.end(), [](const IndexPart& part) {
          return !part.column.empty() && !part.prefixLength && !part.descending;
        });
    std::vector<std::string> columns;
    for (const IndexPart& part : index.parts) columns.push_back(part.column);
    if (index.name == kPrimary) {
      index.origin = "primaryKey";
      table.primaryKey = PrimaryKey{std::nullopt, std::move(columns)};
    } else if (plain) {
      index.origin = "unique";
      UniqueConstraint unique;
      unique.name = index.name;
      unique.columns = std::move(columns);
      table.uniqueConstraints.push_back(std::move(unique));
    }
  }
}

void finishTable(Table& table) {
  if (table.columns.empty() && !table.error) {
    table.error =
        "the server shows none of its columns: it was dropped meanwhile, or this user may "
        "not read it";
  }
  std::sort(table.columns.begin(), table.columns.end(),
            [](const Column& a, const Column& b) { return a.position < b.position; });
  std::sort(table.indexes.begin(), table.indexes.end(), [](const Index& a, const Index& b) {
    return std::tuple(a.name != kPrimary, std::string_view(a.name)) <
           std::tuple(b.name != kPrimary, std::string_view(b.name));
  });
  addKeys(table);
  std::sort(table.foreignKeys.begin(), table.foreignKeys.end(),
            [](const ForeignKey& a, const ForeignKey& b) { return a.name < b.name; });
}

}  // namespace

CatalogBuilder::CatalogBuilder(CatalogServer server) : server_(std::move(server)) {
  catalog_.dialect = server_.isMariaDb() ? "mariadb" : "mysql";
  catalog_.serverVersion = server_.version;
  catalog_.ignoreCase = server_.lowerCaseTableNames != 0;
  // Without a database of its own a connection refuses every name that does not tell its database:
  // a search path of one schema that no table can be in says the same.
  catalog_.searchPath.push_back(server_.database.value_or(std::string()));
}

std::string CatalogBuilder::keyOf(std::string_view schema, std::string_view name) const {
  std::string key(schema);
  key += '\0';
  key += name;
  // Where case does not count, catalogs name one table in several cases.
  return server_.lowerCaseTableNames == 0 ? key : text::lower(key);
}

Table* CatalogBuilder::findTable(Fields row) {
  const std::string_view schema = textOf(row[0]);
  const std::string_view name = textOf(row[1]);
  if (last_ < catalog_.tables.size()) {
    Table& last = catalog_.tables[last_];
    if (last.name == name && last.schema == schema) return &last;
  }
  const auto found = tables_.find(keyOf(schema, name));
  if (found == tables_.end()) return nullptr;
  last_ = found->second;
  return &catalog_.tables[last_];
}

void CatalogBuilder::add(CatalogQuery query, Fields row) {
  switch (query) {
    case CatalogQuery::Schemas:
      collations_.emplace(keyOf(textOf(row[0]), {}), textOf(row[2]));
      return;
    case CatalogQuery::Tables:
      addTable(row);
      return;
    case CatalogQuery::CheckClauses:
      if (row[1]) break;
      clauses_.emplace(keyOf(textOf(row[0]), textOf(row[2])), textOf(row[4]));
      return;
    default:
      break;
  }
  Table* table = findTable(row);
  if (table == nullptr) return;
  switch (query) {
    case CatalogQuery::Columns:
      return addColumn(*table, row);
    case CatalogQuery::Indexes:
      return addIndexPart(*table, row);
    case CatalogQuery::ForeignKeyColumns:
      return addForeignKeyColumn(*table, row);
    case CatalogQuery::ForeignKeyRules: {
      const auto key = std::find_if(table->foreignKeys.begin(), table->foreignKeys.end(),
                                    [&](const ForeignKey& each) { return each.name == row[2]; });
      if (key == table->foreignKeys.end()) return;
      key->onDelete = actionOf(textOf(row[3]));
      key->onUpdate = actionOf(textOf(row[4]));
      return;
    }
    case CatalogQuery::CheckClauses:
      return addCheck(*table, textOf(row[2]), row[3] == "Column", textOf(row[4]));
    case CatalogQuery::CheckTables: {
      const auto clause = clauses_.find(keyOf(textOf(row[0]), textOf(row[2])));
      if (clause != clauses_.end()) addCheck(*table, textOf(row[2]), false, clause->second);
      return;
    }
    case CatalogQuery::Views:
      return addView(*table, row);
    case CatalogQuery::Triggers:
      return addTrigger(*table, row);
    default:
      return;
  }
}

void CatalogBuilder::addTable(Fields row) {
  const std::string_view type = textOf(row[2]);
  if (type == "SEQUENCE") {
    catalog_.sequences.push_back({std::string(textOf(row[0])), std::string(textOf(row[1])), {}});
    return;
  }
  // Newer servers list the temporary tables of the session, which hide others of their names.
  if (type.starts_with("TEMPORARY")) return;
  Table table;
  table.schema = textOf(row[0]);
  table.name = textOf(row[1]);
  table.ignoreCase = true;
  const std::string_view comment = textOf(row[5]);
  if (type == "VIEW") {
    table.kind = TableKind::View;
    // A view has no comment of its own; this is where the server says that it is broken.
    if (comment != "VIEW" && !comment.empty()) table.error = comment;
  } else {
    table.rowEstimate = numberOf(row[4]);
    const bool unread = !row[3];  // its engine cannot open it, and the comment says why
    if (!comment.empty()) (unread ? table.error : table.comment) = comment;
    if (unread && !table.error) table.error = "the server cannot open it";
  }
  tables_.emplace(keyOf(table.schema, table.name), catalog_.tables.size());
  catalog_.tables.push_back(std::move(table));
}

void CatalogBuilder::addColumn(Table& table, Fields row) {
  Column column;
  column.name = textOf(row[2]);
  column.position = static_cast<int>(positionOf(row[3])) + 1;
  column.declaredType = textOf(row[7]);
  describeType(column);
  column.nullable = row[5] == "YES";
  const std::string_view extra = textOf(row[8]);
  column.autoIncrement = extra.find("auto_increment") != std::string_view::npos;
  if (extra.find("VIRTUAL GENERATED") != std::string_view::npos) {
    column.generated = Generated::Virtual;
  } else if (extra.find("STORED GENERATED") != std::string_view::npos) {
    column.generated = Generated::Stored;
  }
  if (column.generated != Generated::No) {
    column.generatedExpression = readExpression(server_, textOf(row[9]));
  } else if (row[4]) {
    column.defaultValue = readDefault(server_, column, *row[4], extra);
  }
  column.onUpdate = onUpdateOf(extra);
  settleBoolean(column);
  if (row[6]) {
    const auto usual = collations_.find(keyOf(table.schema, {}));
    if (usual == collations_.end() || usual->second != *row[6]) column.collation = *row[6];
  }
  if (const std::string_view comment = textOf(row[10]); !comment.empty()) column.comment = comment;
  table.columns.push_back(std::move(column));
}

void CatalogBuilder::addIndexPart(Table& table, Fields row) {
  Index* index = findNamed(table.indexes, textOf(row[2]));
  if (index == nullptr) {
    index = &table.indexes.emplace_back();
    index->name = textOf(row[2]);
    index->unique = row[4] == "0";
    index->method = text::lower(textOf(row[8]));
    index->valid = row[9] == "1";
  }
  IndexPart& part = placeAt(index->parts, positionOf(row[3]));
  part.column = textOf(row[5]);
  if (row[10]) part.expression = readExpression(server_, *row[10]);
  part.descending = row[6] == "D";
  // That of a spatial index is the size of a box, not of a prefix.
  const auto prefix = numberOf(row[7]);
  if (prefix && index->method != "spatial") part.prefixLength = static_cast<int>(*prefix);
}

void CatalogBuilder::addForeignKeyColumn(Table& table, Fields row) {
  auto key = std::find_if(table.foreignKeys.rbegin(), table.foreignKeys.rend(),
                          [&](const ForeignKey& each) { return each.name == row[2]; });
  if (key == table.foreignKeys.rend()) {
    ForeignKey& made = table.foreignKeys.emplace_back();
    made.name = textOf(row[2]);
    made.references.schema = textOf(row[5]);
    made.references.table = textOf(row[6]);
    key = table.foreignKeys.rbegin();
  }
  const std::size_t position = positionOf(row[3]);
  placeAt(key->columns, position) = textOf(row[4]);
  placeAt(key->references.columns, position) = textOf(row[7]);
}

void CatalogBuilder::addCheck(Table& table, std::string_view name, bool ofColumn,
                              std::string_view clause) {
  // MariaDB's JSON is LONGTEXT with this check, and the column tells it by its type. The server
  // takes every text column for JSON that has it.
  Column* column = ofColumn ? findNamed(table.columns, name) : nullptr;
  if (column != nullptr && column->type == Type::Text &&
      clause == "json_valid(" + quoted(name) + ")") {
    column->type = Type::Json;
    column->length.reset();
    return;
  }
  table.checks.push_back({std::string(name), readExpression(server_, clause)});
}

std::string CatalogBuilder::nameOf(const Table& table) const {
  return server_.database ? quoted(table.name) : quoted(table.schema) + '.' + quoted(table.name);
}

void CatalogBuilder::addView(Table& table, Fields row) {
  if (row[3] == "YES" || row[3] == "NO") table.updatable = row[3] == "YES";
  const std::string_view query = textOf(row[2]);
  if (query.empty()) return;  // hidden from who may not SHOW CREATE VIEW
  std::string sql = "CREATE ";
  if (row[5] == "INVOKER") sql += "SQL SECURITY INVOKER ";
  sql.append("VIEW ").append(nameOf(table)).append(" AS ").append(query);
  const std::string_view option = textOf(row[4]);
  if (option == "LOCAL" || option == "CASCADED") {
    sql.append(" WITH ").append(option).append(" CHECK OPTION");
  }
  table.definition = std::move(sql);
}

void CatalogBuilder::addTrigger(const Table& table, Fields row) {
  PlacedTrigger placed{last_, numberOf(row[5]).value_or(0), {}};
  Trigger& trigger = placed.trigger;
  trigger.name = textOf(row[2]);
  trigger.timing = textOf(row[4]);
  trigger.events.emplace_back(textOf(row[3]));
  trigger.definition = "CREATE TRIGGER " + quoted(trigger.name) + ' ' + trigger.timing + ' ' +
                       trigger.events.front() + " ON " + nameOf(table) + " FOR EACH ROW ";
  trigger.definition += textOf(row[6]);
  triggers_.push_back(std::move(placed));
}

void CatalogBuilder::placeTriggers() {
  std::sort(triggers_.begin(), triggers_.end(), [](const PlacedTrigger& a, const PlacedTrigger& b) {
    return std::tie(a.table, a.trigger.timing, a.trigger.events, a.order) <
           std::tie(b.table, b.trigger.timing, b.trigger.events, b.order);
  });
  for (PlacedTrigger& placed : triggers_) {
    catalog_.tables[placed.table].triggers.push_back(std::move(placed.trigger));
  }
}

Catalog CatalogBuilder::finish() {
  placeTriggers();
  for (Table& table : catalog_.tables) {
    finishTable(table);
    // The dictionary of MySQL has them in no order; MariaDB in that of declaration.
    if (!server_.isMariaDb()) {
      std::sort(table.checks.begin(), table.checks.end(),
                [](const Check& a, const Check& b) { return a.name < b.name; });
    }
  }
  std::sort(catalog_.tables.begin(), catalog_.tables.end(), [](const Table& a, const Table& b) {
    return std::tie(a.schema, a.name) < std::tie(b.schema, b.name);
  });
  std::sort(catalog_.sequences.begin(), catalog_.sequences.end(),
            [](const Sequence& a, const Sequence& b) {
              return std::tie(a.schema, a.name) < std::tie(b.schema, b.name);
            });
  return std::move(catalog_);
}

}  // namespace sonde::mysql
