// Inserting many rows at once: by array binding on MariaDB, which sends a batch in one message, and
// by VALUES of many rows on MySQL, which has none.
//
// Invariant: outside a transaction all rows or none are stored. Used by MysqlConnection.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../../core/arg.hpp"
#include "../../core/function_ref.hpp"
#include "../../introspect/table.hpp"

namespace sonde {

class MysqlHandle;

enum class MysqlBulkWay : std::uint8_t { Arrays, Values };

/// @return The faster way that the server knows.
[[nodiscard]] MysqlBulkWay mysqlBulkWay(const MysqlHandle& handle) noexcept;

/// See Connection::bulkInsert. Inside a transaction, too, all rows or none are stored.
std::uint64_t mysqlBulkInsert(const std::shared_ptr<MysqlHandle>& handle, MysqlBulkWay way,
                              const Table& table, const std::vector<std::string>& columns,
                              FunctionRef<Args()> next);

}  // namespace sonde
