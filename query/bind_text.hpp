// The text that a slot's transformation makes of an argument: a pattern, or a list as JSON.
//
// Used by executors when they bind a plan that is not direct.
#pragma once

#include <string>

#include "../core/arg.hpp"
#include "plan.hpp"

namespace sonde {
class SqlCompiler;
}

namespace sonde::query {

/// @return What is bound for an argument that is not null, by the slot's transformation, which must
/// not be None.
/// @throws ValidationError when a pattern is neither text nor a number, or as jsonList().
/// Thread-safe.
[[nodiscard]] std::string bindText(const Slot& slot, const Arg& arg, const SqlCompiler& compiler);

/// @return The values of a list argument as a JSON array, nulls left out.
/// @throws ValidationError when the argument is no list, or holds blobs, NaN or an infinity.
/// @throws EncodingError when a text in it is not UTF-8. Thread-safe.
[[nodiscard]] std::string jsonList(const Arg& list);

}  // namespace sonde::query
