// Two tables for tests that need a schema: users, and posts that belong to them.
#pragma once

#include <sonde/introspect/table.hpp>

#include <string>
#include <utility>
#include <vector>

namespace sonde::test {

inline Column plainColumn(std::string name, std::string declaredType) {
  Column column;
  column.name = std::move(name);
  column.declaredType = std::move(declaredType);
  return column;
}

inline Table plainTable(std::string name, const std::vector<std::string>& columns) {
  Table table;
  table.schema = "main";
  table.name = std::move(name);
  table.ignoreCase = true;
  for (const std::string& column : columns) table.columns.push_back(plainColumn(column, "TEXT"));
  table.primaryKey = PrimaryKey{std::nullopt, {columns.front()}};
  return table;
}

inline Table usersTable() { return plainTable("users", {"id", "name", "email", "age"}); }
inline Table postsTable() { return plainTable("posts", {"id", "user_id", "title"}); }

}  // namespace sonde::test
