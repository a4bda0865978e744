// The schema as JSON: the contract of `sonde schema --format json`, described in docs/schema.md.
//
// Invariant: keys are only ever added; a removal raises the number behind "sonde".
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "schema.hpp"

namespace sonde {

/// @return The schema as a JSON value, with every table or only those named. Text that is not UTF-8
/// is kept as it is; writing the value out then needs nlohmann's error handler. Thread-safe.
/// @throws SchemaError for a table that does not exist.
[[nodiscard]] nlohmann::json schemaJson(const Schema& schema,
                                        const std::vector<std::string>& tables = {});

/// @return The same as text with the keys in the order of the contract; `indent` spaces a level, or
/// one line for -1. Text that is not UTF-8 holds U+FFFD for its wrong bytes. Thread-safe.
/// @throws SchemaError for a table that does not exist.
[[nodiscard]] std::string schemaJsonText(const Schema& schema,
                                         const std::vector<std::string>& tables = {},
                                         int indent = 2);

}  // namespace sonde
