// Index advice as text for people and as JSON for programs.
//
// Invariant: pure functions; values of statements are in neither.
#pragma once

#include <string>
#include <vector>

#include "../monitor/advisor/index_advice.hpp"
#include "apply_indexes.hpp"
#include "terminal.hpp"

namespace sonde::cli {

/// @return The advice as a page; "Nothing to do." where there is none. Thread-safe.
[[nodiscard]] std::string adviceText(const IndexAdvice& advice, const Terminal& terminal);
/// @return The advice as docs/index-advisor.md describes it. Thread-safe.
[[nodiscard]] std::string adviceJson(const IndexAdvice& advice);

/// @return What was made, a line each. Thread-safe.
[[nodiscard]] std::string appliedText(const std::vector<AppliedIndex>& made);
[[nodiscard]] std::string appliedJson(const std::vector<AppliedIndex>& made);

}  // namespace sonde::cli
