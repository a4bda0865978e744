// An index as the corpus spells it: `orders(customer_id, created_at DESC) WHERE status = 'open'`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sonde/introspect/index.hpp>

namespace sonde::test {

/// One key. Case, white space and quotes of names are gone.
struct SpelledPart {
  std::string text;
  bool descending = false;
  auto operator<=>(const SpelledPart&) const = default;
};

/// Keys in order; those of one group in any order among themselves.
struct SpelledIndex {
  std::string table;
  std::vector<std::vector<SpelledPart>> groups;
  std::string where;

  /// @return Whether both are the same index, or one is the exact mirror of the other.
  [[nodiscard]] bool accepts(const SpelledIndex& made) const;
};

/// @throws std::runtime_error for what is no index.
[[nodiscard]] SpelledIndex readIndex(std::string_view text);

/// @return The alternatives of `a(x) | a(y)`. @throws as readIndex.
[[nodiscard]] std::vector<SpelledIndex> readAlternatives(std::string_view text);

/// @return An index of sonde's, spelled.
[[nodiscard]] SpelledIndex spell(const std::string& table, const Index& index);

}  // namespace sonde::test
