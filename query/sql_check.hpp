// What SQL of the user must be before an engine sees it.
//
// Invariant: the same words on every engine. The error carries the SQL, never its parameters.
#pragma once

#include <string_view>

#include "lexer.hpp"

namespace sonde::query {

/// @throws ValidationError always: `why`, with the SQL in its details.
[[noreturn]] void refuseSql(std::string_view why, std::string_view sql);

/// @throws ValidationError for SQL with a NUL byte, at which a client library would end it.
/// Thread-safe.
void checkNoNul(std::string_view sql);

/// @return The one statement of a text, without the semicolon behind it.
/// @throws ValidationError when it holds none or several. Thread-safe.
[[nodiscard]] std::string_view onlyStatement(std::string_view sql, const LexerRules& rules);

}  // namespace sonde::query
