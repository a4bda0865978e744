// Renders query trees and table definitions as SQL. The base class renders what engines share; a
// dialect overrides the hooks where its engine differs.
//
// Invariant: stateless and thread-safe; identifiers come from the schema and are always quoted;
// values are placeholders only, except DDL defaults, which are the catalog's own text.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "../introspect/schema.hpp"
#include "capabilities.hpp"
#include "plan.hpp"
#include "tree.hpp"

namespace sonde {

namespace query {
class Renderer;
struct LexerRules;
}  // namespace query

/// Whether others may write to the table while an index is made or dropped. Some engines never let
/// them, some always do.
enum class IndexBuild : std::uint8_t { Blocking, Online };

/// See the file comment.
class SqlCompiler {
 public:
  virtual ~SqlCompiler() = default;

  /// @return The plan of a query, with a new id.
  /// @throws Unsupported when the engine has no way to say it.
  [[nodiscard]] query::PlanPtr compile(const query::Query& query) const;

  /// @return The DDL that would make a table as it is: CREATE TABLE, its indexes, its triggers,
  /// each ended by a semicolon and a newline.
  [[nodiscard]] std::string createTable(const Table& table) const;
  /// @return The DDL of the types that tables need, where the engine has such, and of every table,
  /// parents before children where there is no cycle, then views.
  [[nodiscard]] std::string createSchema(const Schema& schema) const;
  /// @return The statement that would make an index of this table, without a semicolon.
  /// @param build Online: PostgreSQL's CREATE INDEX CONCURRENTLY, which no transaction may hold.
  [[nodiscard]] virtual std::string createIndex(const Table& table, const Index& index,
                                                IndexBuild build) const;
  /// @return The statement that would drop it, without a semicolon.
  [[nodiscard]] virtual std::string dropIndex(const Table& table, const Index& index,
                                              IndexBuild build) const;
  /// @return The statement that keeps an index but has no query use it, or that takes it into use
  /// again, without a semicolon. MariaDB: ALTER TABLE … ALTER INDEX … IGNORED; MySQL: INVISIBLE.
  /// @throws Unsupported on other engines.
  [[nodiscard]] virtual std::string switchIndex(const Table& table, const Index& index,
                                                bool used) const;

  /// @return The identifier in the dialect's quotes, inner quotes doubled.
  [[nodiscard]] virtual std::string quote(std::string_view identifier) const;
  [[nodiscard]] virtual const Capabilities& capabilities() const noexcept = 0;
  /// @return How the engine's SQL is cut into tokens; by default that of standard SQL.
  [[nodiscard]] virtual const query::LexerRules& lexerRules() const noexcept;

  /// @return The text to bind for a pattern argument. `text` is what the caller passed.
  /// @throws ValidationError when the engine cannot match such a text.
  [[nodiscard]] virtual std::string bindPattern(query::BindTransform transform, bool ignoreCase,
                                                std::string_view text) const;
  /// @return What a value that meets this column is turned into before it is bound; None by
  /// default.
  [[nodiscard]] virtual query::BindTransform valueTransform(const Column& column) const noexcept;
  /// @return The text to bind for a text argument of BindTransform::Instant; by default itself.
  [[nodiscard]] virtual std::string bindInstant(std::string_view text) const;
  /// @return The text to bind for a list that is one parameter: a JSON array, nulls left out.
  /// @throws ValidationError when the engine cannot take such a value in a list.
  [[nodiscard]] virtual std::string bindList(std::span<const Value> items) const;

 protected:
  // Hooks; see the .cpp for what the base renders. `out` is the renderer of one statement.
  virtual void renderPlaceholder(query::Renderer& out, std::size_t ordinal) const;
  virtual void renderTable(query::Renderer& out, const Table& table) const;
  virtual void renderMatch(query::Renderer& out, const query::Match& match) const;
  virtual void renderInArray(query::Renderer& out, const query::InArray& in) const;
  virtual void renderOrderItem(query::Renderer& out, const query::OrderItem& item) const;
  virtual void renderLimit(query::Renderer& out, const query::Select& select) const;
  virtual void renderConflict(query::Renderer& out, const query::Insert& insert) const;
  virtual void renderDefaultValues(query::Renderer& out, const query::Insert& insert) const;
  virtual void renderDefault(query::Renderer& out, const Table& table,
                             std::string_view column) const;
  virtual void renderColumnDefinition(std::string& out, const Table& table,
                                      const Column& column) const;
  virtual void renderTypes(std::string& out, const Schema& schema) const;
  virtual void renderCreate(std::string& out, const Table& table) const;
  virtual void renderTableConstraints(std::string& out, const Table& table) const;
  virtual void renderPrimaryKey(std::string& out, const Table& table) const;
  virtual void renderForeignKey(std::string& out, const Table& table, const ForeignKey& key) const;
  virtual void renderTableOptions(std::string& out, const Table& table) const;
  virtual void renderComments(std::string& out, const Table& table) const;
  /// @return Whether CREATE TABLE holds this index already.
  [[nodiscard]] virtual bool standsInTable(const Table& table, const Index& index) const;
  virtual void renderIndex(std::string& out, const Table& table, const Index& index) const;
  void renderIndexParts(std::string& out, const Index& index) const;
  [[nodiscard]] virtual std::string indexExpression(const IndexPart& part) const;

  /// @return The table's name as statements write it: quoted, after its schema where that is
  /// needed.
  [[nodiscard]] virtual std::string tableName(const Table& table) const;
  /// @return The names quoted, with commas between.
  [[nodiscard]] std::string quoteList(const std::vector<std::string>& names) const;

 private:
  void renderTableOf(std::string& out, std::string& late, const Table& table,
                     const std::function<bool(const ForeignKey&)>& waits) const;
  void renderIndexes(std::string& out, const Table& table) const;

  friend class query::Renderer;
};

}  // namespace sonde
