// What the mock driver talks to: a script of answers, a handmade catalog, and a record of every
// statement.
//
// Invariant: statements are recorded in the order they ran, transactions included, with the values
// that were bound. A statement without a scripted answer succeeds with no rows. Thread-safe. For
// tests: name one with named("shop") and open "mock:shop".
#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../core/columns.hpp"
#include "../../core/value.hpp"
#include "../../introspect/schema.hpp"
#include "../driver.hpp"

namespace sonde {

/// What one statement answers.
struct MockReply {
  std::vector<ColumnInfo> columns;
  std::vector<std::vector<Value>> rows;  ///< Each as long as `columns`.
  std::uint64_t affected = 0;
  std::int64_t lastInsertId = 0;
  std::exception_ptr error;  ///< Thrown when the statement runs.

  /// @return Rows under untyped column names.
  [[nodiscard]] static MockReply table(const std::vector<std::string>& names,
                                       std::vector<std::vector<Value>> rows);
  /// @return What a write did.
  [[nodiscard]] static MockReply changed(std::uint64_t affected, std::int64_t lastInsertId = 0);
  /// @return A failure.
  template <class E>
  [[nodiscard]] static MockReply failing(E error) {
    MockReply reply;
    reply.error = std::make_exception_ptr(std::move(error));
    return reply;
  }
};

/// A statement that ran. BEGIN, COMMIT, ROLLBACK and savepoints are recorded as their SQL.
struct MockCall {
  std::string sql;
  std::vector<Value> args;
  std::uint64_t connection =
      0;  ///< Number of the connection, from 1 in the order they were opened.
};

/// See the file comment.
class MockDatabase {
 public:
  /// @return The database of this name, made when it is first asked for and kept until forget().
  [[nodiscard]] static std::shared_ptr<MockDatabase> named(std::string_view name);
  /// Forgets a name; whoever holds the database keeps it.
  static void forget(std::string_view name);

  /// Sets what readCatalog() gives, and raises the schema counter.
  void setCatalog(Catalog catalog);
  /// Sets how connections may be shared; a single one by default.
  void setTopology(Topology topology);

  /// Answers the next statement whose SQL holds `part`, once. Answers are tried in the order they
  /// were given, those of always() last.
  void reply(std::string part, MockReply reply);
  /// Answers every statement whose SQL holds `part` and for which there is no reply() left.
  void always(std::string part, MockReply reply);
  /// Makes every open connection fail with ConnectionError from its next use on.
  void breakConnections();

  /// @return The statements that ran so far.
  [[nodiscard]] std::vector<MockCall> calls() const;
  /// @return The SQL of the statements that ran so far.
  [[nodiscard]] std::vector<std::string> statements() const;
  /// Forgets the statements that ran.
  void clearCalls();
  /// @return Answers given to reply() that no statement has asked for.
  [[nodiscard]] std::size_t pendingReplies() const;

  // --- for the driver ---

  /// Records a statement. @return Its answer.
  [[nodiscard]] std::shared_ptr<const MockReply> run(MockCall call);
  [[nodiscard]] Catalog catalog() const;
  [[nodiscard]] Topology topology() const;
  [[nodiscard]] std::uint64_t schemaCounter() const;
  /// @return The number of a new connection.
  [[nodiscard]] std::uint64_t openConnection();
  /// @return Whether breakConnections() was called after this connection was opened.
  [[nodiscard]] bool isBroken(std::uint64_t connection) const;

 private:
  struct Scripted {
    std::string part;
    std::shared_ptr<const MockReply> reply;
  };

  mutable std::mutex mutex_;
  Catalog catalog_;
  Topology topology_{PoolShape::Single, 0, "mock"};
  std::deque<Scripted> once_;
  std::vector<Scripted> always_;
  std::vector<MockCall> calls_;
  std::uint64_t schemaCounter_ = 1;
  std::uint64_t connections_ = 0;
  std::uint64_t brokenUpTo_ = 0;
};

}  // namespace sonde
