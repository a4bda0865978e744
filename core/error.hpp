// The errors of sonde: one root, and a subclass wherever a caller would catch it apart.
//
// Invariant: what() names the thing that was wrong, where it was, and the nearest right one where
// there is one; it never holds a parameter value. publicMessage() is safe to show to an end user:
// no SQL, no names of tables or files. Errors are plain values: copy them, keep them, throw them
// again.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

/// What went wrong, one entry per class below, for switches and for JSON.
enum class ErrorCode : std::uint8_t {
  Generic,
  Connection,
  PoolTimeout,
  Query,
  Constraint,
  Schema,
  Validation,
  Transaction,
  Migration,
  Config,
  Authorization,
  NotFound,
  NotUnique,
  Conversion,
  Encoding,
  Timeout,
  Cancelled,
  Unsupported,
  StaleRow,
  ResultTooLarge,
};

/// @return The name of a code in lower camel case, such as "poolTimeout". Thread-safe.
[[nodiscard]] std::string_view errorCodeName(ErrorCode code) noexcept;

/// What an engine or sonde knows of an error, all optional.
struct ErrorDetails {
  std::string sqlState{};              ///< SQLSTATE, five characters; SQLite's is derived.
  int nativeCode = 0;                  ///< The engine's own (extended) code.
  std::string sql{};                   ///< The statement, with placeholders.
  std::string table{};                 ///< Table concerned.
  std::string constraint{};            ///< Name of the constraint, where the engine tells it.
  std::vector<std::string> columns{};  ///< Columns concerned.
  std::string hint{};                  ///< What to do about it.
};

/// The root of every error that sonde throws.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ErrorDetails details = {})
      : Error(ErrorCode::Generic, message, std::move(details)) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }
  [[nodiscard]] const std::string& sqlState() const noexcept { return details_->sqlState; }
  [[nodiscard]] int nativeCode() const noexcept { return details_->nativeCode; }
  [[nodiscard]] const std::string& sql() const noexcept { return details_->sql; }
  [[nodiscard]] const std::string& table() const noexcept { return details_->table; }
  [[nodiscard]] const std::string& constraint() const noexcept { return details_->constraint; }
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept {
    return details_->columns;
  }
  [[nodiscard]] const std::string& hint() const noexcept { return details_->hint; }
  [[nodiscard]] const ErrorDetails& details() const noexcept { return *details_; }

  /// @return A sentence without SQL, names or values, fit for an end user. Never empty.
  [[nodiscard]] std::string_view publicMessage() const noexcept;

 protected:
  Error(ErrorCode code, const std::string& message, ErrorDetails details);

 private:
  ErrorCode code_;
  std::shared_ptr<const ErrorDetails> details_;  // shared, so that copying an error cannot throw
};

namespace detail {
/// A subclass that adds nothing but its code.
template <ErrorCode Code>
class CodedError : public Error {
 public:
  explicit CodedError(const std::string& message, ErrorDetails details = {})
      : Error(Code, message, std::move(details)) {}
};
}  // namespace detail

/// The database cannot be reached, opened or is not a database.
class ConnectionError : public detail::CodedError<ErrorCode::Connection> {
 public:
  using CodedError::CodedError;
};

/// No connection became free in time; the message says who holds them.
class PoolTimeout : public detail::CodedError<ErrorCode::PoolTimeout> {
 public:
  using CodedError::CodedError;
};

/// The engine refused a statement.
class QueryError : public detail::CodedError<ErrorCode::Query> {
 public:
  using CodedError::CodedError;
};

/// The rule of the schema that a row broke.
enum class ConstraintKind : std::uint8_t { Unique, PrimaryKey, ForeignKey, NotNull, Check, Other };

/// @return "unique", "primaryKey", "foreignKey", "notNull", "check" or "other". Thread-safe.
[[nodiscard]] std::string_view constraintKindName(ConstraintKind kind) noexcept;

/// A row broke a constraint; columns() names the columns where the engine tells them.
class ConstraintError : public Error {
 public:
  ConstraintError(ConstraintKind kind, const std::string& message, ErrorDetails details = {})
      : Error(ErrorCode::Constraint, message, std::move(details)), kind_(kind) {}
  [[nodiscard]] ConstraintKind kind() const noexcept { return kind_; }

 private:
  ConstraintKind kind_;
};

/// A name that the schema does not have, or has more than once.
class SchemaError : public Error {
 public:
  explicit SchemaError(const std::string& message, std::vector<std::string> suggestions = {},
                       ErrorDetails details = {});
  /// @return The nearest right names, best first; empty when nothing is near.
  [[nodiscard]] const std::vector<std::string>& suggestions() const noexcept {
    return *suggestions_;
  }

 private:
  std::shared_ptr<const std::vector<std::string>> suggestions_;
};

/// A value or argument that cannot be right, found before any SQL ran. Lists what is wrong by
/// field.
class ValidationError : public Error {
 public:
  struct Problem {
    std::string field{};    ///< Column or option; empty when it is the whole.
    std::string message{};  ///< What is wrong with it, without the value.
  };
  explicit ValidationError(const std::string& message, std::vector<Problem> problems = {},
                           ErrorDetails details = {});
  [[nodiscard]] const std::vector<Problem>& problems() const noexcept { return *problems_; }

 private:
  std::shared_ptr<const std::vector<Problem>> problems_;
};

/// A transaction could not go on, or was used after its end.
class TransactionError : public Error {
 public:
  explicit TransactionError(const std::string& message, bool retryable = false,
                            ErrorDetails details = {})
      : Error(ErrorCode::Transaction, message, std::move(details)), retryable_(retryable) {}
  /// @return Whether running the whole transaction again may succeed (busy, deadlock,
  /// serialization).
  [[nodiscard]] bool retryable() const noexcept { return retryable_; }

 private:
  bool retryable_;
};

/// A migration or its file is wrong.
class MigrationError : public detail::CodedError<ErrorCode::Migration> {
 public:
  using CodedError::CodedError;
};

/// A setting is unknown or has a wrong value.
class ConfigError : public detail::CodedError<ErrorCode::Config> {
 public:
  using CodedError::CodedError;
};

/// The principal may not do this.
class AuthorizationError : public detail::CodedError<ErrorCode::Authorization> {
 public:
  using CodedError::CodedError;
};

/// A row that had to exist does not.
class NotFound : public detail::CodedError<ErrorCode::NotFound> {
 public:
  using CodedError::CodedError;
};

/// More than one row matched where exactly one was asked for.
class NotUnique : public detail::CodedError<ErrorCode::NotUnique> {
 public:
  using CodedError::CodedError;
};

/// A value cannot be represented in the type asked for.
class ConversionError : public detail::CodedError<ErrorCode::Conversion> {
 public:
  using CodedError::CodedError;
};

/// Text that had to be UTF-8 is not.
class EncodingError : public detail::CodedError<ErrorCode::Encoding> {
 public:
  using CodedError::CodedError;
};

/// The deadline of the context passed, or a lock was not had in time.
class Timeout : public detail::CodedError<ErrorCode::Timeout> {
 public:
  using CodedError::CodedError;
};

/// The stop token of the context was triggered.
class Cancelled : public detail::CodedError<ErrorCode::Cancelled> {
 public:
  using CodedError::CodedError;
};

/// The engine, or this build, cannot do this.
class Unsupported : public detail::CodedError<ErrorCode::Unsupported> {
 public:
  using CodedError::CodedError;
};

/// The row changed since it was read.
class StaleRow : public detail::CodedError<ErrorCode::StaleRow> {
 public:
  using CodedError::CodedError;
};

/// The result exceeds the configured limit.
class ResultTooLarge : public detail::CodedError<ErrorCode::ResultTooLarge> {
 public:
  using CodedError::CodedError;
};

}  // namespace sonde
