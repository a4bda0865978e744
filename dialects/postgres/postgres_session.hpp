// What a connection and its statements share: the handle, the types, and the names of prepared
// statements.
//
// Invariant: used by one thread at a time; outlives the connection as long as a statement does.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "postgres_handle.hpp"
#include "postgres_type_cache.hpp"

namespace sonde {

/// How long the server may take to undo: a server that takes longer is not going to answer.
inline constexpr std::chrono::milliseconds kRollbackTimeout{10'000};

/// See the file comment.
class PostgresSession {
 public:
  PostgresSession(std::shared_ptr<PostgresHandle> handle, std::shared_ptr<PostgresTypeCache> types,
                  bool pooled) noexcept
      : handle_(std::move(handle)), types_(std::move(types)), pooled_(pooled) {}

  [[nodiscard]] PostgresHandle& handle() const noexcept { return *handle_; }
  [[nodiscard]] PostgresTypeCache& types() const noexcept { return *types_; }
  /// @return Whether the server connection may be another one after each transaction (PgBouncer).
  [[nodiscard]] bool pooled() const noexcept { return pooled_; }

  void arm(const Context& context);
  void disarm() noexcept;
  /// @return The settings of the armed context that a statement must run under: none inside a
  /// transaction, which began with them.
  [[nodiscard]] const std::vector<Context::Pair>& wantedSettings() const noexcept;
  /// @return The settings of the armed context.
  [[nodiscard]] const std::vector<Context::Pair>& armedSettings() const noexcept;

  /// @return A name that no prepared statement of this connection has.
  [[nodiscard]] std::string newName() { return "sonde_" + std::to_string(++lastName_); }
  /// Says that a prepared statement is no longer wanted; the server is told when it suits.
  void forget(std::string name) noexcept;
  /// Frees forgotten statements once there are enough of them to be worth a round trip.
  void freeForgotten();

  /// Tells of a finished statement by its command tag: DDL makes the known names stale.
  void noteCommand(std::string_view tag);

 private:
  std::shared_ptr<PostgresHandle> handle_;
  std::shared_ptr<PostgresTypeCache> types_;
  const Context* context_ = nullptr;
  std::uint64_t lastName_ = 0;
  std::vector<std::string> forgotten_;
  bool pooled_;
};

}  // namespace sonde
