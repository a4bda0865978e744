// How much one result may take, and what to reserve for the next one of its kind.
//
// Invariant: limits are in bytes; what is spent never exceeds the limit. Used by the statements of
// each engine while they fill a block.
#pragma once

#include <cstddef>
#include <limits>

namespace sonde {

/// Counts what a block takes.
class BlockBudget {
 public:
  /// @param limit In bytes; 0 is none. @param spent What the block takes already.
  explicit BlockBudget(std::size_t limit, std::size_t spent = 0) noexcept
      : limit_(limit == 0 ? std::numeric_limits<std::size_t>::max() : limit),
        left_(spent < limit_ ? limit_ - spent : 0) {}

  /// @param row The row that the bytes are of, for the message. @throws ResultTooLarge above the
  /// limit.
  void spend(std::size_t bytes, std::size_t row) {
    if (bytes > left_) [[unlikely]]
      refuse(row);
    left_ -= bytes;
  }

 private:
  // Apart from spend(), which is then small enough to be inlined for every value of every row.
  [[noreturn]] void refuse(std::size_t row) const;

  std::size_t limit_;
  std::size_t left_;
};

/// What to reserve after a run that used `used`, when `reserved` was reserved: follows growth at
/// once and shrinks by a quarter a run, so that one large result is not paid for long.
[[nodiscard]] constexpr std::size_t nextReserve(std::size_t reserved, std::size_t used) noexcept {
  return used >= reserved ? used : reserved - (reserved - used + 3) / 4;
}

}  // namespace sonde
