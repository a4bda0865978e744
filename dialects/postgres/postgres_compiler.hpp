// How PostgreSQL says what sonde's query trees mean.
//
// Invariant: needs nothing of libpq, so the SQL is testable without a server. Tables are always
// written with their schema, so that no search_path changes what a plan means. Case matters in
// pattern matches unless told otherwise (LIKE and ILIKE).
#pragma once

#include "../../query/compiler.hpp"

namespace sonde {

/// See the file comment.
class PostgresCompiler : public SqlCompiler {
 public:
  [[nodiscard]] const Capabilities& capabilities() const noexcept override;
  [[nodiscard]] const query::LexerRules& lexerRules() const noexcept override;
  /// @return An array literal, nulls left out: `{1,2}`.
  /// @throws ValidationError when a text among them holds a NUL.
  [[nodiscard]] std::string bindList(std::span<const Value> items) const override;
  [[nodiscard]] std::string createIndex(const Table& table, const Index& index,
                                        IndexBuild build) const override;
  [[nodiscard]] std::string dropIndex(const Table& table, const Index& index,
                                      IndexBuild build) const override;

 protected:
  void renderPlaceholder(query::Renderer& out, std::size_t ordinal) const override;
  void renderMatch(query::Renderer& out, const query::Match& match) const override;
  void renderInArray(query::Renderer& out, const query::InArray& in) const override;
  void renderOrderItem(query::Renderer& out, const query::OrderItem& item) const override;
  void renderColumnDefinition(std::string& out, const Table& table,
                              const Column& column) const override;
  void renderForeignKey(std::string& out, const Table& table, const ForeignKey& key) const override;
  void renderTypes(std::string& out, const Schema& schema) const override;
  void renderCreate(std::string& out, const Table& table) const override;
  void renderTableOptions(std::string& out, const Table& table) const override;
  void renderComments(std::string& out, const Table& table) const override;

 private:
  [[nodiscard]] std::string quoteQualified(std::string_view name) const;
};

}  // namespace sonde
