// What a transaction changed, told after it was committed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "../core/record.hpp"
#include "tree.hpp"

namespace sonde {

/// One written row, or "the table changed" for a bulk write whose keys nobody asked for.
struct Change {
  std::string schema;
  std::string table;
  query::Operation operation = query::Operation::Insert;
  Record key;                ///< Empty for a bulk change.
  std::optional<Row> row;    ///< The stored row where the write returned it.
  std::size_t affected = 1;  ///< Rows, for a bulk change.
  [[nodiscard]] bool bulk() const noexcept { return key.empty(); }
};

/// In the order they were made.
using ChangeSet = std::vector<Change>;

}  // namespace sonde
