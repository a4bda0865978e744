// The sqlite3 object of one connection, with what its callbacks need: how long to wait for locks,
// and the armed deadline and stop token.
//
// Invariant: closed exactly once, after the last statement; shared by the connection and its
// statements, so that neither order of destruction dangles. Never moves, as SQLite keeps its
// address. Used by one thread at a time, except interrupt().
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../core/arg.hpp"
#include "../../core/context.hpp"
#include "sqlite_error.hpp"

struct sqlite3;

namespace sonde {

/// See the file comment.
class SqliteHandle {
 public:
  /// Takes over an open database and installs the busy handler, before anything else runs on it.
  SqliteHandle(sqlite3* db, std::chrono::milliseconds busyTimeout) noexcept;
  ~SqliteHandle();
  SqliteHandle(const SqliteHandle&) = delete;
  SqliteHandle& operator=(const SqliteHandle&) = delete;

  [[nodiscard]] sqlite3* db() const noexcept { return db_; }
  [[nodiscard]] std::chrono::milliseconds busyTimeout() const noexcept { return busyTimeout_; }
  void setBusyTimeout(std::chrono::milliseconds timeout) noexcept { busyTimeout_ = timeout; }

  /// Watches the context's deadline and stop token from now on, where it has any.
  /// @throws Timeout or Cancelled when that has happened already.
  void arm(const Context& context);
  void disarm() noexcept;
  /// Stops whatever runs. Thread-safe.
  void interrupt() noexcept;

  /// Forgets why an earlier statement was stopped. Called as each run starts.
  void started() noexcept { stop_ = SqliteStop::None; }
  /// Throws the typed error of a result code; marks the connection as broken where it is. See
  /// throwSqliteError.
  [[noreturn]] void fail(int code, std::string_view sql, Args args = {},
                         std::string_view script = {});
  /// Does nothing for SQLITE_OK, else the same as fail().
  void check(int code, std::string_view sql) {
    if (code != 0) fail(code, sql);
  }

  [[nodiscard]] bool broken() const noexcept { return broken_; }
  /// Says that the database lives in a file, so that losing the file breaks the connection.
  void setFileBacked(bool fileBacked) noexcept { fileBacked_ = fileBacked; }
  /// Says that a read-only connection may have made a -wal and a -shm beside this file. A read-only
  /// connection leaves them behind; if the log is empty at the end, they are taken away again.
  void removeEmptyWalOnClose(std::string path) { walPaths_.push_back(std::move(path)); }

 private:
  static int onBusy(void* self, int attempts) noexcept;
  static int onProgress(void* self) noexcept;
  [[nodiscard]] SqliteStop armedStop() const noexcept;

  sqlite3* db_;
  std::chrono::milliseconds busyTimeout_;
  const Context* armed_ = nullptr;  // only while it can stop anything
  Context::Clock::time_point busySince_{};
  SqliteStop stop_ = SqliteStop::None;
  bool broken_ = false;
  bool fileBacked_ = false;
  std::vector<std::string> walPaths_;
};

}  // namespace sonde
