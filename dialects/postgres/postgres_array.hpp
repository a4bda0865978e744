// PostgreSQL's array literals: reading those that the server gives, as JSON, and writing those that
// are bound.
//
// Invariant: needs nothing of libpq. Nested arrays, NULL elements, quoted elements and explicit
// lower bounds are all read; a text that is no array literal is never half converted. Used by
// statements and by the compiler.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "../../core/value.hpp"
#include "postgres_types.hpp"

namespace sonde {

/// Appends an array literal such as `{1,NULL,"a b"}` as a JSON array, its elements in the JSON form
/// of `element` and arrays inside nested.
/// @return False, with nothing appended, when the text is no array literal. Thread-safe.
[[nodiscard]] bool appendArrayAsJson(std::string& out, std::string_view literal,
                                     const PostgresType& element);

/// @return The values as an array literal; arrays among them nested, objects as JSON text.
/// @param dropNulls Leaves nulls out, as a list of values to compare with needs.
/// @throws ValidationError for a text that holds a NUL. Thread-safe.
[[nodiscard]] std::string postgresArrayLiteral(std::span<const Value> items, bool dropNulls);

}  // namespace sonde
