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

 private:
  MysqlProduct product_;
};

}  // namespace sonde
