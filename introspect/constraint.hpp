// The rules of a table: keys, unique constraints, foreign keys, checks, exclusions.
//
// Invariant: column lists are in key order, not in table order. Plain data, immutable inside a
// Schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

struct PrimaryKey {
  std::optional<std::string> name;
  std::vector<std::string> columns;
};

struct UniqueConstraint {
  std::optional<std::string> name;
  std::vector<std::string> columns;
  bool nullsNotDistinct = false;
};

enum class ReferentialAction : std::uint8_t { NoAction, Restrict, Cascade, SetNull, SetDefault };

/// @return "NO ACTION", "RESTRICT", "CASCADE", "SET NULL" or "SET DEFAULT". Thread-safe.
[[nodiscard]] std::string_view referentialActionName(ReferentialAction action) noexcept;

/// What a foreign key points at. `columns` are resolved, also where the DDL left them out.
struct ForeignKeyTarget {
  std::string schema;
  std::string table;
  std::vector<std::string> columns;
};

struct ForeignKey {
  std::optional<std::string> name;
  std::vector<std::string> columns;
  ForeignKeyTarget references;  ///< In the case of the real table, once resolved.
  ReferentialAction onDelete = ReferentialAction::NoAction;
  ReferentialAction onUpdate = ReferentialAction::NoAction;
  bool deferrable = false;
  bool initiallyDeferred = false;
  std::string match = "SIMPLE";
  std::vector<std::string> setNullColumns;  ///< `ON DELETE SET NULL (a)`; empty for all.
  bool validated = true;
  bool dangling = false;      ///< The table or a column it names does not exist.
  bool targetUnique = false;  ///< The target columns hold a key; false: InnoDB lets them not.
};

struct Check {
  std::optional<std::string> name;
  std::string expression;  ///< Without the outer parentheses.
  bool validated = true;   ///< False where rows that were there before may break it.
};

struct Exclusion {
  std::optional<std::string> name;
  std::string definition;
};

}  // namespace sonde
