// "Did you mean": the names nearest to a wrong one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

/// @return The number of insertions, deletions, replacements and swaps of neighbours between two
/// texts (optimal string alignment; Damerau 1964), ignoring ASCII case; at most `limit + 1`. Bytes,
/// not code points. Thread-safe.
[[nodiscard]] std::size_t editDistance(std::string_view a, std::string_view b, std::size_t limit);

/// @return The candidates near `wrong`, best first, at most `most`; empty when nothing is near.
/// Ignores case, underscores and a plural s before it measures distance. Thread-safe.
[[nodiscard]] std::vector<std::string> nearest(std::string_view wrong,
                                               std::span<const std::string> candidates,
                                               std::size_t most = 3);

/// @return `; did you mean "a" or "b"?`, or nothing for no suggestions. Thread-safe.
[[nodiscard]] std::string didYouMean(std::span<const std::string> suggestions);

/// @return `text` in double quotes, shortened to 80 characters and with control characters escaped,
/// so that a wrong name of any content can stand in a message. Thread-safe.
[[nodiscard]] std::string quoteForMessage(std::string_view text);

}  // namespace sonde
