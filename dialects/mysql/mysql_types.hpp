// What the type of a column of a result means. The table stands in docs/mysql.md.
//
// Invariant: pure functions. tinyint(1) and bit(1) are booleans, as both products and their users
// have it; a tinyint that is unsigned or zerofilled is a number. The catalog reader has the same
// rules for declared types, and knows defaults besides. Used by statements.
#pragma once

#include <cstdint>

#include "../../core/columns.hpp"
#include "../../core/type.hpp"

struct st_mysql_field;

namespace sonde {

/// How the binary protocol sends a column.
enum class MysqlWire : std::uint8_t {
  Null,
  Int8,
  Int16,
  Int32,
  Int64,
  Float,
  Double,
  Text,
  Blob,
  Bits,      ///< Bytes, most significant first, that are an integer.
  Date,      ///< And timestamps; how many bytes there are says how much is set.
  Duration,  ///< TIME.
};

/// How a value of one column becomes a cell.
struct MysqlColumnRule {
  MysqlWire wire = MysqlWire::Null;
  bool isUnsigned = false;
  bool boolean = false;     ///< Integers 0 and 1 are booleans.
  bool dateOnly = false;    ///< Of Date: never a time.
  bool instant = false;     ///< Of Date: in UTC.
  Type type = Type::Other;  ///< Of the cell; Other where the storage says it all.
};

/// A column of a result.
struct MysqlColumn {
  ColumnInfo info;
  MysqlColumnRule rule;
};

/// @return What the metadata of a result says of a column. `declaredType` is written from it, as
/// the catalog would: "bigint unsigned", "decimal(10,2)".
[[nodiscard]] MysqlColumn mysqlColumn(const st_mysql_field& field);

}  // namespace sonde
