// What sonde needs to know of an engine's SQL, apart from any connection.
//
// Invariant: stateless, immutable, thread-safe; one object per driver for the life of the process.
#pragma once

#include <string_view>

#include "../query/capabilities.hpp"
#include "../query/compiler.hpp"
#include "../query/lexer.hpp"
#include "index_rules.hpp"

namespace sonde {

/// See the file comment.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// @return "sqlite", "postgresql", "mysql", "mariadb", or a third party's own name.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  [[nodiscard]] virtual const SqlCompiler& compiler() const noexcept = 0;
  [[nodiscard]] const Capabilities& capabilities() const noexcept {
    return compiler().capabilities();
  }
  /// @return How the engine's SQL is cut into tokens (quotes, comments, placeholders).
  [[nodiscard]] virtual const query::LexerRules& lexerRules() const noexcept = 0;
  /// @return What its indexes can be; by default plain keys only.
  [[nodiscard]] virtual IndexRules indexRules() const noexcept { return {}; }
};

}  // namespace sonde
