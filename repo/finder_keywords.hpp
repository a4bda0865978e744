// The words a finder name is made of, as data: verbs, subject words, comparison keywords.
//
// Invariant: the grammar (finder_name.cpp) knows no spelling of its own; a new keyword is a new
// line in finder_keywords.cpp, and a new comparison also a case in finder_query.cpp. Spellings are
// in the camelCase of Spring Data's derived queries and are matched without regard to case and
// underscores.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace sonde::repo {

/// What the first word of a finder name does.
enum class FinderVerb : std::uint8_t { Find, Get, Count, Exists, Delete };

/// The comparison a keyword stands for.
enum class FinderOp : std::uint8_t {
  Equals,
  NotEquals,
  LessThan,
  LessThanEqual,
  GreaterThan,
  GreaterThanEqual,
  Between,
  IsNull,
  IsNotNull,
  Like,
  NotLike,
  StartsWith,
  EndsWith,
  Contains,
  NotContains,
  In,
  NotIn,
  True,
  False,
};

/// What a comparison wants of its arguments.
enum class FinderArgument : std::uint8_t {
  Value,     ///< Anything.
  Nullable,  ///< Anything; a null asks for IS NULL or IS NOT NULL.
  Text,      ///< A text to make a pattern of.
  List,      ///< A list of values.
};

struct FinderOpInfo {
  std::uint8_t arguments = 1;
  FinderArgument argument = FinderArgument::Value;
  bool ignoresCase = false;  ///< Whether IgnoreCase means anything.
};

struct FinderVerbWord {
  std::string_view spelling;
  FinderVerb verb;
};

struct FinderKeyword {
  std::string_view spelling;
  FinderOp op;
};

/// @return Every verb. Thread-safe.
[[nodiscard]] std::span<const FinderVerbWord> finderVerbs() noexcept;
/// @return Every comparison keyword, longest spelling first, with and without a leading `Is`.
/// Thread-safe.
[[nodiscard]] std::span<const FinderKeyword> finderKeywords() noexcept;
/// @return What a comparison takes. Thread-safe.
[[nodiscard]] FinderOpInfo finderOpInfo(FinderOp op) noexcept;

}  // namespace sonde::repo
