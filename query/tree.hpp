// The query tree: what repositories and the builder make, rewriters change, and compilers render.
//
// Invariant: every table is a pointer into the Schema snapshot the query was checked against, so a
// tree must not outlive that snapshot; every name in it was resolved. Plain values, copied freely.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "../introspect/table.hpp"
#include "expr.hpp"

namespace sonde::query {

enum class JoinKind : std::uint8_t { None, Inner, Left };

/// A table in FROM. The first source has JoinKind::None.
struct Source {
  const Table* table = nullptr;
  std::string alias;  ///< Empty: the table's own name.
  JoinKind join = JoinKind::None;
  ExprPtr on;
};

struct SelectItem {
  ExprPtr expr;
  std::string alias;  ///< Empty: the column's own name.
};

enum class NullsOrder : std::uint8_t { First, Last };

/// Order is the same on every engine: nulls first ascending, last descending, unless said
/// otherwise.
struct OrderItem {
  ExprPtr expr;
  bool descending = false;
  std::optional<NullsOrder> nulls;
  bool ignoreCase = false;
};

struct Select {
  std::vector<Source> sources;
  bool distinct = false;
  std::vector<SelectItem> items;
  /// Whether the items are "every column" rather than names the caller asked for: a rewriter then
  /// drops hidden columns silently instead of refusing them.
  bool allColumns = false;
  ExprPtr where;
  std::vector<ExprPtr> groupBy;
  ExprPtr having;
  std::vector<OrderItem> orderBy;
  ExprPtr limit;
  ExprPtr offset;
};

struct Assignment {
  std::string column;
  ExprPtr value;  ///< Null: the column's default.
};

/// What an insert does when a key exists already.
struct Conflict {
  std::vector<std::string> target;   ///< Columns of a key or unique constraint.
  bool update = true;                ///< False: keep the row that is there.
  std::vector<std::string> columns;  ///< Columns taken from the new row; empty with `update` false.
  ExprPtr where;  ///< Only rows for which this holds are updated (source 0 is the stored row).
};

struct Insert {
  const Table* table = nullptr;
  std::vector<std::string> columns;        ///< Empty: DEFAULT VALUES.
  std::vector<std::vector<ExprPtr>> rows;  ///< Each as long as `columns`.
  std::optional<Conflict> conflict;
  std::vector<SelectItem> returning;
  bool returningAll = false;  ///< As Select::allColumns, for `returning`.
};

struct Update {
  const Table* table = nullptr;
  std::vector<Assignment> set;
  ExprPtr where;
  std::vector<SelectItem> returning;
  bool returningAll = false;
};

struct Delete {
  const Table* table = nullptr;
  ExprPtr where;
  std::vector<SelectItem> returning;
  bool returningAll = false;
};

using Query = std::variant<Select, Insert, Update, Delete>;

/// What a query does to a table.
enum class Operation : std::uint8_t { Select, Insert, Update, Delete };

}  // namespace sonde::query
