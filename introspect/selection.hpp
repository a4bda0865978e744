// Which tables an output of the schema shows. Used by the JSON, text and diagram writers.
#pragma once

#include <string>
#include <vector>

#include "schema.hpp"

namespace sonde::detail {

/// @return The tables of these names, each once, in the order of the schema; without names every
/// table, or those that are listed. @throws SchemaError for a name that does not exist.
[[nodiscard]] std::vector<const Table*> selectTables(const Schema& schema,
                                                     const std::vector<std::string>& names,
                                                     bool all);

}  // namespace sonde::detail
