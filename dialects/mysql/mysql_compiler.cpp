#include "mysql_compiler.hpp"

#include "../../query/lexer.hpp"

namespace sonde {
namespace {

constexpr Capabilities capabilitiesOf(MysqlProduct product) noexcept {
  const bool mariaDb = product == MysqlProduct::MariaDb;
  Capabilities c;
  c.returning = mariaDb;
  c.savepoints = true;
  c.defaultKeyword = true;
  c.arrayParameters = true;
  c.lastInsertId = true;
  c.multiRowInsertIsFaster = true;
  c.bulkInsert = true;
  c.namedLocks = true;
  c.maxParameters = 65'535;
  return c;
}

}  // namespace

const query::LexerRules& mysqlLexerRules() noexcept {
  static constexpr query::LexerRules kRules = [] {
    query::LexerRules rules;
    rules.backtickIdentifiers = true;
    rules.doubleQuoteStrings = true;
    rules.backslashEscapes = true;
    rules.hashComments = true;
    return rules;
  }();
  return kRules;
}

std::string MysqlCompiler::quote(std::string_view identifier) const {
  std::string quoted;
  quoted.reserve(identifier.size() + 2);
  quoted += '`';
  for (const char c : identifier) {
    if (c == '`') quoted += '`';
    quoted += c;
  }
  quoted += '`';
  return quoted;
}

const Capabilities& MysqlCompiler::capabilities() const noexcept {
  static constexpr Capabilities kMysql = capabilitiesOf(MysqlProduct::Mysql);
  static constexpr Capabilities kMariaDb = capabilitiesOf(MysqlProduct::MariaDb);
  return product_ == MysqlProduct::MariaDb ? kMariaDb : kMysql;
}

}  // namespace sonde
