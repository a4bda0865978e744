// Two texts that the compiler and the rest of the driver must agree on.
//
// Used by the compiler, which needs nothing of libmariadb, and by parameters and errors.
#pragma once

#include <string>
#include <string_view>

namespace sonde {

/// @return A timestamp with an offset as the same instant in UTC without one, which is how the
/// server reads it in the time zone that sonde sets; empty when the text is none. Thread-safe.
[[nodiscard]] std::string mysqlInstant(std::string_view text);

/// What an upsert does when another key than the one that was named matched: it fails with
/// "subquery returns more than 1 row", which is told as the broken unique key that it is.
inline constexpr std::string_view kMysqlOtherKey = ", (SELECT 1 UNION ALL SELECT 2))";

}  // namespace sonde
