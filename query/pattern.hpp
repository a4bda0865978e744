// What a caller's text becomes before it is bound to a pattern operator.
//
// Invariant: `\` escapes in every pattern a caller writes, and a `\` at the end stands for itself,
// so that a pattern means the same on every engine. Used by compilers.
#pragma once

#include <string>
#include <string_view>

#include "expr.hpp"
#include "plan.hpp"

namespace sonde::query {

/// @return The transformation a match asks for. Thread-safe.
[[nodiscard]] BindTransform transformOf(MatchKind kind) noexcept;

/// @return The pattern for LIKE … ESCAPE '\'. Text without a pattern transformation comes back as
/// it is. Thread-safe.
[[nodiscard]] std::string likePattern(BindTransform transform, std::string_view text);

/// @return The pattern for SQLite's GLOB, where `[x]` is what escapes. Thread-safe.
[[nodiscard]] std::string globPattern(BindTransform transform, std::string_view text);

}  // namespace sonde::query
