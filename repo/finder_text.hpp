// The text of a finder name and the columns of a table, brought into one form in which camelCase
// and snake_case are equal: ASCII letters in lower case, without underscores.
//
// Invariant: a position counts folded characters; a word starts where the name has a capital, a
// digit, a byte beyond ASCII, or an underscore before. Used by finder_name.cpp only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../introspect/table.hpp"

namespace sonde::repo {

/// A finder name in folded form.
class FinderText {
 public:
  explicit FinderText(std::string_view name);

  [[nodiscard]] std::size_t size() const noexcept { return folded_.size(); }
  [[nodiscard]] std::string_view folded() const noexcept { return folded_; }
  /// @return Whether a word starts here; true at the end.
  [[nodiscard]] bool startsWord(std::size_t at) const noexcept {
    return at >= starts_.size() || starts_[at];
  }
  /// @return Whether the words of `spelling` (camelCase) stand here, up to the start of a word.
  [[nodiscard]] bool hasWord(std::size_t at, std::string_view spelling) const noexcept;
  /// @return The characters of the name from one position up to another, as written, without the
  /// underscores around them.
  [[nodiscard]] std::string_view written(std::size_t from, std::size_t to) const noexcept;
  /// @return The offset in the name of a position.
  [[nodiscard]] std::size_t offset(std::size_t at) const noexcept;
  /// @return The number of underscores just before a position.
  [[nodiscard]] std::size_t underscoresBefore(std::size_t at) const noexcept;

 private:
  std::string_view name_;
  std::string folded_;
  std::vector<std::uint32_t> offsets_;
  std::vector<bool> starts_;
};

/// The columns of a table by folded name, longest first.
class FinderColumns {
 public:
  struct Entry {
    std::string folded;
    std::size_t column = 0;
  };

  explicit FinderColumns(const Table& table);

  /// @return The columns whose folded name starts with this byte, longest first.
  [[nodiscard]] const std::vector<Entry>& startingWith(char first) const noexcept {
    return byFirst_[static_cast<unsigned char>(first)];
  }

 private:
  std::array<std::vector<Entry>, 256> byFirst_;
};

/// @return How exactly a column is written at a place in a name; higher is better. Tells columns
/// apart that fold to the same text, such as user_id and userid.
[[nodiscard]] int finderLikeness(std::string_view column, const FinderText& text, std::size_t from,
                                 std::size_t to);

}  // namespace sonde::repo
