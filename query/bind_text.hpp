// The text that a slot's transformation makes of an argument: a pattern, or a list as one text.
//
// Used by executors when they bind a plan that is not direct.
#pragma once

#include <span>
#include <string>

#include "../core/arg.hpp"
#include "plan.hpp"

namespace sonde {
class SqlCompiler;
}

namespace sonde::query {

/// @return What is bound for an argument that is not null, by the slot's transformation, which must
/// not be None.
/// @throws ValidationError when a pattern is neither text nor a number, a list no list, or as
/// SqlCompiler::bindList.
/// Thread-safe.
[[nodiscard]] std::string bindText(const Slot& slot, const Arg& arg, const SqlCompiler& compiler);

/// @return The values as a JSON array, nulls left out.
/// @throws ValidationError when they hold blobs, NaN or an infinity.
/// @throws EncodingError when a text among them is not UTF-8. Thread-safe.
[[nodiscard]] std::string jsonList(std::span<const Value> items);

}  // namespace sonde::query
