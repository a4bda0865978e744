// A prepared statement of sonde's own that is finalized at the end of a scope.
#pragma once

#include <memory>

struct sqlite3_stmt;

namespace sonde {

/// Ends a statement; null is none.
struct SqliteFinalize {
  void operator()(sqlite3_stmt* statement) const noexcept;
};

using SqliteOwnedStatement = std::unique_ptr<sqlite3_stmt, SqliteFinalize>;

}  // namespace sonde
