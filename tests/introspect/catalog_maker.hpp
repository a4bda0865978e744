// Makes catalogs by hand, as a reader would fill them, for the tests of this folder.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sonde/introspect/schema.hpp>

namespace sonde::test {

using Names = std::vector<std::string>;

/// Builds a table step by step: TableMaker("posts").columns({"id", "author_id"}).key({"id"}).
class TableMaker {
 public:
  explicit TableMaker(std::string name, std::string schema = "main") {
    table_.schema = std::move(schema);
    table_.name = std::move(name);
  }
  TableMaker& kind(TableKind kind) {
    table_.kind = kind;
    return *this;
  }
  TableMaker& columns(const Names& names) {
    for (const std::string& name : names) {
      Column column;
      column.name = name;
      column.position = static_cast<int>(table_.columns.size()) + 1;
      column.declaredType = "INTEGER";
      column.type = Type::Integer;
      table_.columns.push_back(std::move(column));
    }
    return *this;
  }
  TableMaker& key(Names columns) {
    table_.primaryKey.emplace();
    table_.primaryKey->columns = std::move(columns);
    return *this;
  }
  TableMaker& unique(Names columns) {
    UniqueConstraint constraint;
    constraint.columns = std::move(columns);
    table_.uniqueConstraints.push_back(std::move(constraint));
    return *this;
  }
  TableMaker& index(std::string name, const Names& columns, bool unique = false) {
    Index index;
    index.name = std::move(name);
    index.unique = unique;
    for (const std::string& column : columns) {
      index.parts.emplace_back();
      index.parts.back().column = column;
    }
    table_.indexes.push_back(std::move(index));
    return *this;
  }
  /// A foreign key; leave `theirs` out for the target's primary key.
  TableMaker& references(Names own, std::string target, Names theirs = {},
                         std::string targetSchema = "") {
    ForeignKey key;
    key.columns = std::move(own);
    key.references.schema = std::move(targetSchema);
    key.references.table = std::move(target);
    key.references.columns = std::move(theirs);
    table_.foreignKeys.push_back(std::move(key));
    return *this;
  }
  [[nodiscard]] Table& raw() { return table_; }
  operator Table() const { return table_; }  // NOLINT(google-explicit-constructor): reads as a list

 private:
  Table table_;
};

/// A catalog of these tables that ignores case and has one schema, as SQLite's.
inline Catalog catalogOf(std::vector<Table> tables) {
  Catalog catalog;
  catalog.dialect = "sqlite";
  catalog.serverVersion = "3.40.1";
  catalog.searchPath = {"main"};
  catalog.ignoreCase = true;
  catalog.tables = std::move(tables);
  return catalog;
}

inline std::shared_ptr<const Schema> schemaOf(std::vector<Table> tables,
                                              const RelationNames& names = {}) {
  return Schema::build(catalogOf(std::move(tables)), names);
}

/// A relation in one line: "posts hasMany posts (id) -> (author_id)", and "via t (a) -> (b)" for a
/// many-to-many one.
inline std::string describe(const Relation& relation) {
  const auto list = [](const Names& names) {
    std::string out = "(";
    for (const std::string& name : names) out += (out.size() > 1 ? ", " : "") + name;
    return out + ")";
  };
  std::string out = relation.name + " " + std::string(relationKindName(relation.kind)) + " " +
                    relation.table + " " + list(relation.columns) + " -> " +
                    list(relation.foreignColumns);
  if (relation.through) {
    out += " via " + relation.through->table + " " + list(relation.through->columns) + " -> " +
           list(relation.through->foreignColumns);
  }
  return out;
}

/// The relations of a table, one line each.
inline Names relationsOf(const Schema& schema, const std::string& table) {
  Names out;
  for (const Relation& relation : schema.table(table).relations) out.push_back(describe(relation));
  return out;
}

/// The names of the relations of a table.
inline Names relationNamesOf(const Schema& schema, const std::string& table) {
  Names out;
  for (const Relation& relation : schema.table(table).relations) out.push_back(relation.name);
  return out;
}

}  // namespace sonde::test
