// The PGconn of one connection: what sends to the server, waits for its answers and stops them.
//
// Invariant: the PGconn is in non-blocking mode and closed exactly once; every wait looks at the
// armed deadline and stop token and at interrupt(), and ends a short grace after a cancellation
// that the server does not answer, with the connection broken. After any error but a broken
// connection the handle is ready for the next statement. Used by one thread at a time, except
// interrupt(). Shared by the connection and its statements.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "../../core/arg.hpp"
#include "../../core/context.hpp"
#include "postgres_error.hpp"
#include "postgres_result.hpp"
#include "postgres_waker.hpp"

struct pg_cancel;
struct pg_conn;

namespace sonde {

/// See the file comment.
class PostgresHandle {
 public:
  /// Takes over a connection that is up.
  /// @throws ConnectionError when the process has no file descriptors left.
  explicit PostgresHandle(pg_conn* connection);
  ~PostgresHandle();
  PostgresHandle(const PostgresHandle&) = delete;
  PostgresHandle& operator=(const PostgresHandle&) = delete;

  [[nodiscard]] pg_conn* connection() const noexcept { return connection_; }

  /// Runs SQL without parameters, one statement or several, by the simple protocol.
  /// @return The result of the last statement. @throws Typed errors, see throwPostgresError.
  PostgresResult exec(const std::string& sql);
  /// Runs one statement with text parameters; a null pointer is NULL. @return Rows as text.
  PostgresResult exec(const std::string& sql, std::span<const char* const> parameters);

  /// Runs SQL whatever the armed context says, for at most `timeout`. @return Whether it succeeded;
  /// the connection is broken when the server did not answer. Keeps why a statement before was
  /// stopped.
  bool execWithin(const std::string& sql, std::chrono::milliseconds timeout) noexcept;

  /// Runs one statement of a script, which errors count their position in.
  void execScriptPart(const std::string& sql, std::string_view script, std::size_t offset);

  // --- what statements are made of ---

  /// Forgets why an earlier statement was stopped. Called as each run starts.
  void started() noexcept {
    stop_ = PostgresStop::None;
    tooLarge_ = false;
    interrupted_.store(false, std::memory_order_relaxed);
    running_.store(true, std::memory_order_relaxed);
  }
  /// Throws when libpq could not take what was to be sent. `sent` is what PQsend… returned.
  void requireSent(int sent, std::string_view sql) {
    if (sent == 0) [[unlikely]]
      failConnection(sql);
  }
  /// Sends what is buffered and waits for the next result.
  /// @return It, perhaps a failed one; none at the end of the statement.
  /// @throws Timeout, Cancelled when the server does not answer; ConnectionError when it is gone.
  [[nodiscard]] PostgresResult next(std::string_view sql);
  /// As next(), and throws for a failed result after draining what follows it.
  [[nodiscard]] PostgresResult nextGood(std::string_view sql, Args args = {});
  /// Reads and drops results until the statement is at its end. Breaks the connection where that
  /// fails.
  void drain() noexcept;
  /// Stops the statement that runs and drops what it still gives.
  void abandon() noexcept;
  /// Drains, and throws the typed error of a failed result; marks the connection as broken where it
  /// is.
  [[noreturn]] void fail(const PostgresResult& result, std::string_view sql, Args args = {});
  /// The same where the parameters were sent apart from the statement: no quoted value is shown.
  [[noreturn]] void failHidingValues(const PostgresResult& result, std::string_view sql);
  /// Ends a COPY that a statement began, and throws Unsupported.
  [[noreturn]] void refuseCopy(std::string_view sql);
  /// Throws the ConnectionError of a connection that is lost, and marks it as broken.
  [[noreturn]] void failConnection(std::string_view sql);
  /// Sees to it that a cancellation still under way hits no later statement. Nothing to do as a
  /// rule; pipelines call it when they are left.
  void settle() noexcept {
    if (cancelRequest_ != nullptr) settleAfterCancel();
  }
  /// Sends what is buffered, reading meanwhile what the server sends, so that neither waits for the
  /// other.
  void flush(std::string_view sql);
  /// Bounds what a buffered result may take: next() cancels and throws ResultTooLarge when more
  /// bytes than this have arrived for it. 0 is no limit.
  void limitReceived(std::size_t bytes) noexcept {
    receiveLimit_ = bytes;
    received_ = 0;
  }

  // --- stopping ---

  /// Watches the context's deadline and stop token from now on, where it has any.
  /// @throws Timeout or Cancelled when that has happened already.
  void arm(const Context& context);
  void disarm() noexcept;
  /// @return The armed context; nullptr when there is none.
  [[nodiscard]] const Context* armed() const noexcept { return armed_; }
  /// Stops whatever runs. Thread-safe.
  void interrupt() noexcept;

  /// Waits until the server sends something or `until` passes. @return Whether it did; false too
  /// when interrupt() was called. @throws Timeout or Cancelled by the armed context.
  [[nodiscard]] bool waitForInput(Context::Clock::time_point until);

  [[nodiscard]] bool broken() const noexcept;
  /// @throws ConnectionError when the connection is lost.
  void requireAlive() {
    if (broken()) failConnection({});
  }
  void markBroken() noexcept { broken_ = true; }

  /// @return Whether the server, as it said last, takes no writes: it is a standby, or transactions
  /// are read-only there unless told otherwise.
  [[nodiscard]] bool serverTakesNoWrites() const noexcept;
  /// Looks whether a server that took writes as the connection opened takes none any more.
  void noticeDemotion() noexcept { demoted_ = tookWrites_ && serverTakesNoWrites(); }
  /// @return Whether it was found so: by noticeDemotion(), or as it refused a write.
  [[nodiscard]] bool demoted() const noexcept { return demoted_; }

  /// @return Whether a transaction is open, failed ones included.
  [[nodiscard]] bool inTransaction() const noexcept;
  /// @return Whether the open transaction failed and takes nothing but a rollback.
  [[nodiscard]] bool transactionFailed() const noexcept;

 private:
  struct WakeOnStop {
    const PostgresWaker* waker;
    void operator()() const noexcept { waker->wake(); }
  };
  class CancelRequest;

  void settleAfterCancel() noexcept;
  void waitForResult(std::string_view sql);
  void pollOnce(std::string_view sql, bool writing);
  void noticeStops();
  [[noreturn]] void failWith(const PostgresResult& result, PostgresScene scene);
  void sendCancel() noexcept;
  void countReceived(std::string_view sql);
  [[noreturn]] void giveUp(std::string_view sql);

  pg_conn* connection_;
  int socket_;
  const Context* armed_ = nullptr;  // only while it can stop anything
  PostgresStop stop_ = PostgresStop::None;
  bool broken_ = false;
  bool tookWrites_;
  bool demoted_ = false;
  bool tooLarge_ = false;
  std::atomic<bool> running_{false};
  std::atomic<bool> interrupted_{false};
  Context::Clock::time_point graceEnd_{};
  std::size_t receiveLimit_ = 0;
  std::size_t received_ = 0;
  PostgresWaker waker_;
  std::optional<std::stop_callback<WakeOnStop>> onStop_;
  std::shared_ptr<pg_cancel> cancel_;
  std::shared_ptr<CancelRequest> cancelRequest_;  // while one may still be under way
};

}  // namespace sonde
