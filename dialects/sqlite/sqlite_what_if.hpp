// SQLite's planner on a copy of the schema in memory, which knows how the user's rows are spread.
//
// Invariant: the user's database is only read. Indexes are assumed by making them on the copy,
// which has no rows, and by telling the planner their statistics as ANALYZE would have found them
// (sqlite_stat1): those that the database has, else measured (sqlite_sample.hpp). Prices are those
// of sqlite_plan_cost.hpp. See WhatIf; made by the SQLite driver.
#pragma once

#include <memory>

#include "../../introspect/schema.hpp"
#include "../what_if.hpp"
#include "sqlite_handle.hpp"

namespace sonde {

/// @return A WhatIf for the databases of a connection. `source` must outlive it.
/// @throws what SqliteHandle::fail does when the schema cannot be read.
[[nodiscard]] std::unique_ptr<WhatIf> makeSqliteWhatIf(SqliteHandle& source,
                                                       std::shared_ptr<const Schema> schema,
                                                       const WhatIfOptions& options);

}  // namespace sonde
