// A connection with its prepared statements: what a lease gives.
//
// Invariant: used by one thread at a time; statements are destroyed before their connection.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "statement_cache.hpp"

namespace sonde {

/// See the file comment.
class Session {
 public:
  Session(std::unique_ptr<Connection> connection, std::size_t statementCapacity,
          bool takesSettings = false)
      : connection_(std::move(connection)),
        statements_(*connection_, statementCapacity),
        takesSettings_(takesSettings) {}

  [[nodiscard]] Connection& connection() const noexcept { return *connection_; }
  [[nodiscard]] StatementCache& statements() noexcept { return statements_; }

  /// @return Whether the engine can run a statement under the settings of a context.
  [[nodiscard]] bool takesSettings() const noexcept { return takesSettings_; }

  /// Raw SQL runs that may leave something behind: cleaned up before anybody else gets the session.
  void markTouched() noexcept { touched_ = true; }
  /// @return Whether it was touched since the last call.
  [[nodiscard]] bool takeTouched() noexcept { return std::exchange(touched_, false); }

  /// Makes the connection obey `context` from now on; null for none. @return What it obeyed before.
  const Context* obey(const Context* context) {
    if (context != nullptr) {
      connection_->arm(*context);
    } else {
      connection_->disarm();
    }
    return std::exchange(armed_, context);
  }

 private:
  std::unique_ptr<Connection> connection_;
  StatementCache statements_;
  const Context* armed_ = nullptr;
  bool takesSettings_;
  bool touched_ = false;
};

}  // namespace sonde
