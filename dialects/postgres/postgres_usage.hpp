// What PostgreSQL counts: pg_stat_statements, where it is installed, and pg_stat_user_indexes.
//
// Invariant: see UsageReader. Used by the driver.
#pragma once

#include "../usage.hpp"

namespace sonde {

/// See the file comment.
class PostgresUsage final : public UsageReader {
 public:
  [[nodiscard]] ObservedStatements statements(Connection& connection,
                                              std::size_t most) const override;
  [[nodiscard]] IndexUsage indexes(Connection& connection) const override;
};

}  // namespace sonde
