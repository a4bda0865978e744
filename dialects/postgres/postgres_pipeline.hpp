// Several commands sent to the server together, and their results read in order.
//
// Invariant: libpq's pipeline mode is on while this lives, and off again after it, on every path;
// what was sent and not read is read and dropped. An error skips what follows it up to the next
// sync(). Used by statements and transactions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "postgres_handle.hpp"

namespace sonde {

/// See the file comment.
class PostgresPipeline {
 public:
  /// `sql` is what errors show.
  PostgresPipeline(PostgresHandle& handle, std::string_view sql);
  ~PostgresPipeline();
  PostgresPipeline(const PostgresPipeline&) = delete;
  PostgresPipeline& operator=(const PostgresPipeline&) = delete;

  /// Takes what a PQsend… function returned for one more command.
  void added(int sent) {
    handle_.requireSent(sent, sql_);
    unsynced_ = true;
  }
  /// Sends one command with text parameters.
  void send(const char* sql, std::span<const char* const> parameters = {});
  /// Sends `SELECT set_config($1, $2, true), …` for each setting, so that it holds to the end of
  /// the transaction.
  void sendSettings(const std::vector<Context::Pair>& settings);
  /// Ends a group: the server answers, and an error before it does not reach beyond it.
  void sync();

  /// Waits for the result of the oldest command that was not taken; syncs are passed over.
  /// @return It, perhaps a failed one, and an aborted one (PGRES_PIPELINE_ABORTED) behind an error.
  [[nodiscard]] PostgresResult take();
  /// Takes a result and keeps it when it is the first that failed. @return Whether it is good.
  bool takeGood(PostgresResult& result);

  /// Reads what is left and leaves pipeline mode. Never throws; a connection on which that is not
  /// to be done is broken.
  void finish() noexcept;
  /// @return The first failed result; none so far.
  [[nodiscard]] const PostgresResult& failed() const noexcept { return failed_; }
  [[nodiscard]] PostgresResult takeFailed() noexcept { return std::move(failed_); }

 private:
  PostgresHandle& handle_;
  std::string_view sql_;
  std::size_t syncsLeft_ = 0;
  bool on_ = true;
  bool unsynced_ = false;
  PostgresResult failed_;
};

}  // namespace sonde
