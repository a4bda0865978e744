// Transactions of one connection: BEGIN with its options, COMMIT, ROLLBACK and numbered savepoints.
//
// Invariant: keeps no state; what is open is what the server says. A COMMIT that the server turned
// into a rollback, because a statement had failed, is an error. Used by PostgresConnection.
#pragma once

#include "../connection.hpp"
#include "postgres_session.hpp"

namespace sonde {

/// See the file comment.
class PostgresTransactions {
 public:
  explicit PostgresTransactions(PostgresSession& session) noexcept : session_(session) {}

  /// BEGIN [ISOLATION LEVEL …] [READ ONLY] [DEFERRABLE]; the settings of the armed context follow
  /// in the same round trip: SELECT set_config($1, $2, true).
  void begin(const BeginOptions& options);
  void commit();
  void rollback();
  void savepoint(int depth);
  void releaseSavepoint(int depth);
  void rollbackToSavepoint(int depth);
  [[nodiscard]] bool active() const noexcept { return session_.handle().inTransaction(); }

 private:
  void requireActive(const char* what) const;
  void beginWithSettings(const std::string& sql);

  PostgresSession& session_;
};

}  // namespace sonde
