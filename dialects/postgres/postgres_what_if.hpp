// PostgreSQL's planner with indexes that HypoPG lets it believe in, where that extension is
// installed in the database.
//
// Invariant: nothing is created: hypothetical indexes live in the session and are gone with the
// object, as is the one setting that is changed meanwhile (plan_cache_mode). Statements are planned
// by EXPLAIN without ANALYZE. Those that it sends hold kPostgresWhatIfTag, so that whoever reads
// pg_stat_statements can leave them out. See WhatIf; made by the PostgreSQL driver.
#pragma once

#include <memory>
#include <string_view>

#include "../../introspect/schema.hpp"
#include "../what_if.hpp"
#include "postgres_handle.hpp"

namespace sonde {

/// Stands in every statement that plans another one.
inline constexpr std::string_view kPostgresWhatIfTag = "/* sonde what-if */";

/// @return A WhatIf for the database of a connection, which must outlive it; or that HypoPG is not
/// installed, or not on the server. The SQL: SELECT … FROM pg_extension
[[nodiscard]] WhatIfOffer makePostgresWhatIf(PostgresHandle& server,
                                             std::shared_ptr<const Schema> schema);

}  // namespace sonde
