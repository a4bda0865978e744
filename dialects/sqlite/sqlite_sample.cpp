#include "sqlite_sample.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <unordered_map>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/text.hpp"
#include "../../query/lexer.hpp"
#include "sqlite_dialect.hpp"
#include "sqlite_owned_statement.hpp"
#include "sqlite_text.hpp"

namespace sonde {
namespace {

using Clock = std::chrono::steady_clock;

SqliteOwnedStatement prepareRead(SqliteHandle& source, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  source.started();
  source.check(sqlite3_prepare_v2(source.db(), sql.c_str(), -1, &statement, nullptr), sql);
  SqliteOwnedStatement owned(statement);
  if (sqlite3_stmt_readonly(statement) == 0) throw QueryError("only a read can be measured");
  return owned;
}

/// Arms the source for a while.
class TimeLimit {
 public:
  TimeLimit(SqliteHandle& source, std::chrono::milliseconds time) : source_(source) {
    context_.timeout(time);
    source_.arm(context_);
  }
  ~TimeLimit() { source_.disarm(); }
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

 private:
  Context context_;
  SqliteHandle& source_;
};

std::string from(const Table& table) {
  const std::string schema = table.schema.empty() ? std::string("main") : table.schema;
  return " FROM " + sqliteQuote(schema) + "." + sqliteQuote(table.name);
}

/// @return The name by which the rowid is reached; empty where there is none.
std::string rowidOf(const Table& table) {
  if (table.withoutRowid || table.kind != TableKind::Table) return {};
  for (const Column& column : table.columns) {
    if (column.rowidAlias) return sqliteQuote(column.name);
  }
  for (const char* const name : {"rowid", "_rowid_", "oid"}) {
    if (table.findColumn(name) == nullptr) return sqliteQuote(name);
  }
  return {};
}

std::optional<double> firstNumber(SqliteHandle& source, const std::string& sql) {
  const SqliteOwnedStatement statement = prepareRead(source, sql);
  const int code = sqlite3_step(statement.get());
  if (code != SQLITE_ROW) source.fail(code, sql);
  if (sqlite3_column_type(statement.get(), 0) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_double(statement.get(), 0);
}

/// Gives each row of `SELECT list FROM table`, or, where they are too many, of some at random.
/// @return Whether each row was given.
bool readRows(SqliteHandle& source, const Table& table, const std::string& list, double rows,
              const WhatIfOptions& options, const std::function<void(sqlite3_stmt*)>& row) {
  const TimeLimit limit(source, options.measureTime);
  const auto end = Clock::now() + options.measureTime;
  const bool all = rows <= static_cast<double>(options.sampleRows);
  std::string sql = "SELECT " + list + from(table) + " NOT INDEXED";
  const std::string key = rowidOf(table);
  const bool seeks = !all && !key.empty();
  if (seeks) sql += " WHERE " + key + " >= ? LIMIT 1";
  std::size_t seen = 0;
  try {
    double low = 0;
    double high = 0;
    if (seeks) {
      low = firstNumber(source, "SELECT min(" + key + ")" + from(table)).value_or(0);
      high = firstNumber(source, "SELECT max(" + key + ")" + from(table)).value_or(0);
    }
    const SqliteOwnedStatement statement = prepareRead(source, sql);
    source.started();
    if (!seeks) {
      // A table without rowids is read from its beginning.
      int code = sqlite3_step(statement.get());
      for (; code == SQLITE_ROW && (all || seen < options.sampleRows);
           code = sqlite3_step(statement.get())) {
        row(statement.get());
        ++seen;
      }
      if (code != SQLITE_ROW && code != SQLITE_DONE) source.fail(code, sql);
      return code == SQLITE_DONE;
    }
    std::mt19937_64 random(static_cast<std::uint64_t>(rows));  // The same rows each time.
    std::uniform_real_distribution<double> place(low, high + 1);
    for (; seen < options.sampleRows && Clock::now() < end; ++seen) {
      sqlite3_bind_int64(statement.get(), 1, static_cast<sqlite3_int64>(place(random)));
      const int code = sqlite3_step(statement.get());
      if (code == SQLITE_ROW) row(statement.get());
      if (code != SQLITE_ROW && code != SQLITE_DONE) source.fail(code, sql);
      sqlite3_reset(statement.get());
    }
  } catch (const Timeout&) {  // What was read until then is the sample.
  }
  return false;
}

/// Appends what makes a value equal to others, with its type, and its width in a record.
double appendKey(std::string& key, sqlite3_stmt* statement, int column) {
  const int type = sqlite3_column_type(statement, column);
  key += static_cast<char>('0' + type);
  if (type == SQLITE_NULL) return 1;
  if (type == SQLITE_INTEGER) {
    const std::int64_t value = sqlite3_column_int64(statement, column);
    key.append(reinterpret_cast<const char*>(&value), sizeof value);
    const std::uint64_t size =
        value < 0 ? ~static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    return size < 0x80 ? 2 : size < 0x8000 ? 3 : size < 0x80000000U ? 5 : 9;
  }
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  key.append(reinterpret_cast<const char*>(&size), sizeof size);
  if (bytes != nullptr) key.append(bytes, size);
  return type == SQLITE_FLOAT ? 9 : static_cast<double>(size) + 1;
}

/// The part as a value that is equal where the index holds it for equal.
std::string partValue(const Table& table, const IndexPart& part) {
  std::string value = part.column.empty() ? "(" + part.expression + ")" : sqliteQuote(part.column);
  std::optional<std::string> collation = part.collation;
  const Column* const column = part.column.empty() ? nullptr : table.findColumn(part.column);
  if (!collation && column != nullptr) collation = column->collation;
  if (collation && text::equalsIgnoreCase(*collation, "NOCASE")) return "lower(" + value + ")";
  if (collation && text::equalsIgnoreCase(*collation, "RTRIM")) return "rtrim(" + value + ")";
  return value;
}

/// How often each key was seen in the sample.
using Counts = std::unordered_map<std::string, std::uint32_t>;

double equalRows(const Counts& counts, double seen, double rows) {
  double once = 0;
  for (const auto& [key, count] : counts) once += count == 1 ? 1 : 0;
  const double distinct = estimateDistinct(seen, static_cast<double>(counts.size()), once, rows);
  return distinct == 0 ? 1 : std::max(1.0, rows / distinct);
}

/// What stands in each entry of an index to lead to the row.
std::string rowKey(const Table& table) {
  std::string key = rowidOf(table);
  if (!key.empty()) return key;
  for (const std::string& column : table.keyColumns()) {
    key += (key.empty() ? "" : ", ") + sqliteQuote(column);
  }
  return key;
}

/// A predicate ends where it seems to, so that nothing of it is read as another part of the query.
std::string condition(std::string_view predicate) {
  query::checkFragment(predicate, SqliteDialect::instance().lexerRules());
  return "((" + std::string(predicate) + "\n) IS TRUE)";
}

}  // namespace

double estimateDistinct(double seen, double different, double once, double rows) noexcept {
  if (seen >= rows || seen <= 0) return different;
  const double estimate = seen * different / (seen - once + once * seen / rows);
  return std::clamp(estimate, different, rows);
}

std::optional<double> countSqliteRows(SqliteHandle& source, const Table& table,
                                      std::chrono::milliseconds time) {
  try {
    const TimeLimit limit(source, time);
    return firstNumber(source, "SELECT count(*)" + from(table));
  } catch (const Timeout&) {
    const std::string key = rowidOf(table);
    if (key.empty()) return std::nullopt;
    return firstNumber(source, "SELECT max(" + key + ")" + from(table));
  }
}

SqliteSpread measureSqliteIndex(SqliteHandle& source, const Table& table, const Index& index,
                                double rows, const WhatIfOptions& options) {
  std::string list = index.where ? condition(*index.where) : "1";
  for (const IndexPart& part : index.parts) list += ", " + partValue(table, part);
  const std::string key = rowKey(table);
  if (!key.empty()) list += ", " + key;
  const std::size_t parts = index.parts.size();
  std::vector<Counts> counts(parts);
  double seen = 0;
  double met = 0;
  double bytes = 0;
  SqliteSpread spread;
  const auto take = [&](sqlite3_stmt* row) {
    ++seen;
    if (sqlite3_column_int(row, 0) == 0) return;
    ++met;
    std::string prefix;
    for (std::size_t i = 0; i < parts; ++i) {
      bytes += appendKey(prefix, row, static_cast<int>(i) + 1);
      ++counts[i][prefix];
    }
    for (int i = static_cast<int>(parts) + 1; i < sqlite3_column_count(row); ++i) {
      bytes += appendKey(prefix, row, i);
    }
  };
  spread.exact = readRows(source, table, list, rows, options, take);
  if (spread.exact) rows = seen;
  spread.rows = seen == 0 ? 0 : rows * met / seen;
  for (const Counts& count : counts) spread.equal.push_back(equalRows(count, met, spread.rows));
  // A cell's pointer and the lengths of record and header.
  spread.entryBytes = met == 0 ? 0 : bytes / met + 4;
  return spread;
}

std::optional<double> measureSqliteFraction(SqliteHandle& source, const Table& table,
                                            std::string_view predicate, double rows,
                                            const WhatIfOptions& options) {
  double seen = 0;
  double met = 0;
  static_cast<void>(
      readRows(source, table, condition(predicate), rows, options, [&](sqlite3_stmt* row) {
        ++seen;
        met += sqlite3_column_int(row, 0);
      }));
  if (seen == 0) return std::nullopt;
  return met / seen;
}

}  // namespace sonde
