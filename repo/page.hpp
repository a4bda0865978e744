// What pagination gives back.
#pragma once

#include <cstdint>
#include <string>

#include "../core/result_set.hpp"

namespace sonde {

/// A numbered page. Rows and `total` are of one moment inside a transaction; outside one, of two.
struct Page {
  ResultSet rows;
  std::uint64_t page = 1;   ///< The number asked for; beyond `pages` the rows are empty.
  std::uint64_t size = 0;   ///< Rows asked for.
  std::uint64_t total = 0;  ///< Rows there are.
  std::uint64_t pages = 0;  ///< Pages there are; 0 when there are no rows.

  [[nodiscard]] bool hasNext() const noexcept { return page < pages; }
  [[nodiscard]] bool hasPrevious() const noexcept { return page > 1; }
};

/// A page found by cursor.
struct CursorPage {
  ResultSet rows;
  /// What to pass as CursorRequest::after; empty at the end. Opaque, made of URL-safe characters,
  /// neither secret nor signed: it holds the order values of the last row, which are only ever
  /// bound.
  std::string next;

  [[nodiscard]] bool hasNext() const noexcept { return !next.empty(); }
};

}  // namespace sonde
