// How SQLite says what sonde's query trees mean.
//
// Invariant: needs nothing of SQLite's library, so the SQL is testable without a database. Case
// matters in pattern matches unless told otherwise (GLOB, not LIKE), and only ASCII letters have a
// case.
#pragma once

#include "../../query/compiler.hpp"

namespace sonde {

/// See the file comment.
class SqliteCompiler : public SqlCompiler {
 public:
  [[nodiscard]] const Capabilities& capabilities() const noexcept override;
  [[nodiscard]] const query::LexerRules& lexerRules() const noexcept override;
  /// @return A pattern for GLOB, or for LIKE where case is ignored.
  /// @throws ValidationError when the text holds a NUL, at which both operators stop reading.
  [[nodiscard]] std::string bindPattern(query::BindTransform transform, bool ignoreCase,
                                        std::string_view text) const override;

 protected:
  void renderMatch(query::Renderer& out, const query::Match& match) const override;
  void renderInArray(query::Renderer& out, const query::InArray& in) const override;
  void renderOrderItem(query::Renderer& out, const query::OrderItem& item) const override;
  void renderLimit(query::Renderer& out, const query::Select& select) const override;
  void renderColumnDefinition(std::string& out, const Table& table,
                              const Column& column) const override;
  void renderPrimaryKey(std::string& out, const Table& table) const override;
  void renderForeignKey(std::string& out, const Table& table, const ForeignKey& key) const override;
  void renderTableOptions(std::string& out, const Table& table) const override;
  void renderIndex(std::string& out, const Table& table, const Index& index) const override;
  [[nodiscard]] std::string indexExpression(const IndexPart& part) const override;
  [[nodiscard]] std::string tableName(const Table& table) const override;
};

}  // namespace sonde
