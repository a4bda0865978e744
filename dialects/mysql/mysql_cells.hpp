// From a row of the binary protocol to cells, column by column, as libmariadb walks over it.
//
// Invariant: never throws, as it is called from C. Texts are left where they are, in libmariadb's
// packet, for the caller to copy before the next row is read; dates are written into a buffer of
// the row. The format of each type is that of the protocol's "Binary Protocol Value".
#pragma once

#include <cstdint>
#include <vector>

#include "../../core/cell.hpp"
#include "mysql_types.hpp"

namespace sonde {

/// Where the row that is being read goes. One for each statement; its address is given to
/// libmariadb.
class MysqlRowSink {
 public:
  /// Prepares for rows of these columns.
  void setRules(std::vector<MysqlColumnRule> rules);
  [[nodiscard]] const std::vector<MysqlColumnRule>& rules() const noexcept { return rules_; }
  /// @return The columns whose cells may point at bytes, in order.
  [[nodiscard]] const std::vector<std::uint16_t>& byteColumns() const noexcept {
    return byteColumns_;
  }

  /// Says where the cells of the next row go.
  void into(Cell* cells) noexcept { cells_ = cells; }

  /// What libmariadb calls for each column: `at` is null for NULL, else the value's place in the
  /// packet, moved behind it.
  static void read(void* sink, unsigned column, unsigned char** at);

 private:
  void readValue(unsigned column, unsigned char*& at) noexcept;

  Cell* cells_ = nullptr;
  std::vector<MysqlColumnRule> rules_;
  std::vector<std::uint16_t> byteColumns_;
  std::vector<char> times_;  // kTimeRoom for each column
};

}  // namespace sonde
