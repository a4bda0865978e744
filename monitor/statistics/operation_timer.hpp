// Times an operation of the application, beside its statements.
//
// Invariant: does nothing at all without statistics; what the operation returns or throws goes
// through unchanged. Used by db/.
#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>

#include "statement_statistics.hpp"

namespace sonde::detail {

/// Runs `fn` and records under `name` how long it took, and what it failed with.
/// @param statistics May be null. @return What `fn` returned.
template <std::invocable Fn>
std::invoke_result_t<Fn&> timed(StatementStatistics* statistics, std::string_view name, Fn& fn) {
  if (statistics == nullptr) return fn();
  struct Timer {
    StatementStatistics& statistics;
    std::string_view name;
    std::optional<ErrorCode> error{};
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    ~Timer() {
      statistics.recordOperation(name, std::chrono::steady_clock::now() - began,
                                 error ? &*error : nullptr);
    }
  } timer{*statistics, name};
  try {
    return fn();
  } catch (const Error& thrown) {
    timer.error = thrown.code();
    throw;
  } catch (...) {
    timer.error = ErrorCode::Generic;
    throw;
  }
}

}  // namespace sonde::detail
