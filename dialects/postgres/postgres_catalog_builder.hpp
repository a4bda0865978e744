// Puts the rows of PostgreSQL's catalogs together to a Catalog.
//
// Invariant: tables are taken first, then what stands on them, in any order; rows about relations
// that are not listed are passed over. Objects are looked up by OID, never by name. Used once, by
// the catalog reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "../../introspect/schema.hpp"
#include "postgres_catalog_types.hpp"
#include "postgres_result.hpp"

namespace sonde::postgres {

/// See the file comment. The take functions read rows of the statement of that name in sql.
class CatalogBuilder {
 public:
  explicit CatalogBuilder(int serverVersion);

  void takeSearchPath(const PostgresResult& rows);
  void takeExtensionMembers(const PostgresResult& rows);
  void takeTables(const PostgresResult& rows);
  void takeColumns(const PostgresResult& rows);
  void takeKeys(const PostgresResult& rows);
  void takeIndexes(const PostgresResult& rows);  ///< After the keys.
  void takeTriggers(const PostgresResult& rows);
  void takeInheritance(const PostgresResult& rows);
  void takeComments(const PostgresResult& rows);
  void takeSequences(const PostgresResult& rows);
  void takeTypes(const PostgresResult& rows) { types_.take(rows); }
  void takeEnumLabels(const PostgresResult& rows) { types_.takeLabels(rows); }
  void takeDefaults(const PostgresResult& rows);
  void takeRules(const PostgresResult& rows);
  void takeIndexParts(const PostgresResult& rows);
  void takeDefinitions(const PostgresResult& rows);
  void takeTriggerDefinitions(const PostgresResult& rows);
  void takeDomainDefaults(const PostgresResult& rows) { types_.takeDefaults(rows); }
  void takeTypeNames(const PostgresResult& rows) { types_.takeNames(rows); }
  void takeCollations(const PostgresResult& rows) { takeTexts(rows, collations_); }
  void takeOperatorClasses(const PostgresResult& rows) { takeTexts(rows, operatorClasses_); }

  /// Ends the first half: says which types, collations and operator classes are wanted.
  void closeUses() { types_.useDomainBases(); }
  [[nodiscard]] CatalogTypes& types() noexcept { return types_; }
  [[nodiscard]] std::vector<std::uint32_t> collationsUsed() const;
  [[nodiscard]] std::vector<std::uint32_t> operatorClassesUsed() const;

  /// Writes on the relation with this OID what could not be read of it.
  void broke(std::uint32_t relation, std::string_view what, std::string_view why);

  /// @return The catalog. The builder is empty afterwards.
  [[nodiscard]] Catalog finish();

 private:
  using Oid = std::uint32_t;
  using Texts = std::unordered_map<Oid, std::string>;

  struct ColumnSource {
    std::int16_t number = 0;
    std::uint32_t use = 0;
    Oid collation = 0;  // 0 for none and for that of the database
  };
  /// What is known of a table beside the model: its columns' sources, in their order.
  struct Entry {
    std::vector<ColumnSource> sources;
    bool sorted = true;
  };
  /// The index of a constraint.
  struct KeyIndex {
    const char* origin = "";
    std::size_t unique = 0;  // place among the unique constraints
  };
  /// An index or a trigger: its table's place and its own.
  struct Place {
    std::size_t table = 0;
    std::size_t item = 0;
  };
  /// A part of an index whose names are known at the end.
  struct PartSource {
    Place index;
    std::size_t part = 0;
    std::int16_t column = 0;  // 0 for an expression
    Oid collation = 0;
    Oid operatorClass = 0;
  };
  /// A column that a sequence belongs to by default.
  struct Serial {
    std::size_t table = 0;
    std::int16_t column = 0;
    std::string expression;
  };

  static void takeTexts(const PostgresResult& rows, Texts& texts);

  [[nodiscard]] std::size_t find(Oid relation) const;
  [[nodiscard]] Column* findColumn(std::size_t table, std::int16_t number);
  [[nodiscard]] std::string columnName(std::size_t table, std::int16_t number);
  [[nodiscard]] std::vector<std::string> columnNames(std::size_t table, std::string_view numbers);
  [[nodiscard]] std::string qualifiedName(std::size_t table) const;
  [[nodiscard]] std::string schemaName(std::string_view schema) const;

  void sortColumns();
  void addForeignKey(const PostgresResult& rows, std::size_t row, std::size_t place);
  void addIndex(const PostgresResult& rows, std::size_t row, std::size_t place);
  void finishColumns(std::size_t place);
  void finishColumn(Column& column, const ColumnSource& source, const Table& table,
                    std::string& error);
  void finishSerials();
  void finishIndexParts();
  void finishTable(Table& table);

  Catalog catalog_;
  std::vector<Entry> entries_;  // beside catalog_.tables
  std::unordered_map<Oid, std::uint32_t> byOid_;
  std::unordered_set<Oid> ofExtensions_;
  std::unordered_map<Oid, KeyIndex> keyIndexes_;
  std::unordered_map<Oid, Place> indexes_;
  std::unordered_map<Oid, Place> triggers_;
  std::vector<PartSource> parts_;
  std::vector<Serial> serials_;
  CatalogTypes types_;
  Texts collations_;
  Texts operatorClasses_;
};

}  // namespace sonde::postgres
