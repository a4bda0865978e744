// A small schema made by hand for the tests of this folder: users, posts and tags of a forum.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sonde/introspect/schema.hpp>
#include <sonde/query/lexer.hpp>

namespace sonde::test {

inline Index indexOn(std::string name, const std::vector<std::string>& columns) {
  Index index;
  index.name = std::move(name);
  for (const std::string& column : columns) {
    index.parts.emplace_back();
    index.parts.back().column = column;
  }
  return index;
}

inline Table tableOf(std::string name, const std::vector<std::string>& columns) {
  Table table;
  table.schema = "main";
  table.name = std::move(name);
  for (const std::string& column : columns) {
    table.columns.emplace_back();
    table.columns.back().name = column;
    table.columns.back().declaredType = "TEXT";
    table.columns.back().position = static_cast<int>(table.columns.size());
  }
  table.primaryKey = PrimaryKey{std::nullopt, {columns.front()}};
  table.columns.front().rowidAlias = true;
  return table;
}

inline ForeignKey foreignKey(std::vector<std::string> columns, std::string table,
                             std::vector<std::string> theirs) {
  ForeignKey key;
  key.columns = std::move(columns);
  key.references = {"main", std::move(table), std::move(theirs)};
  return key;
}

inline Catalog forumCatalog() {
  Catalog catalog;
  catalog.dialect = "sqlite";
  catalog.ignoreCase = true;
  catalog.searchPath = {"main"};
  catalog.tables = {tableOf("users", {"id", "email", "name", "age", "deleted_at"}),
                    tableOf("posts", {"id", "user_id", "title", "status", "created_at", "data"}),
                    tableOf("tags", {"id", "post_id", "label"})};
  Table view = tableOf("live_users", {"id", "mail"});
  view.kind = TableKind::View;
  view.primaryKey.reset();
  view.definition =
      "CREATE VIEW live_users AS SELECT u.id, u.email AS mail FROM users u WHERE u.deleted_at IS "
      "NULL";
  catalog.tables.push_back(std::move(view));
  return catalog;
}

inline std::shared_ptr<const Schema> schemaOf(Catalog catalog) {
  return Schema::build(std::move(catalog));
}

inline query::LexerRules anyRules() {
  query::LexerRules rules;
  rules.backtickIdentifiers = rules.namedParameters = rules.numberedParameters = true;
  rules.dollarQuotes = rules.dollarParameters = true;
  return rules;
}

}  // namespace sonde::test
