// What sonde needs to know of SQLite's SQL.
#pragma once

#include "../dialect.hpp"
#include "sqlite_compiler.hpp"

namespace sonde {

/// See Dialect.
class SqliteDialect : public Dialect {
 public:
  /// @return The one dialect of the process. Thread-safe.
  [[nodiscard]] static const SqliteDialect& instance() noexcept;

  [[nodiscard]] std::string_view name() const noexcept override { return "sqlite"; }
  [[nodiscard]] const SqlCompiler& compiler() const noexcept override { return compiler_; }
  [[nodiscard]] const query::LexerRules& lexerRules() const noexcept override {
    return compiler_.lexerRules();
  }
  /// LIKE ignores case, so it uses only indexes that do. Names stand in no length's way.
  [[nodiscard]] IndexRules indexRules() const noexcept override {
    return {.partial = true, .expressions = true, .carriesKey = true, .likeCollation = "NOCASE"};
  }

 private:
  SqliteCompiler compiler_;
};

}  // namespace sonde
