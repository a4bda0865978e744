// A connection for health checks, apart from the pool: so that a check never queues behind an
// exhausted one.
//
// Invariant: opened when first used and kept, read-only where the engine tells reading from writing
// as it opens; one that rested is asked for a sign of life and replaced when it gives none. A
// database whose data belongs to its one connection (in memory) is asked through the pool, for as
// long as the check may take. Used by one thread at a time. Internal to monitor/health.
#pragma once

#include <memory>
#include <optional>

#include "../../core/context.hpp"
#include "../../session/runtime.hpp"

namespace sonde::detail {

/// See the file comment.
class ProbeConnection {
 public:
  explicit ProbeConnection(Runtime& runtime) noexcept : runtime_(runtime) {}

  /// A use of the connection, armed with a context, which must outlive it.
  class Use {
   public:
    /// Opens the connection where there is none. @throws ConnectionError when it cannot be had;
    /// PoolTimeout when the database's only connection is in use all the time.
    Use(ProbeConnection& home, const Context& context);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    [[nodiscard]] Connection& connection() const noexcept { return *connection_; }

   private:
    ProbeConnection& home_;
    std::optional<Lease> lease_;
    Connection* connection_ = nullptr;
  };

  /// @return Whether there is one from a use before, which may have died since.
  [[nodiscard]] bool isOpen() const noexcept { return connection_ != nullptr; }
  /// Closes it. It is opened again when it is used again.
  void close() noexcept { connection_.reset(); }

 private:
  void open(const Context& context);

  Runtime& runtime_;
  std::unique_ptr<Connection> connection_;
  Context::Clock::time_point usedAt_{};
};

}  // namespace sonde::detail
