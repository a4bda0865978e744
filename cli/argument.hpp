// Turns words of the command line into values.
#pragma once

#include <string_view>

#include "../core/type.hpp"
#include "../core/value.hpp"

namespace sonde::cli {

/// @return The value a word stands for in a column of this type: a number, a boolean, else the text
/// as it is (the database has the last word on it). Blobs are written in hex as x'00ff'.
[[nodiscard]] Value valueFor(Type type, std::string_view word);

/// @return The list a word stands for: `a,b,c`, or a JSON array for values that hold commas.
/// @throws ValidationError when a word that starts with `[` is not a JSON array.
[[nodiscard]] Value::Array listFor(Type type, std::string_view word);

/// @return The value of a word whose type nobody knows: canonical integers and reals as numbers,
/// `null` as null, x'…' as a blob, the rest as text. A word `text:…` is always the text after the
/// colon.
[[nodiscard]] Value guessValue(std::string_view word);

}  // namespace sonde::cli
