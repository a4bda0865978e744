// Turns a Filter into an expression over one table, and into a key under which its plan is cached.
//
// Invariant: both walks visit the values in the same order, so the arguments of one fit the
// parameters of the other. The key says everything that changes the SQL (columns, operators, list
// sizes, case, nesting) and no value. Names are checked against the table. Used by repositories and
// the builder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../core/arg.hpp"
#include "../introspect/table.hpp"
#include "condition.hpp"
#include "expr.hpp"

namespace sonde::query {

/// Lists up to this length are one parameter a value, rounded up to a power of two by repeating the
/// last, so that lists of similar length share a plan; longer ones are one parameter as a whole.
inline constexpr std::size_t kMaxInList = 1024;
/// The same for lists that cannot travel as one parameter exactly: those that ignore case or hold
/// blobs or reals.
inline constexpr std::size_t kMaxInListOneByOne = 16384;
/// How deep filters and conditions may be nested.
inline constexpr std::size_t kMaxFilterDepth = 200;

/// What a filter asks of a table, without its values, and the values.
struct FilterShape {
  std::string key;             ///< Empty for no condition.
  std::vector<Arg> arguments;  ///< Point into the filter, which must outlive them.
};

/// @return The shape of a filter on a table.
/// @throws SchemaError naming the nearest columns when a column does not exist.
/// @throws ValidationError when a condition has the wrong number of values, a list is too
/// long, or conditions are nested too deeply.
/// Thread-safe.
[[nodiscard]] FilterShape filterShape(const Filter& filter, const Table& table);

/// Appends to a key and to arguments instead of making new ones; otherwise as filterShape().
void appendFilterShape(const Filter& filter, const Table& table, std::string& key,
                       std::vector<Arg>& arguments);

/// @return The expression of a filter, its values as parameters from `firstArgument` on; null for
/// no condition. `source` is the table's place in the statement. Throws as filterShape().
/// Thread-safe.
[[nodiscard]] ExprPtr filterExpr(const Filter& filter, const Table& table,
                                 std::uint32_t firstArgument = 0, std::uint32_t source = 0);

/// @return The name of a column as the table spells it, its implicit key included.
/// @throws SchemaError naming the nearest columns. Thread-safe.
[[nodiscard]] const std::string& resolveColumn(const Table& table, std::string_view name);

}  // namespace sonde::query
