// What sonde needs to know of the SQL of MySQL and of MariaDB: two dialects that share a compiler
// and differ in a few of its answers.
#pragma once

#include "../dialect.hpp"
#include "mysql_compiler.hpp"

namespace sonde {

/// See Dialect.
class MysqlDialect : public Dialect {
 public:
  /// @return The dialect of a product, one for the process. Thread-safe.
  [[nodiscard]] static const MysqlDialect& of(MysqlProduct product) noexcept;

  [[nodiscard]] std::string_view name() const noexcept override;
  [[nodiscard]] const SqlCompiler& compiler() const noexcept override { return compiler_; }
  [[nodiscard]] const query::LexerRules& lexerRules() const noexcept override {
    return mysqlLexerRules();
  }
  /// MariaDB has no keys that are expressions.
  [[nodiscard]] IndexRules indexRules() const noexcept override {
    return {.expressions = compiler_.product() == MysqlProduct::Mysql,
            .carriesKey = true,
            .indexesForeignKeys = true,
            .switchable = true,
            .maxNameBytes = 64};
  }

 private:
  explicit MysqlDialect(MysqlProduct product) noexcept : compiler_(product) {}

  MysqlCompiler compiler_;
};

}  // namespace sonde
