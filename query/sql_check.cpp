#include "sql_check.hpp"

#include <string>
#include <utility>
#include <vector>

#include "../core/error.hpp"

namespace sonde::query {

void refuseSql(std::string_view why, std::string_view sql) {
  ErrorDetails details;
  details.sql = sql;
  throw ValidationError(std::string(why), {}, std::move(details));
}

void checkNoNul(std::string_view sql) {
  if (sql.find('\0') != std::string_view::npos) refuseSql("the SQL holds a NUL byte", {});
}

std::string_view onlyStatement(std::string_view sql, const LexerRules& rules) {
  const std::vector<ScriptPart> parts = splitScript(sql, rules);
  if (parts.empty()) refuseSql("there is no statement in the SQL", sql);
  if (parts.size() > 1) refuseSql("the SQL holds more than one statement", sql);
  return parts.front().sql;
}

}  // namespace sonde::query
