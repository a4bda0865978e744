// Expressions as PostgreSQL writes them: defaults, checks, predicates.
//
// Invariant: pure functions of text that pg_get_expr() made under standard_conforming_strings, so
// that a constant begins with a quote or a digit and everything put together stands in parentheses.
// Used by the catalog reader.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "../../introspect/column.hpp"

namespace sonde::postgres {

/// @return The text without parentheses that enclose all of it: "a > 0" for "(a > 0)", but
/// "(a) + (b)" unchanged. Thread-safe.
[[nodiscard]] std::string_view withoutParentheses(std::string_view expression) noexcept;

/// @return What a default means to a column of this type, whose name is given without modifier
/// ("character varying"): a constant of the same type, or of one that reads it the same way, is a
/// literal without its cast, such as 'x' for 'x'::text; other expressions stay as they are. Empty
/// for a default of NULL. Thread-safe.
[[nodiscard]] std::optional<ColumnDefault> readDefault(std::string_view expression,
                                                       std::string_view typeName, Type type);

/// @return The expression by which a serial column takes its values from the sequence, whose name
/// is written as regclass does. Thread-safe.
[[nodiscard]] std::string nextvalOf(std::string_view sequence);

}  // namespace sonde::postgres
