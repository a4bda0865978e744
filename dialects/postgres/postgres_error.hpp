// PostgreSQL's SQLSTATEs and messages as sonde's typed errors.
//
// Invariant: the mapping depends on the SQLSTATE, and on the message only where one state stands
// for two things. DETAIL and CONTEXT, which quote values, are dropped, and what the message itself
// quotes of a parameter is taken out. Used by everything in this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "../../core/arg.hpp"
#include "../../core/error.hpp"

struct pg_result;

namespace sonde {

/// Why a statement was cancelled from this side, as far as the connection knows.
enum class PostgresStop : std::uint8_t {
  None,
  Deadline,     ///< The deadline of the armed context passed.
  Cancelled,    ///< Its stop token was triggered.
  Interrupted,  ///< Somebody called interrupt().
};

/// What was being done when PostgreSQL failed.
struct PostgresScene {
  std::string_view sql{};  ///< The statement; empty when there is none.
  Args args{};             ///< Its parameters, to keep them out of the message.
  PostgresStop stop = PostgresStop::None;
  /// The script that the statement is a part of, in which positions are counted, and where in it.
  std::string_view script{};
  std::size_t scriptOffset = 0;
  bool hideValues = false;  ///< Values went apart from `args`: what is quoted may be one.
};

/// Throws the error that a failed result stands for.
/// @throws ConstraintError, Timeout, Cancelled, TransactionError, AuthorizationError,
/// ConnectionError, EncodingError, Unsupported or QueryError; never returns.
[[noreturn]] void throwPostgresError(const pg_result* result, const PostgresScene& scene);

/// Throws what a statement that was stopped from this side stands for: Timeout or Cancelled.
[[noreturn]] void throwPostgresStop(const PostgresScene& scene, std::string_view sqlState);

/// @return The SQLSTATE of a failed result; empty when the error is libpq's own. Thread-safe.
[[nodiscard]] std::string_view postgresSqlState(const pg_result* result) noexcept;

/// @return Whether a session that was told this SQLSTATE is at its end. Thread-safe.
[[nodiscard]] bool postgresSessionEnds(std::string_view sqlState) noexcept;

/// @return What to do about a SQLSTATE; empty where there is nothing to say. Thread-safe.
[[nodiscard]] std::string_view postgresHint(std::string_view sqlState) noexcept;

}  // namespace sonde
