// A column of a table, as the catalog describes it.
//
// Invariant: `declaredType` always holds the truth; `type` and the numbers beside it are what sonde
// read out of it. Plain data, immutable once inside a Schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../core/type.hpp"

namespace sonde {

/// A default of a column: `literal` texts are SQL literals, everything else is an expression.
struct ColumnDefault {
  enum class Kind : std::uint8_t { Literal, Expression };
  Kind kind = Kind::Literal;
  std::string text;
};

enum class Generated : std::uint8_t { No, Stored, Virtual };
enum class Identity : std::uint8_t { No, Always, ByDefault };

/// See the file comment.
struct Column {
  std::string name;
  int position = 0;  ///< 1 for the first.
  std::string declaredType;
  Type type = Type::Other;
  std::optional<int> length;     ///< Of character and binary types.
  std::optional<int> precision;  ///< Of numbers; fractional digits of times.
  std::optional<int> scale;
  bool isUnsigned = false;
  Type elementType = Type::Other;       ///< Of arrays; Other when this is no array.
  std::optional<std::string> domain;    ///< The domain it was declared with: "schema.name".
  std::vector<std::string> enumValues;  ///< In order; of an enum, or of an array of one.
  bool nullable = true;
  std::optional<ColumnDefault> defaultValue;  ///< Empty for none and for a default of NULL.
  Generated generated = Generated::No;
  std::string generatedExpression;  ///< Without the outer parentheses.
  /// MySQL: what the engine stores on every UPDATE that changes the row but not this column.
  std::optional<std::string> onUpdate;
  bool autoIncrement = false;
  Identity identity = Identity::No;
  std::optional<std::string> collation;  ///< Empty for the engine's default.
  std::optional<std::string> comment;
  bool rowidAlias = false;    ///< SQLite: the INTEGER PRIMARY KEY that is the rowid itself.
  bool strictlyTyped = true;  ///< False where the engine stores any class (SQLite, not STRICT).

  /// @return Whether the database computes the value, so that it must not be written.
  [[nodiscard]] bool readOnly() const noexcept {
    return generated != Generated::No || identity == Identity::Always;
  }
};

}  // namespace sonde
