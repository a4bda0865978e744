// How MySQL and MariaDB say what sonde's query trees mean.
//
// Invariant: needs nothing of libmariadb, so the SQL is testable without a server. Case matters in
// pattern matches unless told otherwise, whatever collation a column has; `=`, IN and ORDER BY
// follow the column's collation, as docs/mysql.md tells.
#pragma once

#include <cstdint>

#include "../../query/compiler.hpp"

namespace sonde {

enum class MysqlProduct : std::uint8_t { Mysql, MariaDb };

/// @return How both cut SQL into tokens, in the sql_mode that sonde sets. Thread-safe.
[[nodiscard]] const query::LexerRules& mysqlLexerRules() noexcept;

/// See the file comment.
class MysqlCompiler : public SqlCompiler {
 public:
  explicit MysqlCompiler(MysqlProduct product) noexcept : product_(product) {}

  [[nodiscard]] MysqlProduct product() const noexcept { return product_; }
  [[nodiscard]] std::string quote(std::string_view identifier) const override;
  [[nodiscard]] const Capabilities& capabilities() const noexcept override;
  [[nodiscard]] const query::LexerRules& lexerRules() const noexcept override {
    return mysqlLexerRules();
  }

  /// @return A pattern for LIKE … ESCAPE '|', which means the same in every sql_mode.
  [[nodiscard]] std::string bindPattern(query::BindTransform transform, bool ignoreCase,
                                        std::string_view text) const override;
  /// @return Instant for a TIMESTAMP: the server does not read offsets, sonde takes them off.
  [[nodiscard]] query::BindTransform valueTransform(const Column& column) const noexcept override;
  [[nodiscard]] std::string bindInstant(std::string_view text) const override;
  [[nodiscard]] std::string switchIndex(const Table& table, const Index& index,
                                        bool used) const override;
  [[nodiscard]] std::string dropIndex(const Table& table, const Index& index,
                                      IndexBuild build) const override;

 protected:
  void renderMatch(query::Renderer& out, const query::Match& match) const override;
  void renderInArray(query::Renderer& out, const query::InArray& in) const override;
  void renderOrderItem(query::Renderer& out, const query::OrderItem& item) const override;
  void renderLimit(query::Renderer& out, const query::Select& select) const override;
  void renderConflict(query::Renderer& out, const query::Insert& insert) const override;
  void renderDefaultValues(query::Renderer& out, const query::Insert& insert) const override;
  void renderColumnDefinition(std::string& out, const Table& table,
                              const Column& column) const override;
  void renderTableConstraints(std::string& out, const Table& table) const override;
  void renderTableOptions(std::string& out, const Table& table) const override;
  [[nodiscard]] bool standsInTable(const Table& table, const Index& index) const override;
  void renderIndex(std::string& out, const Table& table, const Index& index) const override;

 private:
  void renderKeys(std::string& out, const Index& index) const;

  MysqlProduct product_;
};

}  // namespace sonde
