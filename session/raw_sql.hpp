// Raw SQL of the user as plans, so that it runs like everything else.
//
// Invariant: a text becomes a plan once and keeps it while it is among the last used ones, so each
// connection finds its prepared statement by number; whether a statement writes is the engine's
// judgement, never a guess from the text. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "../dialects/connection.hpp"
#include "../query/change.hpp"
#include "../query/lexer.hpp"
#include "../query/plan.hpp"

namespace sonde {

/// What is known of one raw statement.
struct RawStatement {
  query::Plan plan;
  bool changesSchema = false;   ///< CREATE, ALTER, DROP …
  bool attaches = false;        ///< ATTACH, DETACH: would hold on one connection only.
  bool makesTemporary = false;  ///< CREATE TEMP …: there on one connection only.
  std::optional<query::Operation> operation;  ///< Of a statement that writes rows.
  std::string writtenTable;                   ///< Of the same, as named in the text; may be empty.
};

using RawStatementPtr = std::shared_ptr<const RawStatement>;

/// See the file comment.
class RawStatements {
 public:
  /// `capacity` is the number of texts kept. The rules must outlive this.
  RawStatements(const query::LexerRules& rules, std::size_t capacity)
      : rules_(rules), capacity_(capacity) {}

  /// @return The statement when its text is known; null otherwise.
  [[nodiscard]] RawStatementPtr find(std::string_view sql);
  /// Prepares the text on a connection and learns what it does.
  /// @throws ValidationError for placeholders other than `?`, for no statement and for more than
  /// one; TransactionError for BEGIN, COMMIT and their like; QueryError when the engine refuses it.
  [[nodiscard]] RawStatementPtr learn(std::string_view sql, Connection& connection);

 private:
  struct Kept {
    std::string sql;
    RawStatementPtr statement;
  };

  const query::LexerRules& rules_;
  std::size_t capacity_;
  std::mutex mutex_;
  std::list<Kept> newestFirst_;
  std::unordered_map<std::string_view, std::list<Kept>::iterator> byText_;
};

}  // namespace sonde
