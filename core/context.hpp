// What every call carries: until when, who asks, and on whose behalf.
//
// Invariant: a Context is an immutable value once attached to a view (`db.with(context)`); a
// default one has no deadline, no principal and costs nothing. Drivers obey deadline and stop
// token.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "value.hpp"

namespace sonde {

/// See the file comment. Chain the setters: `Context().timeout(250ms).principal("ada")`.
class Context {
 public:
  using Clock = std::chrono::steady_clock;
  using Pair = std::pair<std::string, std::string>;

  Context() = default;

  /// Ends every statement at this time with Timeout. @return This context.
  Context& deadline(Clock::time_point at) noexcept;
  /// Sets the deadline this far from now. @return This context.
  Context& timeout(std::chrono::milliseconds fromNow) noexcept;
  /// Ends every statement with Cancelled once stop is requested. @return This context.
  Context& stopToken(std::stop_token token) noexcept;
  /// Names who asks. @return This context.
  Context& principal(std::string name);
  /// Sets a claim that rewriters may bind as a parameter. @return This context.
  Context& claim(std::string_view name, Value value);
  /// Sets a session setting (`SET LOCAL` where the engine has it). @return This context.
  Context& setting(std::string_view name, std::string value);
  /// Adds a tag that statistics and logs show. @return This context.
  Context& tag(std::string_view name, std::string value);

  [[nodiscard]] std::optional<Clock::time_point> deadline() const noexcept { return deadline_; }
  [[nodiscard]] const std::stop_token& stopToken() const noexcept { return stop_; }
  [[nodiscard]] std::string_view principal() const noexcept;
  /// @return The claim of this name; nullptr when there is none.
  [[nodiscard]] const Value* findClaim(std::string_view name) const noexcept;
  [[nodiscard]] const std::vector<std::pair<std::string, Value>>& claims() const noexcept;
  [[nodiscard]] const std::vector<Pair>& settings() const noexcept;
  [[nodiscard]] const std::vector<Pair>& tags() const noexcept;

  /// @return Whether a driver has to watch the clock or the stop token.
  [[nodiscard]] bool interruptible() const noexcept {
    return deadline_.has_value() || stop_.stop_possible();
  }
  /// @throws Timeout or Cancelled when the call must not go on.
  void check() const;

 private:
  struct Identity;
  Identity& identity();

  std::optional<Clock::time_point> deadline_;
  std::stop_token stop_;
  std::shared_ptr<const Identity> identity_;  // copied on write; null while nothing is set
};

}  // namespace sonde
