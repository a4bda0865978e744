// What MySQL and MariaDB count: the performance schema, and MariaDB's userstat.
//
// Invariant: see UsageReader. Both are off by default in MariaDB, which is then told. Used by the
// driver.
#pragma once

#include "../usage.hpp"

namespace sonde {

/// See the file comment.
class MysqlUsage final : public UsageReader {
 public:
  [[nodiscard]] ObservedStatements statements(Connection& connection,
                                              std::size_t most) const override;
  [[nodiscard]] IndexUsage indexes(Connection& connection) const override;
};

}  // namespace sonde
