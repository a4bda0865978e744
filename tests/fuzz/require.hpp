// What a fuzz target insists on; a violation stops the fuzzer and keeps the input.
#pragma once

#include <cstdlib>

/// Ends the process unless the condition holds, in every kind of build.
inline void require(bool condition) {
  if (!condition) std::abort();
}
