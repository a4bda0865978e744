// The MYSQL object of one connection, with what waiting on it needs: the armed deadline and stop
// token, and how to stop a statement from a second connection.
//
// Invariant: closed exactly once, after the last statement; shared by the connection and its
// statements, so that neither order of destruction dangles. A server gives the rows of one
// statement at a time: a statement that still has rows to come is the reader, and whatever runs
// next has it take them in first. Used by one thread at a time, except interrupt().
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "../../core/arg.hpp"
#include "../../core/context.hpp"
#include "mysql_compiler.hpp"
#include "mysql_error.hpp"
#include "mysql_options.hpp"
#include "mysql_rows.hpp"
#include "mysql_wait.hpp"

struct st_mysql;
struct st_mysql_stmt;

namespace sonde {

/// A statement whose rows are still on their way.
class MysqlReader {
 public:
  /// Takes in the rows that are left, so that the connection is free. Throws as its step() would,
  /// at its next step().
  virtual void keepRest() noexcept = 0;

 protected:
  ~MysqlReader() = default;
};

/// @return What libmariadb says of the last call on a connection.
[[nodiscard]] MysqlFailure mysqlFailure(st_mysql* db);

/// See the file comment.
class MysqlHandle final : private MysqlWait {
 public:
  /// Takes over an open connection, made to the host of this number in the options.
  /// @throws ConnectionError when the system has no file descriptor left.
  MysqlHandle(st_mysql* db, std::shared_ptr<const MysqlOptions> options, std::size_t host);
  ~MysqlHandle();
  MysqlHandle(const MysqlHandle&) = delete;
  MysqlHandle& operator=(const MysqlHandle&) = delete;

  [[nodiscard]] st_mysql* db() const noexcept { return db_; }
  [[nodiscard]] const MysqlOptions& options() const noexcept { return *options_; }
  [[nodiscard]] MysqlProduct product() const noexcept { return product_; }
  /// @return Such as "10.11.6-MariaDB" or "8.0.36".
  [[nodiscard]] const std::string& serverVersion() const noexcept { return version_; }
  /// @return 101106 for 10.11.6.
  [[nodiscard]] unsigned long versionNumber() const noexcept { return versionNumber_; }

  /// Runs one statement without parameters by the text protocol and discards its rows.
  /// @throws What throwMysqlError throws.
  void execute(std::string_view sql);
  /// Runs one statement without parameters and keeps its rows. @throws as execute().
  [[nodiscard]] MysqlRows query(std::string_view sql);
  /// @return The text as a literal of SQL, in quotes. Thread-safe.
  [[nodiscard]] static std::string literal(std::string_view text);

  /// Watches the context's deadline and stop token from now on, where it has any.
  /// @throws Timeout or Cancelled when that has happened already.
  void arm(const Context& context);
  void disarm() noexcept;
  /// Stops whatever runs. Thread-safe.
  void interrupt() noexcept;

  /// To be called before each call that runs something: has the reader take in its rows, and
  /// forgets why an earlier statement was stopped.
  /// @throws Timeout or Cancelled when the armed context says so.
  void started();
  /// Who serves waiting while libmariadb is called for this connection.
  [[nodiscard]] MysqlWait& wait() noexcept { return *this; }
  /// @throws Timeout or Cancelled when the armed context says so; for long loops over rows that
  /// are there already.
  void check() const {
    if (armed_ != nullptr) armed_->check();
  }

  /// Throws the typed error of the connection's last failure, with what the catalog knows of the
  /// constraint; marks the connection as broken where it is. See throwMysqlError.
  [[noreturn]] void fail(std::string_view sql, Args args = {});
  /// The same for a failure of a prepared statement.
  [[noreturn]] void fail(const MysqlFailure& failure, std::string_view sql, Args args);
  /// Throws where the statement was told to stop, although it answered as if nothing were: sleep()
  /// and benchmark() do. Only for what writes nothing; what was written is written.
  void checkStopped(std::string_view sql) {
    if (stop_ != MysqlStop::None) [[unlikely]] {
      failStopped(sql);
    }
  }
  void markBroken() noexcept { broken_ = true; }
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  /// @return What the server said last; it is asked again after a failure that may have changed it.
  [[nodiscard]] bool inTransaction() const noexcept;

  void setReader(MysqlReader* reader) noexcept { reader_ = reader; }
  void clearReader(const MysqlReader* reader) noexcept {
    if (reader_ == reader) reader_ = nullptr;
  }
  /// Closes a prepared statement: at once, or when the reader is done.
  void close(st_mysql_stmt* statement) noexcept;
  /// Stops the running statement on the server, by a second connection, so that what is left of
  /// its rows need not be read. @return Whether the server was told.
  bool killQuery() noexcept;

  /// How often the server's session was reset, which ended every prepared statement.
  [[nodiscard]] unsigned generation() const noexcept { return generation_; }
  void sessionWasReset() noexcept { ++generation_; }

  /// @return The key that the last insert made; 0 before any.
  [[nodiscard]] std::uint64_t insertId() const noexcept { return insertId_; }
  void setInsertId(std::uint64_t id) noexcept { insertId_ = id; }

 private:
  struct Waker {
    MysqlHandle* handle;
    void operator()() const noexcept { handle->wake(); }
  };

  [[nodiscard]] bool ready(int socket, bool reading) noexcept override;
  void wake() noexcept;
  void drainWake() noexcept;
  void run(std::string_view sql);
  bool runQuietly(std::string_view sql) noexcept;
  void closeDeferred() noexcept;
  void complete(MysqlConstraint& broken) noexcept;
  [[noreturn]] void failStopped(std::string_view sql);

  st_mysql* db_;
  MysqlReader* reader_ = nullptr;
  const Context* armed_ = nullptr;  // only while it can stop anything
  MysqlStop stop_ = MysqlStop::None;
  std::optional<Clock::time_point> giveUpAt_;  // set once the server was told to stop
  std::atomic<bool> woken_{false};
  int wake_ = -1;  // readable when interrupt() was called or a stop was requested
  bool broken_ = false;
  bool killed_ = false;  // KILL QUERY was sent, and may arrive after what it was meant for
  unsigned generation_ = 0;
  std::uint64_t insertId_ = 0;
  std::optional<std::stop_callback<Waker>> onStop_;
  std::shared_ptr<const MysqlOptions> options_;
  std::size_t host_;
  MysqlProduct product_ = MysqlProduct::Mysql;
  std::string version_;
  unsigned long versionNumber_ = 0;
  unsigned long threadId_ = 0;
  std::vector<st_mysql_stmt*> closing_;
};

}  // namespace sonde
