#include "mysql_catalog_column.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "../../core/text.hpp"
#include "../../introspect/declared_type.hpp"
#include "mysql_catalog_server.hpp"

namespace sonde::mysql {
namespace {

/// Which numbers of a declared type mean something. A number after an integer type is the width it
/// is shown with, and no property of the column.
enum class Numbers : std::uint8_t { None, Length, Precision, Fraction };

struct NamedType {
  std::string_view name;
  Type type;
  Numbers numbers;
};

/// In byte order of the names, for the binary search. What is missing (geometry, inet6, vector …)
/// is Type::Other.
constexpr NamedType kTypes[] = {
    {"bigint", Type::Integer, Numbers::None},
    {"binary", Type::Blob, Numbers::Length},
    {"bit", Type::Integer, Numbers::Precision},
    {"blob", Type::Blob, Numbers::None},
    {"char", Type::Text, Numbers::Length},
    {"date", Type::Date, Numbers::None},
    {"datetime", Type::Timestamp, Numbers::Fraction},
    {"decimal", Type::Decimal, Numbers::Precision},
    {"double", Type::Real, Numbers::Precision},
    {"enum", Type::Enum, Numbers::None},
    {"float", Type::Real, Numbers::Precision},
    {"int", Type::Integer, Numbers::None},
    {"json", Type::Json, Numbers::None},
    {"longblob", Type::Blob, Numbers::None},
    {"longtext", Type::Text, Numbers::None},
    {"mediumblob", Type::Blob, Numbers::None},
    {"mediumint", Type::Integer, Numbers::None},
    {"mediumtext", Type::Text, Numbers::None},
    {"set", Type::Text, Numbers::None},
    {"smallint", Type::Integer, Numbers::None},
    {"text", Type::Text, Numbers::None},
    {"time", Type::Time, Numbers::Fraction},
    {"timestamp", Type::TimestampTz, Numbers::Fraction},
    {"tinyblob", Type::Blob, Numbers::None},
    {"tinyint", Type::Integer, Numbers::None},
    {"tinytext", Type::Text, Numbers::None},
    {"uuid", Type::Uuid, Numbers::None},
    {"varbinary", Type::Blob, Numbers::Length},
    {"varchar", Type::Text, Numbers::Length},
    {"year", Type::Integer, Numbers::None},
};

constexpr bool byName(const NamedType& a, const NamedType& b) { return a.name < b.name; }
static_assert(std::is_sorted(std::begin(kTypes), std::end(kTypes), byName));

const NamedType* findType(std::string_view name) noexcept {
  const NamedType* found = std::lower_bound(std::begin(kTypes), std::end(kTypes),
                                            NamedType{name, Type::Other, Numbers::None}, byName);
  return found != std::end(kTypes) && found->name == name ? found : nullptr;
}

/// @return The word that a type begins with; the server writes it in lower case.
std::string_view typeWord(std::string_view columnType) noexcept {
  return columnType.substr(0, columnType.find_first_of("( "));
}

}  // namespace

void describeType(Column& column) {
  const std::string_view word = typeWord(column.declaredType);
  const NamedType* known = findType(word);
  if (known == nullptr) return;
  column.type = known->type;
  if (column.type == Type::Enum) {
    column.enumValues = readLabels(column.declaredType);
    // The dictionary holds names in three bytes a character at most: others became question marks,
    // and a label that may be another is worse than none.
    const auto uncertain = [](const std::string& label) {
      return label.find('?') != std::string::npos;
    };
    if (std::any_of(column.enumValues.begin(), column.enumValues.end(), uncertain)) {
      column.enumValues.clear();
    }
    return;
  }
  if (word == "set" || word.size() == column.declaredType.size()) {
    if (known->numbers == Numbers::Fraction) column.precision = 0;
    return;
  }
  const DeclaredType declared = parseDeclaredType(column.declaredType);
  column.isUnsigned = declared.isUnsigned;
  switch (known->numbers) {
    case Numbers::None:
      break;
    case Numbers::Length:
      column.length = declared.number(0);
      break;
    case Numbers::Precision:
      column.precision = declared.number(0);
      column.scale = declared.number(1);
      break;
    case Numbers::Fraction:
      column.precision = declared.number(0).value_or(0);
      break;
  }
  if (word == "bit" && column.precision == 1) column.type = Type::Boolean;
}

void settleBoolean(Column& column) {
  if (!column.declaredType.starts_with("tinyint(1)") || column.isUnsigned) return;
  if (column.autoIncrement) return;
  if (column.defaultValue && column.defaultValue->kind == ColumnDefault::Kind::Literal &&
      column.defaultValue->text != "0" && column.defaultValue->text != "1") {
    return;
  }
  column.type = Type::Boolean;
}

std::vector<std::string> readLabels(std::string_view columnType) {
  std::vector<std::string> labels;
  const std::string_view word = typeWord(columnType);
  if (word != "enum" && word != "set") return labels;
  // A quote inside is doubled, and control characters stand behind backslashes.
  for (std::size_t at = columnType.find('\''); at < columnType.size();) {
    const std::size_t begin = ++at;
    std::string label;
    std::size_t from = begin;
    while (at < columnType.size()) {
      if (columnType[at] == '\\') {
        at += 2;
      } else if (columnType[at] != '\'') {
        ++at;
      } else if (at + 1 < columnType.size() && columnType[at + 1] == '\'') {
        label += withoutEscapes(columnType.substr(from, at + 1 - from));
        at += 2;
        from = at;
      } else {
        break;
      }
    }
    at = std::min(at, columnType.size());
    label += withoutEscapes(columnType.substr(from, at - from));
    labels.push_back(std::move(label));
    at = columnType.find('\'', std::min(at + 1, columnType.size()));
  }
  return labels;
}

}  // namespace sonde::mysql
