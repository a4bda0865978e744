#include "mysql_types.hpp"

#include <mysql.h>

#include <string>

namespace sonde {
namespace {

constexpr unsigned kBinaryCharset = 63;
constexpr unsigned kBytesOfCharacter = 4;  // utf8mb4, in which the client asks for text
constexpr unsigned kJsonOfMysql = 245;     // not in MariaDB's enum of types
constexpr unsigned kNoDecimals = 31;       // of real numbers without a scale

std::string sized(std::string_view name, unsigned long size) {
  return std::string(name) + "(" + std::to_string(size) + ")";
}

std::string withFraction(std::string_view name, const MYSQL_FIELD& field) {
  if (field.decimals == 0 || field.decimals >= kNoDecimals) return std::string(name);
  return sized(name, field.decimals);
}

std::string_view attribute(const MYSQL_FIELD& field, mariadb_field_attr_t which) {
  MARIADB_CONST_STRING text{nullptr, 0};
  if (mariadb_field_attr(&text, &field, which) != 0 || text.str == nullptr) return {};
  return {text.str, text.length};
}

std::string_view orEmpty(const char* text, unsigned length) {
  return text == nullptr ? std::string_view() : std::string_view(text, length);
}

void describeInteger(const MYSQL_FIELD& field, std::string_view name, MysqlWire wire,
                     MysqlColumn& column) {
  column.info.type = Type::Integer;
  column.info.declaredType = name;
  column.rule.wire = wire;
  column.rule.isUnsigned = (field.flags & UNSIGNED_FLAG) != 0;
  if (column.rule.isUnsigned && field.type != MYSQL_TYPE_YEAR) {
    column.info.declaredType += " unsigned";
  }
}

void describeTiny(const MYSQL_FIELD& field, MysqlColumn& column) {
  describeInteger(field, "tinyint", MysqlWire::Int8, column);
  if (field.length != 1 || column.rule.isUnsigned || (field.flags & ZEROFILL_FLAG) != 0) return;
  column.info.declaredType = "tinyint(1)";
  column.info.type = Type::Boolean;
  column.rule.boolean = true;
}

void describeBit(const MYSQL_FIELD& field, MysqlColumn& column) {
  column.info.declaredType = sized("bit", field.length);
  column.info.type = field.length == 1 ? Type::Boolean : Type::Integer;
  column.rule.wire = MysqlWire::Bits;
  column.rule.isUnsigned = true;
  column.rule.boolean = field.length == 1;
}

void describeReal(std::string_view name, MysqlWire wire, MysqlColumn& column) {
  column.info.declaredType = name;
  column.info.type = Type::Real;
  column.rule.wire = wire;
}

void describeDecimal(const MYSQL_FIELD& field, MysqlColumn& column) {
  // The display width counts the sign and the point.
  const bool isUnsigned = (field.flags & UNSIGNED_FLAG) != 0;
  const unsigned long extra = (isUnsigned ? 0UL : 1UL) + (field.decimals > 0 ? 1UL : 0UL);
  const unsigned long precision = field.length > extra ? field.length - extra : field.length;
  column.info.declaredType =
      "decimal(" + std::to_string(precision) + "," + std::to_string(field.decimals) + ")";
  if (isUnsigned) column.info.declaredType += " unsigned";
  column.info.type = column.rule.type = Type::Decimal;
  column.info.scale = static_cast<int>(field.decimals);
  column.rule.wire = MysqlWire::Text;
}

void describeTemporal(const MYSQL_FIELD& field, MysqlColumn& column) {
  column.rule.wire = MysqlWire::Date;
  switch (field.type) {
    case MYSQL_TYPE_TIME:
    case MYSQL_TYPE_TIME2:
      column.rule.wire = MysqlWire::Duration;
      column.info.type = Type::Time;
      column.info.declaredType = withFraction("time", field);
      break;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      column.rule.dateOnly = true;
      column.info.type = Type::Date;
      column.info.declaredType = "date";
      break;
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_TIMESTAMP2:
      column.rule.instant = true;
      column.info.type = Type::TimestampTz;
      column.info.declaredType = withFraction("timestamp", field);
      break;
    default:
      column.info.type = Type::Timestamp;
      column.info.declaredType = withFraction("datetime", field);
      break;
  }
  column.rule.type = column.info.type;
}

/// The names of a type by its largest length in bytes, which is what tells them apart.
std::string blobName(const MYSQL_FIELD& field, bool text) {
  std::string kind = text ? "text" : "blob";
  if (field.length <= 255UL * (text ? kBytesOfCharacter : 1)) return "tiny" + kind;
  if (field.length <= 65'535UL * (text ? kBytesOfCharacter : 1)) return kind;
  if (field.length <= 16'777'215UL * (text ? kBytesOfCharacter : 1)) return "medium" + kind;
  return "long" + kind;
}

void describeText(const MYSQL_FIELD& field, MysqlColumn& column) {
  const std::string_view named = attribute(field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME);
  const bool json = attribute(field, MARIADB_FIELD_ATTR_FORMAT_NAME) == "json" ||
                    static_cast<unsigned>(field.type) == kJsonOfMysql;
  const bool blob = field.type == MYSQL_TYPE_GEOMETRY ||
                    (field.charsetnr == kBinaryCharset && !json && named.empty());
  column.rule.wire = blob ? MysqlWire::Blob : MysqlWire::Text;
  column.info.type = blob ? Type::Blob : Type::Text;
  if (json) {
    column.info.type = column.rule.type = Type::Json;
    column.info.declaredType = "json";
  } else if (!named.empty()) {
    column.info.declaredType = named;
    if (named == "uuid") column.info.type = column.rule.type = Type::Uuid;
  } else if ((field.flags & ENUM_FLAG) != 0) {
    column.info.type = column.rule.type = Type::Enum;
    column.info.declaredType = "enum";
  } else if ((field.flags & SET_FLAG) != 0) {
    column.info.declaredType = "set";
  } else if (field.type == MYSQL_TYPE_GEOMETRY) {
    column.info.declaredType = "geometry";
  } else if ((field.flags & BLOB_FLAG) != 0) {
    column.info.declaredType = blobName(field, !blob);
  } else {
    const bool fixed = field.type == MYSQL_TYPE_STRING;
    column.info.declaredType =
        blob ? sized(fixed ? "binary" : "varbinary", field.length)
             : sized(fixed ? "char" : "varchar", field.length / kBytesOfCharacter);
  }
}

void describe(const MYSQL_FIELD& field, MysqlColumn& column) {
  switch (field.type) {
    case MYSQL_TYPE_TINY:
      return describeTiny(field, column);
    case MYSQL_TYPE_SHORT:
      return describeInteger(field, "smallint", MysqlWire::Int16, column);
    case MYSQL_TYPE_YEAR:
      return describeInteger(field, "year", MysqlWire::Int16, column);
    case MYSQL_TYPE_INT24:
      return describeInteger(field, "mediumint", MysqlWire::Int32, column);
    case MYSQL_TYPE_LONG:
      return describeInteger(field, "int", MysqlWire::Int32, column);
    case MYSQL_TYPE_LONGLONG:
      return describeInteger(field, "bigint", MysqlWire::Int64, column);
    case MYSQL_TYPE_FLOAT:
      return describeReal("float", MysqlWire::Float, column);
    case MYSQL_TYPE_DOUBLE:
      return describeReal("double", MysqlWire::Double, column);
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      return describeDecimal(field, column);
    case MYSQL_TYPE_BIT:
      return describeBit(field, column);
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
    case MYSQL_TYPE_TIME:
    case MYSQL_TYPE_TIME2:
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_DATETIME2:
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_TIMESTAMP2:
      return describeTemporal(field, column);
    case MYSQL_TYPE_NULL:
      return;
    default:
      return describeText(field, column);
  }
}

}  // namespace

MysqlColumn mysqlColumn(const st_mysql_field& field) {
  MysqlColumn column;
  column.info.name = orEmpty(field.name, field.name_length);
  column.info.origin = orEmpty(field.org_name, field.org_name_length);
  column.info.table = orEmpty(field.org_table, field.org_table_length);
  describe(field, column);
  // Of expressions only the meaning is known, not a declaration.
  if (column.info.origin.empty()) column.info.declaredType.clear();
  return column;
}

}  // namespace sonde
