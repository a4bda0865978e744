// Opens the connections of a pool to a server, a few at a time.
//
// Invariant: at most kAtOnce are being opened at any moment, and none before the pause after a
// failure is over, so that a server that comes back meets neither all clients at once nor silence;
// the pause grows with every failure up to kLongestPause, well below a second. Thread-safe. Used by
// SessionPool.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "../core/context.hpp"
#include "../core/error.hpp"
#include "../dialects/driver.hpp"
#include "session.hpp"

namespace sonde {

/// See the file comment.
class ConnectionOpener {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::size_t kAtOnce = 2;
  static constexpr std::chrono::milliseconds kFirstPause{20};
  static constexpr std::chrono::milliseconds kLongestPause{320};

  /// `driver` and `options` must outlive this.
  ConnectionOpener(const Driver& driver, const DriverOptions& options,
                   std::size_t statementCapacity, bool sessionSettings) noexcept
      : driver_(driver),
        options_(options),
        statementCapacity_(statementCapacity),
        sessionSettings_(sessionSettings) {}

  /// Opens a connection now. @throws what Driver::connect throws.
  [[nodiscard]] std::unique_ptr<Session> openNow(bool writes) const;

  /// Opens a connection when its turn comes.
  /// @return The session; null when another attempt may succeed, which failure() tells of.
  /// @throws ConnectionError for what waiting cannot mend (a wrong password, an unknown database),
  /// when `until` passes, and while closed; Timeout or Cancelled by the context.
  [[nodiscard]] std::unique_ptr<Session> open(bool writes, Clock::time_point until,
                                              const Context& context);

  /// @return The last failure while the server cannot be reached; empty once a connection was
  /// opened again.
  [[nodiscard]] std::optional<ConnectionError> failure() const;
  /// Throws failure() as the end of a wait, if there is one.
  void throwFailure(std::chrono::milliseconds waited) const;
  /// Ends every wait, now and until it is opened again.
  void setClosed(bool closed);

 private:
  void waitForTurn(Clock::time_point until, const Context& context);
  void failed(const ConnectionError& error);

  const Driver& driver_;
  const DriverOptions& options_;
  std::size_t statementCapacity_;
  bool sessionSettings_;

  mutable std::mutex mutex_;
  std::condition_variable turn_;
  std::size_t opening_ = 0;
  Clock::time_point notBefore_{};
  std::chrono::milliseconds pause_{0};
  std::optional<ConnectionError> failure_;
  bool closed_ = false;
};

}  // namespace sonde
