// What a caller may ask of a read beyond its conditions. Plain data with defaults, so that
// designated initialisers read well: `users.findAll({.orderBy = {"-created_at"}, .limit = 20})`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../query/condition.hpp"

namespace sonde {

/// Options of the reading calls. Names are checked against the schema before any SQL runs.
struct FindOptions {
  Filter where = {};                      ///< Added (AND) to the conditions of the call itself.
  std::vector<std::string> orderBy = {};  ///< "name", or "-name" for descending; first counts most.
  std::optional<std::uint64_t> limit = std::nullopt;
  std::optional<std::uint64_t> offset = std::nullopt;
  std::vector<std::string> columns = {};  ///< Columns of the result, in this order; empty for all.
  bool distinct = false;                  ///< Equal rows once.
};

/// A numbered page. The key is added to the order, so that pages neither repeat nor lose a row.
struct PageRequest {
  std::uint64_t page = 1;  ///< From 1.
  std::uint64_t size = 20;
  Filter where = {};
  std::vector<std::string> orderBy = {};
  std::vector<std::string> columns = {};
};

/// The rows after a cursor. Costs the same however deep the page is.
struct CursorRequest {
  std::string after = {};  ///< CursorPage::next of the page before; empty for the first page.
  std::uint64_t size = 20;
  Filter where = {};
  std::vector<std::string> orderBy = {};
  std::vector<std::string> columns = {};
};

/// The consent that updateBy and deleteBy want before they touch every row:
/// `deleteBy(sonde::everyRow)`.
struct EveryRow {};
inline constexpr EveryRow everyRow{};

}  // namespace sonde
