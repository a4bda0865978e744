// What the catalog says of types and tables that results name by OID: enums, domains, arrays and
// extension types, and the names of tables and columns for the headers of results.
//
// Invariant: one per driver, shared by its connections; thread-safe. An answer is kept until the
// schema changes as far as this driver knows, and never when it was read inside a transaction,
// which may be rolled back.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "postgres_types.hpp"

namespace sonde {

class PostgresHandle;

/// A column of a table as results refer to it.
struct PostgresColumnName {
  std::string table;
  std::string column;
  std::string declaredType;  ///< By format_type(), such as "character varying(20)".
};

/// See the file comment.
class PostgresTypeCache {
 public:
  /// The types of these OIDs, in order; one that the catalog does not know is Type::Other.
  /// Reads pg_type once for those not known yet:
  /// SELECT … FROM pg_type t WHERE t.oid = ANY($1)
  [[nodiscard]] std::vector<PostgresType> types(PostgresHandle& handle,
                                                std::span<const std::uint32_t> oids);

  /// The names of columns, given as (OID of the table, number of the column), in order; empty ones
  /// for expressions (OID 0). Reads pg_attribute once for the tables not known yet.
  [[nodiscard]] std::vector<PostgresColumnName> columns(
      PostgresHandle& handle, std::span<const std::pair<std::uint32_t, int>> places);

  /// Forgets everything: the schema changed.
  void clear();

 private:
  using Columns = std::unordered_map<int, PostgresColumnName>;
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] bool find(std::uint32_t oid, PostgresType& type);

  std::mutex mutex_;
  std::unordered_map<std::uint32_t, PostgresType> types_;
  std::unordered_map<std::uint32_t, Columns> tables_;
  Clock::time_point tablesSince_{};
};

}  // namespace sonde
