// Many rows at once: COPY … FROM STDIN.
//
// Used by PostgresConnection.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../../core/arg.hpp"
#include "../../core/function_ref.hpp"
#include "../../introspect/table.hpp"

namespace sonde {

class PostgresHandle;

/// COPY "schema"."table" ("a", "b") FROM STDIN, with libpq rather than libpqxx's stream_to: its
/// quoting of names depends on its version, and it makes a string of every value.
/// @return The rows stored; all of them or none. @throws What the server or `next` throws, and
/// ValidationError for a row of another length, text with a NUL, or a list.
std::uint64_t postgresCopy(PostgresHandle& handle, const Table& table,
                           const std::vector<std::string>& columns, FunctionRef<Args()> next);

}  // namespace sonde
