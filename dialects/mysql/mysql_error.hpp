// The errors of MySQL and MariaDB as sonde's typed errors.
//
// Invariant: the mapping depends on the error number and on the server's own message alone; values
// are taken out of messages that quote them. SQLSTATEs are the server's own. The table stands in
// mysql_error.cpp and docs/mysql.md. Used by everything in this folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "../../core/arg.hpp"
#include "../../core/error.hpp"

namespace sonde {

/// Why a statement was stopped early, as far as the connection knows.
enum class MysqlStop : std::uint8_t {
  None,
  Deadline,     ///< The deadline of the armed context passed.
  Cancelled,    ///< Its stop token was triggered.
  Interrupted,  ///< Connection::interrupt() was called.
};

/// What libmariadb says of a call that failed, copied before anything else is called.
struct MysqlFailure {
  unsigned code = 0;
  std::string sqlState;
  std::string message;
};

/// What was being done when it failed.
struct MysqlScene {
  std::string_view sql;  ///< The statement; empty when there is none.
  Args args;             ///< Its parameters, to keep them out of the message.
  MysqlStop stop = MysqlStop::None;
  std::chrono::milliseconds busyTimeout{};  ///< For the message of a lock wait.
};

/// A constraint's name and table as a message tells them, to be completed from the catalog.
struct MysqlConstraint {
  ConstraintKind kind = ConstraintKind::Other;
  std::string message;
  ErrorDetails details;
};

/// @return The constraint that a failure is about; its columns where the message names them.
/// Only for failures that isMysqlConstraint().
[[nodiscard]] MysqlConstraint readMysqlConstraint(const MysqlFailure& failure,
                                                  std::string_view sql);
/// @return Whether a failure is a broken constraint. Thread-safe.
[[nodiscard]] bool isMysqlConstraint(unsigned code) noexcept;
/// @return Whether the connection is gone, so that only a new one can help. Thread-safe.
[[nodiscard]] bool isMysqlConnectionLost(unsigned code) noexcept;
/// @return Whether a failure may have ended the transaction it happened in. Thread-safe.
[[nodiscard]] bool mayEndMysqlTransaction(unsigned code) noexcept;

/// Throws the error that a failure stands for; constraints without what the catalog knows.
/// @throws ConstraintError, Timeout, Cancelled, TransactionError, AuthorizationError,
/// ConnectionError or QueryError; never returns.
[[noreturn]] void throwMysqlError(const MysqlFailure& failure, const MysqlScene& scene);

/// Throws for a connection that could not be opened. `where` is the host for the message.
[[noreturn]] void throwMysqlConnectError(const MysqlFailure& failure, std::string_view where);

}  // namespace sonde
