#include "sqlite_types.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace sonde {
namespace {

struct NamedType {
  std::string_view name;
  Type type;
};

/// In byte order of the names, for the binary search. docs/sqlite.md shows the same table by type.
constexpr NamedType kTypes[] = {
    {"BIG INT", Type::Integer},
    {"BIGINT", Type::Integer},
    {"BINARY", Type::Blob},
    {"BLOB", Type::Blob},
    {"BOOL", Type::Boolean},
    {"BOOLEAN", Type::Boolean},
    {"BYTEA", Type::Blob},
    {"CHAR", Type::Text},
    {"CHARACTER", Type::Text},
    {"CHARACTER VARYING", Type::Text},
    {"CLOB", Type::Text},
    {"DATE", Type::Date},
    {"DATETIME", Type::Timestamp},
    {"DATETIME2", Type::Timestamp},
    {"DATETIMEOFFSET", Type::TimestampTz},
    {"DEC", Type::Decimal},
    {"DECIMAL", Type::Decimal},
    {"DOUBLE", Type::Real},
    {"DOUBLE PRECISION", Type::Real},
    {"FLOAT", Type::Real},
    {"FLOAT4", Type::Real},
    {"FLOAT8", Type::Real},
    {"GUID", Type::Uuid},
    {"INT", Type::Integer},
    {"INT2", Type::Integer},
    {"INT4", Type::Integer},
    {"INT8", Type::Integer},
    {"INTEGER", Type::Integer},
    {"JSON", Type::Json},
    {"JSONB", Type::Json},
    {"LONGBLOB", Type::Blob},
    {"LONGTEXT", Type::Text},
    {"MEDIUMBLOB", Type::Blob},
    {"MEDIUMINT", Type::Integer},
    {"MEDIUMTEXT", Type::Text},
    {"NATIVE CHARACTER", Type::Text},
    {"NCHAR", Type::Text},
    {"NTEXT", Type::Text},
    {"NUMERIC", Type::Decimal},
    {"NVARCHAR", Type::Text},
    {"NVARCHAR2", Type::Text},
    {"REAL", Type::Real},
    {"SMALLDATETIME", Type::Timestamp},
    {"SMALLINT", Type::Integer},
    {"STRING", Type::Text},
    {"TEXT", Type::Text},
    {"TIME", Type::Time},
    {"TIME WITHOUT TIME ZONE", Type::Time},
    {"TIMESTAMP", Type::Timestamp},
    {"TIMESTAMP WITH TIME ZONE", Type::TimestampTz},
    {"TIMESTAMP WITHOUT TIME ZONE", Type::Timestamp},
    {"TIMESTAMPTZ", Type::TimestampTz},
    {"TINYBLOB", Type::Blob},
    {"TINYINT", Type::Integer},
    {"TINYTEXT", Type::Text},
    {"UNIQUEIDENTIFIER", Type::Uuid},
    {"UUID", Type::Uuid},
    {"VARBINARY", Type::Blob},
    {"VARCHAR", Type::Text},
    {"VARCHAR2", Type::Text},
    {"VARYING CHARACTER", Type::Text},
};

constexpr bool byName(const NamedType& a, const NamedType& b) { return a.name < b.name; }
static_assert(std::is_sorted(std::begin(kTypes), std::end(kTypes), byName));

constexpr std::size_t kLongestName = [] {
  std::size_t longest = 0;
  for (const NamedType& entry : kTypes) longest = std::max(longest, entry.name.size());
  return longest;
}();

constexpr bool isSpace(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool equalsUpper(std::string_view word, std::string_view upperWord) noexcept {
  return std::equal(word.begin(), word.end(), upperWord.begin(), upperWord.end(),
                    [](char a, char b) { return upper(a) == b; });
}

/// @return Whether a word of a type says nothing of its kind.
bool isModifier(std::string_view word) noexcept {
  return equalsUpper(word, "UNSIGNED") || equalsUpper(word, "SIGNED") ||
         equalsUpper(word, "ZEROFILL");
}

/// The words of a type in upper case with single spaces, without what stands in parentheses.
class TypeName {
 public:
  /// Adds a word. @return False when the name is then longer than any known one.
  bool add(std::string_view word) noexcept {
    const std::size_t gap = length_ == 0 ? 0 : 1;
    if (length_ + gap + word.size() > kLongestName) return false;
    if (gap != 0) text_[length_++] = ' ';
    for (const char c : word) text_[length_++] = upper(c);
    return true;
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), length_}; }

 private:
  std::array<char, kLongestName> text_{};
  std::size_t length_ = 0;
};

/// @return The first parenthesised part without its parentheses; empty when there is none.
std::string_view arguments(std::string_view declared) noexcept {
  const std::size_t open = declared.find('(');
  if (open == std::string_view::npos) return {};
  const std::size_t close = declared.find(')', open);
  if (close == std::string_view::npos) return {};
  return declared.substr(open + 1, close - open - 1);
}

}  // namespace

Type sqliteType(std::string_view declared) noexcept {
  TypeName name;
  for (std::size_t at = 0; at < declared.size();) {
    if (isSpace(declared[at])) {
      ++at;
    } else if (declared[at] == '(') {
      at = std::min(declared.find(')', at), declared.size() - 1) + 1;
    } else {
      const std::size_t begin = at;
      while (at < declared.size() && declared[at] != '(' && !isSpace(declared[at])) ++at;
      const std::string_view word = declared.substr(begin, at - begin);
      if (!isModifier(word) && !name.add(word)) return Type::Other;
    }
  }
  const NamedType* found = std::lower_bound(std::begin(kTypes), std::end(kTypes),
                                            NamedType{name.view(), Type::Other}, byName);
  return found != std::end(kTypes) && found->name == name.view() ? found->type : Type::Other;
}

int sqliteScale(std::string_view declared) noexcept {
  std::string_view scale = arguments(declared);
  const std::size_t comma = scale.find(',');
  if (comma == std::string_view::npos || sqliteType(declared) != Type::Decimal) return -1;
  scale.remove_prefix(comma + 1);
  while (!scale.empty() && (isSpace(scale.front()) || scale.front() == '+')) {
    scale.remove_prefix(1);
  }
  while (!scale.empty() && isSpace(scale.back())) scale.remove_suffix(1);
  constexpr int kMostDigits = 1000;  // PostgreSQL's limit; beyond it the number is a slip
  int digits = -1;
  const char* end = scale.data() + scale.size();
  const auto [stop, error] = std::from_chars(scale.data(), end, digits);
  const bool sound = error == std::errc() && stop == end && digits >= 0 && digits <= kMostDigits;
  return sound ? digits : -1;
}

}  // namespace sonde
