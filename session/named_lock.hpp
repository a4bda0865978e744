// A lock that one session of the whole server holds at a time, by its name.
//
// Invariant: lives on a connection of its own, apart from the pool, so holding it takes nothing
// from others; ends with this object, and by itself when that connection is lost, which held()
// tells. Movable; may be released on any thread, used by one at a time. Made by Database::lock.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "runtime.hpp"

namespace sonde {

/// See the file comment.
class [[nodiscard]] NamedLock {
 public:
  /// Takes the lock. @return It; empty when another held it all the time.
  /// @throws Unsupported on engines without; ConnectionError; Timeout and Cancelled by the context.
  [[nodiscard]] static std::optional<NamedLock> take(std::shared_ptr<Runtime> runtime,
                                                     std::string_view name,
                                                     std::chrono::milliseconds timeout,
                                                     const Context& context);
  NamedLock(NamedLock&& other) noexcept = default;
  NamedLock& operator=(NamedLock&& other) noexcept;
  ~NamedLock() { release(); }

  /// Gives the lock back. Doing it twice does nothing; never throws.
  void release() noexcept;
  /// Asks the server for a sign of life. @return Whether the lock is still held.
  [[nodiscard]] bool held(
      std::chrono::milliseconds timeout = std::chrono::seconds(1)) const noexcept;
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  NamedLock(std::shared_ptr<Runtime> runtime, std::unique_ptr<Session> session,
            std::string name) noexcept;

  std::shared_ptr<Runtime> runtime_;  // outlives the session, which its driver made
  std::unique_ptr<Session> session_;
  std::string name_;
};

}  // namespace sonde
