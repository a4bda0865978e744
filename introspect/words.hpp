// The words of an identifier, and their English singular and plural.
//
// Invariant: pure functions of their text, the same on every machine; plural(plural(x)) ==
// plural(x) and singular(singular(x)) == singular(x). Used to name relations; docs/relations.md
// shows the outcome.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sonde::detail {

using Words = std::vector<std::string>;

/// Splits at what is neither letter nor digit, and where an upper-case letter starts a word:
/// "support_rep", "SupportRep" and "SUPPORT REP" give {"support", "rep"}, "HTTPServerID" gives
/// {"http", "server", "id"}. Bytes outside ASCII are letters.
/// @return The words in ASCII lower case; empty for a text without a letter or digit.
[[nodiscard]] Words splitWords(std::string_view identifier);

/// @return {"support", "rep"} as "supportRep"; "unnamed" for no words.
[[nodiscard]] std::string camelCase(const Words& words);

/// @return The singular of a lower-case word; the word itself where it is none or the language is
/// not known to be English ("status", "crs", "größe").
[[nodiscard]] std::string singular(std::string_view word);
/// @return The plural of a lower-case word; the word itself where it is one already.
[[nodiscard]] std::string plural(std::string_view word);

/// @return The words with the last one in the singular.
[[nodiscard]] Words singular(Words words);
/// @return The words with the last one in the plural.
[[nodiscard]] Words plural(Words words);

/// @return Whether `words` ends with `tail`, which may be all of it.
[[nodiscard]] bool endsWith(const Words& words, const Words& tail) noexcept;
/// Appends words.
void append(Words& words, const Words& tail);

}  // namespace sonde::detail
