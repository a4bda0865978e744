// What sonde needs to know of PostgreSQL's SQL.
#pragma once

#include "../dialect.hpp"
#include "postgres_compiler.hpp"

namespace sonde {

/// See Dialect.
class PostgresDialect : public Dialect {
 public:
  /// @return The one dialect of the process. Thread-safe.
  [[nodiscard]] static const PostgresDialect& instance() noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return "postgresql"; }
  [[nodiscard]] const SqlCompiler& compiler() const noexcept override { return compiler_; }
  [[nodiscard]] const query::LexerRules& lexerRules() const noexcept override {
    return compiler_.lexerRules();
  }
  /// Unless the collation is C, LIKE uses only indexes of this operator class.
  [[nodiscard]] IndexRules indexRules() const noexcept override {
    return {
        .partial = true, .expressions = true, .include = true, .likeOpclass = "text_pattern_ops"};
  }

 private:
  PostgresCompiler compiler_;
};

}  // namespace sonde
