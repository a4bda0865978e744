// Makes a Catalog of the rows that the statements of mysql_catalog_server.hpp give.
//
// Invariant: the rows of one statement are joined to those of another here, by name, each in one
// look; rows of tables that were not listed (dropped meanwhile, or hidden) are left out. Knows
// nothing of connections. Used by the catalog reader and by tests that feed it the rows of a server
// which is not at hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "../../introspect/schema.hpp"
#include "mysql_catalog_server.hpp"

namespace sonde::mysql {

/// See the file comment. Used once: add() every row in the order of kCatalogQueries, then finish().
class CatalogBuilder {
 public:
  explicit CatalogBuilder(CatalogServer server);

  [[nodiscard]] const CatalogServer& server() const noexcept { return server_; }

  /// Adds a row of a statement.
  void add(CatalogQuery query, Fields row);

  /// @return The catalog: tables and their parts by name, columns and keys in their own order.
  [[nodiscard]] Catalog finish();

 private:
  /// A trigger until those of its table can be put in the order they fire in.
  struct PlacedTrigger {
    std::size_t table;
    std::int64_t order;
    Trigger trigger;
  };

  [[nodiscard]] std::string keyOf(std::string_view schema, std::string_view name) const;
  [[nodiscard]] Table* findTable(Fields row);
  void addTable(Fields row);
  void addColumn(Table& table, Fields row);
  void addIndexPart(Table& table, Fields row);
  void addForeignKeyColumn(Table& table, Fields row);
  void addCheck(Table& table, std::string_view name, bool ofColumn, std::string_view clause);
  void addView(Table& table, Fields row);
  void addTrigger(const Table& table, Fields row);
  [[nodiscard]] std::string nameOf(const Table& table) const;
  void placeTriggers();

  CatalogServer server_;
  Catalog catalog_;
  std::unordered_map<std::string, std::size_t> tables_;      // by schema and name
  std::unordered_map<std::string, std::string> collations_;  // of schemas
  std::unordered_map<std::string, std::string> clauses_;     // MySQL: by schema and check
  std::vector<PlacedTrigger> triggers_;
  std::size_t last_ = static_cast<std::size_t>(-1);  // rows of a table come together
};

}  // namespace sonde::mysql
