#include "sqlite_statistics.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../core/text.hpp"
#include "sqlite_dialect.hpp"
#include "sqlite_owned_statement.hpp"
#include "sqlite_text.hpp"

namespace sonde {
namespace {

std::string keyOf(const Table& table) { return text::lower(table.schema + "." + table.name); }

/// The name that sqlite_stat1 has for an index: the key of a table without rowid goes by the
/// table's.
std::string statName(const Table& table, const Index& index) {
  return table.withoutRowid && index.origin == "primaryKey" ? table.name : index.name;
}

/// "40000 8 1": rows, then rows that agree in the first part, the first two, and so on.
std::string statOf(const SqliteSpread& spread, const Index& index) {
  const auto whole = [](double number) {
    return std::to_string(static_cast<std::uint64_t>(std::max(1.0, std::ceil(number - 0.5))));
  };
  std::string stat = whole(spread.rows);
  for (std::size_t i = 0; i < spread.equal.size(); ++i) {
    const bool last = i + 1 == spread.equal.size();
    stat += " " + (last && index.unique ? std::string("1") : whole(spread.equal[i]));
  }
  return stat;
}

std::vector<double> numbersOf(std::string_view stat) {
  std::vector<double> numbers;
  for (const char* at = stat.data(); at < stat.data() + stat.size();) {
    double number = 0;
    const auto read = std::from_chars(at, stat.data() + stat.size(), number);
    if (read.ec != std::errc()) break;  // Words such as "unordered" follow the numbers.
    numbers.push_back(number);
    at = read.ptr == stat.data() + stat.size() ? read.ptr : read.ptr + 1;
  }
  return numbers;
}

/// The index without its name, as a key.
std::string shapeOf(const Table& table, const Index& index) {
  Index nameless = index;
  nameless.name = "i";
  return SqliteDialect::instance().compiler().createIndex(table, nameless, IndexBuild::Blocking);
}

}  // namespace

SqliteStatistics::SqliteStatistics(SqliteHandle& source, SqliteClone& clone, const Schema& schema,
                                   const WhatIfOptions& options)
    : source_(source), clone_(clone), options_(options) {
  std::set<std::string> schemas;
  for (const Table& table : schema.tables()) schemas.insert(table.schema);
  for (const std::string& name : schemas) {
    const std::string sql = "SELECT tbl, idx, stat FROM " + sqliteQuote(name) + ".sqlite_stat1";
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(source_.db(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      continue;  // Nobody has run ANALYZE.
    }
    const SqliteOwnedStatement owned(statement);
    const auto text = [&](int column) {
      const auto* const bytes = sqlite3_column_text(statement, column);
      return bytes == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(bytes));
    };
    while (sqlite3_step(statement) == SQLITE_ROW) {
      stored_[{text::lower(name + "." + text(0)), text::lower(text(1))}] = text(2);
    }
  }
}

std::optional<double> SqliteStatistics::rows(const Table& table) {
  if (const auto known = rows_.find(&table); known != rows_.end()) return known->second;
  std::optional<double> rows;
  const std::string key = keyOf(table);
  for (const Index& index : table.indexes) {
    const auto stored = stored_.find({key, text::lower(statName(table, index))});
    if (index.where || stored == stored_.end()) continue;
    if (const auto numbers = numbersOf(stored->second); !numbers.empty()) rows = numbers.front();
  }
  if (const auto whole = stored_.find({key, ""}); !rows && whole != stored_.end()) {
    if (const auto numbers = numbersOf(whole->second); !numbers.empty()) rows = numbers.front();
  }
  if (!rows) rows = countSqliteRows(source_, table, options_.measureTime);
  if (rows) rows_[&table] = *rows;
  return rows;
}

std::optional<double> SqliteStatistics::fraction(const Table& table, std::string_view condition) {
  const std::pair<const Table*, std::string> key{&table, condition};
  if (const auto known = fractions_.find(key); known != fractions_.end()) return known->second;
  const std::optional<double> all = rows(table);
  if (!all) return std::nullopt;
  const auto measured = measureSqliteFraction(source_, table, condition, *all, options_);
  if (measured) fractions_[key] = *measured;
  return measured;
}

const SqliteSpread& SqliteStatistics::spread(const Table& table, const Index& index) {
  const std::pair<const Table*, std::string> key{&table, shapeOf(table, index)};
  if (const auto known = spreads_.find(key); known != spreads_.end()) return known->second;
  const double all = rows(table).value_or(0);
  const SqliteSpread measured = measureSqliteIndex(source_, table, index, all, options_);
  const std::string note =
      "statistics of " + quoteForMessage(table.name) + " were measured on a sample of its rows";
  if (!measured.exact && std::find(notes_.begin(), notes_.end(), note) == notes_.end()) {
    notes_.push_back(note);
  }
  return spreads_.emplace(key, measured).first->second;
}

void SqliteStatistics::write(const Table& table, const std::string& index,
                             const std::string& stat) {
  const std::string target = sqliteQuote(table.schema) + ".sqlite_stat1";
  clone_.run("INSERT INTO " + target + "(tbl, idx, stat) VALUES (?, ?, ?)",
             {table.name, index, stat});
  unloaded_.insert(table.schema);
}

void SqliteStatistics::record(const Table& table, const std::string& index,
                              const std::string& stat) {
  const std::vector<double> numbers = numbersOf(stat);
  if (numbers.empty()) return;
  facts_.indexes[text::lower(index)] = {
      text::lower(table.name), numbers.front(), {numbers.begin() + 1, numbers.end()}};
}

void SqliteStatistics::tell(const Table& table, const Index& index) {
  const std::string name = statName(table, index);
  const auto stored = stored_.find({keyOf(table), text::lower(name)});
  const bool known = stored != stored_.end();
  const std::string stat = known ? stored->second : statOf(spread(table, index), index);
  write(table, name, stat);
  record(table, name, stat);
}

void SqliteStatistics::forget(const Table& table, const Index& index) {
  facts_.indexes.erase(text::lower(statName(table, index)));
  unloaded_.insert(table.schema);
}

void SqliteStatistics::learn(const Table& table) {
  if (!table.isStored() || table.kind == TableKind::Virtual || !learnt_.insert(&table).second) {
    return;
  }
  const std::optional<double> all = rows(table);
  if (all) facts_.rows[text::lower(table.name)] = *all;
  for (const Index& index : table.indexes) {
    try {
      tell(table, index);
    } catch (const QueryError&) {
      notes_.push_back("the index " + quoteForMessage(index.name) +
                       " could not be measured; the planner guesses");
    }
  }
  if (table.indexes.empty() && all) {
    write(table, "", std::to_string(static_cast<std::uint64_t>(std::max(1.0, *all))));
  }
}

void SqliteStatistics::load() {
  for (const std::string& schema : unloaded_) {
    clone_.run("ANALYZE " + sqliteQuote(schema) + ".sqlite_schema");
  }
  unloaded_.clear();
}

}  // namespace sonde
