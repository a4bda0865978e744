// How rows are written as JSON.
#pragma once

#include <cstdint>

namespace sonde {

/// `Logical` is the same on every engine: booleans, decimals as text at their declared scale, ISO
/// 8601 timestamps, blobs in base64. `Storage` is the raw storage class, as the engine's own shell
/// prints it.
enum class JsonForm : std::uint8_t { Logical, Storage };

/// Options of every JSON writer.
struct JsonOptions {
  JsonForm form = JsonForm::Logical;
  bool decimalsAsNumbers = false;   ///< Write decimals as JSON numbers, digits unchanged.
  bool replaceInvalidUtf8 = false;  ///< U+FFFD for bytes that are not UTF-8, instead of an error.
};

}  // namespace sonde
