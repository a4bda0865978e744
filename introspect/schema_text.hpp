// The schema as readable text, for terminals: an overview, or tables in full.
//
// Invariant: no line is wider than asked for; control characters in names never reach the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "schema.hpp"

namespace sonde {

struct SchemaTextOptions {
  std::vector<std::string> tables = {};  ///< Show these in full; empty for an overview of all.
  std::size_t width = 100;               ///< Terminal cells of a line; at least 40 are used.
  bool internal = false;                 ///< Also list system and shadow tables and partitions.
};

/// @return The text, each line ending with a newline. Thread-safe.
/// @throws SchemaError for a table that does not exist.
[[nodiscard]] std::string schemaText(const Schema& schema, const SchemaTextOptions& options = {});

}  // namespace sonde
