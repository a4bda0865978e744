#include "sqlite_catalog.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <unordered_map>
#include <utility>

#include "../../core/text.hpp"
#include "sqlite_ddl.hpp"
#include "sqlite_describe.hpp"
#include "sqlite_handle.hpp"
#include "sqlite_rows.hpp"
#include "sqlite_text.hpp"

namespace sonde {
namespace {

/// What sqlite_schema calls "table" or "view". Each group is read by a statement of its own, so
/// that a broken view or a missing module hides nothing else.
enum class Group : std::uint8_t { Ordinary, View, Virtual };
constexpr std::array kGroups{Group::Ordinary, Group::View, Group::Virtual};

/// @return The condition that picks the group from sqlite_schema AS s.
std::string_view groupCondition(Group group) noexcept {
  switch (group) {
    case Group::Ordinary:
      return "s.type = 'table' AND s.rootpage <> 0";
    case Group::View:
      return "s.type = 'view'";
    case Group::Virtual:
      break;
  }
  return "s.type = 'table' AND s.rootpage = 0";
}

constexpr std::array<std::string_view, 3> kRowidNames{"rowid", "_rowid_", "oid"};

/// A table or view of a database while it is put together.
struct Entry {
  std::size_t table = 0;  // in Catalog::tables
  Group group = Group::Ordinary;
  std::array<bool, kRowidNames.size()> rowidNameTaken{};
};

struct TriggerSource {
  std::string database;
  std::string table;
  Trigger trigger;
};

/// One of main, temp and the attached databases.
struct Source {
  std::string name;
  std::vector<Entry> entries;
  std::unordered_map<std::int64_t, std::size_t> byRowid;  // rowid in sqlite_schema → entry
  std::unordered_map<std::string, std::size_t> byName;
  sqlite::IndexSources indexes;
  bool hasStatistics = false;

  [[nodiscard]] bool has(Group group) const noexcept {
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return entry.group == group; });
  }
};

constexpr std::string_view kColumnFields =
    "x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden";

ReferentialAction actionFrom(std::string_view name) noexcept {
  for (const ReferentialAction action :
       {ReferentialAction::Restrict, ReferentialAction::Cascade, ReferentialAction::SetNull,
        ReferentialAction::SetDefault}) {
    if (text::equalsIgnoreCase(name, referentialActionName(action))) return action;
  }
  return ReferentialAction::NoAction;
}

/// @return Whether `text` holds `word`, given in lower case, in any case. Linear time.
bool containsWord(std::string_view text, std::string_view word) noexcept {
  const auto same = [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b;
  };
  return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

/// Finds out how a row is reached: which column is the rowid, or by which name it goes.
void finishKey(const Entry& entry, Table& table) {
  if (entry.group == Group::View || table.withoutRowid || table.columns.empty()) return;
  if (!table.primaryKey) {
    const auto free = std::find(entry.rowidNameTaken.begin(), entry.rowidNameTaken.end(), false);
    if (free == entry.rowidNameTaken.end()) return;
    table.implicitKey = kRowidNames[static_cast<std::size_t>(free - entry.rowidNameTaken.begin())];
    return;
  }
  // INTEGER PRIMARY KEY is the rowid itself; every other key (INT, INTEGER … DESC) has an index.
  const bool hasIndex =
      std::any_of(table.indexes.begin(), table.indexes.end(),
                  [](const Index& index) { return index.origin == "primaryKey"; });
  if (entry.group != Group::Ordinary || hasIndex || table.primaryKey->columns.size() != 1) return;
  Column& column = table.columns[table.columnIndex(table.primaryKey->columns.front())];
  column.rowidAlias = true;
  column.nullable = false;  // NULL stands for the next number and is never stored
}

/// Reads one connection. Used once.
class CatalogReader {
 public:
  CatalogReader(sqlite3* db, SqliteHandle* handle) : db_(db), handle_(handle) {}

  Catalog read() {
    catalog_.dialect = "sqlite";
    catalog_.serverVersion = sqlite3_libversion();
    catalog_.ignoreCase = true;
    readDatabases();
    for (Source& source : sources_) readObjects(source);
    readTableList();
    for (Source& source : sources_) {
      for (const Group group : kGroups) {
        if (source.has(group)) readColumns(source, group);
      }
      if (source.has(Group::Ordinary)) {
        readForeignKeys(source);
        readIndexes(source);
      }
      for (Entry& entry : source.entries) finish(source, entry);
      if (source.hasStatistics) readStatistics(source);
    }
    for (TriggerSource& trigger : triggers_) attach(trigger);
    return std::move(catalog_);
  }

 private:
  /// @return The statement that joins every object of a group to pragma functions; their argument
  /// ?1, the database, is bound. Its first column is the rowid in sqlite_schema.
  [[nodiscard]] SqliteRows readAll(const Source& source, Group group, std::string_view fields,
                                   std::string_view joins) const;
  [[nodiscard]] Table& tableOf(const Entry& entry) noexcept { return catalog_.tables[entry.table]; }

  void readDatabases();
  void readObjects(Source& source);
  void addTable(Source& source, const SqliteRows& row, bool isView);
  void addTrigger(const Source& source, const SqliteRows& row);
  void readTableList();

  void readColumns(Source& source, Group group);
  void readColumnsOneByOne(Source& source, Group group);
  void addColumn(Entry& entry, const SqliteRows& row);

  void readForeignKeys(Source& source);
  void readIndexes(Source& source);
  void readStatistics(Source& source);

  void finish(const Source& source, Entry& entry);
  void readCollations(Table& table);
  void attach(TriggerSource& trigger);

  sqlite3* db_;
  SqliteHandle* handle_;
  Catalog catalog_;
  std::vector<Source> sources_;
  std::vector<TriggerSource> triggers_;
};

void CatalogReader::readDatabases() {
  SqliteRows rows(db_, handle_, "PRAGMA database_list");
  while (rows.step()) {
    Source source;
    source.name = rows.text(1);
    sources_.push_back(std::move(source));
  }
}

void CatalogReader::readObjects(Source& source) {
  SqliteRows rows(db_, handle_,
                  "SELECT s.rowid, s.type, s.name, s.tbl_name, s.rootpage, s.sql FROM " +
                      sqliteQuote(source.name) + ".sqlite_schema AS s ORDER BY s.rowid");
  while (rows.step()) {
    const std::string_view type = rows.text(1);
    if (type == "table" || type == "view") {
      addTable(source, rows, type == "view");
    } else if (type == "index") {
      const std::size_t order = source.indexes.size();
      source.indexes.emplace(rows.text(2), sqlite::IndexSource{order, std::string(rows.text(5))});
    } else if (type == "trigger") {
      addTrigger(source, rows);
    }
  }
  // An empty temp database would make every unqualified name look there first for nothing.
  if (source.name == "temp") {
    if (!source.entries.empty()) catalog_.searchPath.insert(catalog_.searchPath.begin(), "temp");
  } else {
    catalog_.searchPath.push_back(source.name);
  }
}

void CatalogReader::addTable(Source& source, const SqliteRows& row, bool isView) {
  Entry entry;
  entry.table = catalog_.tables.size();
  entry.group = isView ? Group::View : row.integer(4) == 0 ? Group::Virtual : Group::Ordinary;
  Table table;
  table.schema = source.name;
  table.name = row.text(2);
  table.kind = isView ? TableKind::View : TableKind::Table;
  table.ignoreCase = true;
  table.definition = row.text(5);
  // Until PRAGMA table_list names it. An entry that SQLite could not load is never named.
  table.error = "SQLite did not load this entry of sqlite_schema";
  if (table.name == "sqlite_stat1") source.hasStatistics = true;
  source.byRowid.emplace(row.integer(0), source.entries.size());
  source.byName.emplace(table.name, source.entries.size());
  source.entries.push_back(entry);
  catalog_.tables.push_back(std::move(table));
}

void CatalogReader::addTrigger(const Source& source, const SqliteRows& row) {
  TriggerSource found{source.name, std::string(row.text(3)), {}};
  found.trigger.name = row.text(2);
  found.trigger.definition = row.text(5);
  if (auto parsed = sqlite::parseCreateTrigger(found.trigger.definition)) {
    found.trigger.timing = std::move(parsed->timing);
    found.trigger.events.push_back(std::move(parsed->event));
    found.trigger.columns = std::move(parsed->columns);
    // A trigger in temp may watch a table of any database: unqualified, the first that has it.
    if (source.name == "temp") found.database = std::move(parsed->schema);
  }
  triggers_.push_back(std::move(found));
}

void CatalogReader::readTableList() {
  SqliteRows rows(db_, handle_, "PRAGMA table_list");
  while (rows.step()) {
    const auto source = std::find_if(sources_.begin(), sources_.end(),
                                     [&](const Source& each) { return each.name == rows.text(0); });
    if (source == sources_.end()) continue;
    const auto found = source->byName.find(std::string(rows.text(1)));
    if (found == source->byName.end()) continue;
    Table& table = tableOf(source->entries[found->second]);
    const std::string_view type = rows.text(2);
    table.error.reset();
    table.columns.reserve(static_cast<std::size_t>(std::max<std::int64_t>(rows.integer(3), 0)));
    table.withoutRowid = rows.integer(4) != 0;
    table.strict = rows.integer(5) != 0;
    if (type == "virtual") {
      table.kind = TableKind::Virtual;
    } else if (type == "shadow") {
      table.kind = TableKind::Shadow;
    } else if (type == "table" && text::equalsIgnoreCase(rows.text(1).substr(0, 7), "sqlite_")) {
      table.kind = TableKind::System;
    }
  }
}

SqliteRows CatalogReader::readAll(const Source& source, Group group, std::string_view fields,
                                  std::string_view joins) const {
  std::string sql = "SELECT s.rowid, ";
  sql.append(fields).append(" FROM ").append(sqliteQuote(source.name));
  sql.append(".sqlite_schema AS s ").append(joins).append(" WHERE ");
  return {db_, handle_, sql.append(groupCondition(group)), source.name};
}

void CatalogReader::readColumns(Source& source, Group group) {
  SqliteRows rows =
      readAll(source, group, kColumnFields, "CROSS JOIN pragma_table_xinfo(s.name, ?1) AS x");
  std::int64_t rowid = 0;
  Entry* entry = nullptr;
  while (rows.tryStep()) {
    if (entry == nullptr || rows.integer(0) != rowid) {
      rowid = rows.integer(0);
      const auto found = source.byRowid.find(rowid);
      if (found == source.byRowid.end()) continue;
      entry = &source.entries[found->second];
    }
    addColumn(*entry, rows);
  }
  if (rows.failed()) readColumnsOneByOne(source, group);
}

void CatalogReader::readColumnsOneByOne(Source& source, Group group) {
  SqliteRows rows(db_, handle_,
                  std::string("SELECT NULL, ")
                      .append(kColumnFields)
                      .append(" FROM pragma_table_xinfo(?2, ?1) AS x"),
                  source.name);
  for (Entry& entry : source.entries) {
    if (entry.group != group) continue;
    Table& table = tableOf(entry);
    table.columns.clear();
    table.primaryKey.reset();
    rows.reset();
    rows.bind(2, table.name);
    while (rows.tryStep()) addColumn(entry, rows);
    if (!rows.failed()) continue;
    table.error = rows.message();
    table.columns.clear();
  }
}

void CatalogReader::addColumn(Entry& entry, const SqliteRows& row) {
  Table& table = tableOf(entry);
  const std::string_view name = row.text(1);
  for (std::size_t i = 0; i < kRowidNames.size(); ++i) {
    if (text::equalsIgnoreCase(name, kRowidNames[i])) entry.rowidNameTaken[i] = true;
  }
  const std::int64_t hidden = row.integer(6);
  if (hidden == 1) return;
  Column column;
  column.name = name;
  column.position = static_cast<int>(table.columns.size()) + 1;
  column.declaredType = row.text(2);
  sqlite::describeType(column);
  column.nullable = row.integer(3) == 0;
  if (hidden == 2) column.generated = Generated::Virtual;
  if (hidden == 3) column.generated = Generated::Stored;
  if (!row.isNull(4)) column.defaultValue = sqlite::parseDefault(row.text(4));
  column.strictlyTyped = table.strict && !text::equalsIgnoreCase(column.declaredType, "ANY");
  if (const std::int64_t key = row.integer(5); key > 0) {
    if (!table.primaryKey) table.primaryKey.emplace();
    auto& columns = table.primaryKey->columns;
    if (columns.size() < static_cast<std::size_t>(key))
      columns.resize(static_cast<std::size_t>(key));
    columns[static_cast<std::size_t>(key) - 1] = column.name;
  }
  table.columns.push_back(std::move(column));
}

void CatalogReader::readForeignKeys(Source& source) {
  SqliteRows rows = readAll(source, Group::Ordinary,
                            "f.id, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete",
                            "CROSS JOIN pragma_foreign_key_list(s.name, ?1) AS f");
  std::pair<std::int64_t, std::int64_t> last{0, -1};  // table and key
  ForeignKey* key = nullptr;
  while (rows.step()) {
    const std::pair current{rows.integer(0), rows.integer(1)};
    if (key == nullptr || current != last) {
      const auto found = source.byRowid.find(current.first);
      if (found == source.byRowid.end()) continue;
      last = current;
      Table& table = tableOf(source.entries[found->second]);
      key = &table.foreignKeys.emplace_back();
      key->references.schema = source.name;
      key->references.table = rows.text(2);
      key->onUpdate = actionFrom(rows.text(5));
      key->onDelete = actionFrom(rows.text(6));
    }
    key->columns.emplace_back(rows.text(3));
    if (!rows.isNull(4)) key->references.columns.emplace_back(rows.text(4));
  }
}

void CatalogReader::readIndexes(Source& source) {
  SqliteRows rows =
      readAll(source, Group::Ordinary,
              "l.name, l.\"unique\", l.origin, l.partial, x.cid, x.name, x.\"desc\", x.coll",
              "CROSS JOIN pragma_index_list(s.name, ?1) AS l "
              "CROSS JOIN pragma_index_xinfo(l.name, ?1) AS x ON x.\"key\"");
  std::int64_t rowid = 0;
  Index* index = nullptr;
  while (rows.step()) {
    if (index == nullptr || rows.integer(0) != rowid || rows.text(1) != index->name) {
      const auto found = source.byRowid.find(rows.integer(0));
      if (found == source.byRowid.end()) continue;
      rowid = rows.integer(0);
      index = &tableOf(source.entries[found->second]).indexes.emplace_back();
      index->name = rows.text(1);
      index->unique = rows.integer(2) != 0;
      const std::string_view origin = rows.text(3);
      if (origin == "pk") index->origin = "primaryKey";
      if (origin == "u") index->origin = "unique";
      if (rows.integer(4) != 0) index->where.emplace();  // its text is in the DDL
    }
    IndexPart& part = index->parts.emplace_back();
    constexpr std::int64_t kRowid = -1;
    part.column = rows.integer(5) == kRowid ? kRowidNames.front() : rows.text(6);
    part.descending = rows.integer(7) != 0;
    part.collation = rows.text(8);
  }
}

void CatalogReader::finish(const Source& source, Entry& entry) {
  Table& table = tableOf(entry);
  if (table.columns.empty() && !table.error) table.error = "SQLite reports no columns for it";
  if (entry.group == Group::Ordinary) {
    std::reverse(table.foreignKeys.begin(), table.foreignKeys.end());  // the pragma: last one first
    auto parsed = sqlite::parseCreateTable(*table.definition);
    readCollations(table);
    sqlite::describeIndexes(table, source.indexes);
    sqlite::describeTable(table, parsed ? *std::move(parsed) : sqlite::ParsedTable());
  }
  finishKey(entry, table);
}

void CatalogReader::readCollations(Table& table) {
  // Asked only where it can matter: SQLite searches the column by name every time.
  const std::string& sql = *table.definition;
  if (!containsWord(sql, "collate") && !containsWord(sql, "autoincrement")) return;
  for (Column& column : table.columns) {
    const char* collation = nullptr;
    int autoIncrement = 0;
    const int code = sqlite3_table_column_metadata(db_, table.schema.c_str(), table.name.c_str(),
                                                   column.name.c_str(), nullptr, &collation,
                                                   nullptr, nullptr, &autoIncrement);
    if (code != SQLITE_OK) continue;
    column.autoIncrement = autoIncrement != 0;
    if (collation != nullptr && !text::equalsIgnoreCase(collation, sqlite::kBinaryCollation)) {
      column.collation = collation;
    }
  }
}

void CatalogReader::readStatistics(Source& source) {
  SqliteRows rows(
      db_, handle_,
      "SELECT s.tbl, s.idx, s.stat FROM " + sqliteQuote(source.name) + ".sqlite_stat1 AS s");
  while (rows.tryStep()) {
    const auto found = source.byName.find(std::string(rows.text(0)));
    if (found == source.byName.end()) continue;
    Table& table = tableOf(source.entries[found->second]);
    const std::string_view name = rows.text(1);
    const auto partial = [&](const Index& index) { return index.name == name && index.where; };
    if (std::any_of(table.indexes.begin(), table.indexes.end(), partial)) continue;
    // The first number is that of the rows in the index, which is every row of the table.
    const std::string_view stat = rows.text(2);
    std::int64_t count = -1;
    std::from_chars(stat.data(), stat.data() + stat.size(), count);
    if (count >= 0) table.rowEstimate = std::max(table.rowEstimate.value_or(0), count);
  }
}

void CatalogReader::attach(TriggerSource& trigger) {
  const auto attachIn = [&](Source& source) {
    const auto found = source.byName.find(trigger.table);
    if (found == source.byName.end()) return false;
    tableOf(source.entries[found->second]).triggers.push_back(std::move(trigger.trigger));
    return true;
  };
  for (const bool temp : {true, false}) {
    for (Source& source : sources_) {
      const bool wanted = trigger.database.empty()
                              ? (source.name == "temp") == temp
                              : text::equalsIgnoreCase(source.name, trigger.database);
      if (wanted && attachIn(source)) return;
    }
  }
}

/// A read transaction, unless one is open already: all statements then see the same moment.
class ReadTransaction {
 public:
  ReadTransaction(sqlite3* db, SqliteHandle* handle)
      : db_(db), handle_(handle), own_(sqlite3_get_autocommit(db) != 0) {
    if (own_) run("BEGIN");
  }
  ~ReadTransaction() {
    // Only after an exception: the transaction has written nothing, so nothing can be lost.
    if (own_) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

  void commit() {
    if (own_) run("COMMIT");
    own_ = false;
  }

 private:
  void run(const char* sql) {
    SqliteRows rows(db_, handle_, sql);
    while (rows.step()) {
    }
  }

  sqlite3* db_;
  SqliteHandle* handle_;
  bool own_;
};

Catalog readCatalog(sqlite3* db, SqliteHandle* handle) {
  ReadTransaction transaction(db, handle);
  Catalog catalog = CatalogReader(db, handle).read();
  transaction.commit();
  return catalog;
}

}  // namespace

Catalog readSqliteCatalog(sqlite3* db) { return readCatalog(db, nullptr); }

Catalog readSqliteCatalog(SqliteHandle& handle) { return readCatalog(handle.db(), &handle); }

}  // namespace sonde
