// A tuning plan for people to read.
#pragma once

#include <string>
#include <vector>

#include "../monitor/tuning/tuning.hpp"
#include "terminal.hpp"

namespace sonde::cli {

/// @return The settings that do not hold as asked, then each recommendation with its reason, its
/// price, what to run and what undoes it, the gravest first; notes at the end in short.
[[nodiscard]] std::string tuningText(const TuningPlan& plan, const Terminal& terminal);

/// @return What became of each recommendation that was to be carried out, a line or two each.
[[nodiscard]] std::string appliedText(const std::vector<AppliedAdvice>& applied,
                                      const Terminal& terminal);

}  // namespace sonde::cli
