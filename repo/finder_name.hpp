// The grammar of finder names: "findFirst3ByNameContainingOrAgeGreaterThanOrderByAgeDesc" to a
// tree.
//
//   name      = verb subject* [ "By" [ tests ] [ "AllIgnoreCase" ] ] [ "OrderBy" order+ ]
//   verb      = "find" | "get" | "count" | "exists" | "delete" | … (finder_keywords.cpp)
//   subject   = "One" | "Many" | "All" | "Distinct" | ("First" | "Top") [ number ]
//   tests     = test { "And" test | "Or" test }          And binds closer than Or
//   test      = column [ keyword ] [ "IgnoreCase" ]
//   order     = column [ "Asc" | "Desc" ]
//
// Invariant: pure; knows one table and no SQL. camelCase and snake_case are alike. Wherever a
// column may stand, the longest column that leads to a complete parse wins, so that neither
// "Organization" nor a column called order_by is cut at a keyword. Time is bounded by length ×
// columns for any name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../introspect/table.hpp"
#include "finder_keywords.hpp"

namespace sonde::repo {

/// What a finder gives.
enum class FinderShape : std::uint8_t {
  Rows,     ///< ResultSet
  Row,      ///< The first row, or nothing.
  OnlyRow,  ///< Exactly one row, else NotFound or NotUnique.
  Count,
  Exists,
  Affected,
};

/// One comparison of one column.
struct FinderTest {
  std::size_t column = 0;  ///< Index into Table::columns.
  FinderOp op = FinderOp::Equals;
  bool ignoreCase = false;
  std::uint32_t argument = 0;  ///< Index of its first argument.
};

struct FinderOrder {
  std::size_t column = 0;
  bool descending = false;
};

/// What a finder name says.
struct FinderSpec {
  FinderVerb verb = FinderVerb::Find;
  FinderShape shape = FinderShape::Rows;
  bool distinct = false;
  std::optional<std::uint64_t> limit;
  std::vector<std::vector<FinderTest>> anyOf;  ///< Or of Ands; empty: no condition.
  std::vector<FinderOrder> orderBy;
  std::uint32_t argumentCount = 0;
};

/// @return What the name says about this table.
/// @throws SchemaError saying what is wrong at which position: an unknown verb, column or keyword
/// with the nearest right ones, columns that the name fits equally well, words that have no meaning
/// together. Thread-safe.
[[nodiscard]] FinderSpec parseFinder(std::string_view name, const Table& table);

}  // namespace sonde::repo
