// Walks the schema of a database it has never seen.   schema_walk DATABASE
#include <sonde/sonde.hpp>

#include <iostream>
#include <string>

namespace {

void print(const sonde::Table& table) {
  std::cout << tableKindName(table.kind) << ' ' << table.name;
  if (table.rowEstimate) std::cout << ", about " << *table.rowEstimate << " rows";
  std::cout << '\n';
  if (table.error) {
    std::cout << "  cannot be read: " << *table.error << '\n';
    return;
  }
  for (const sonde::Column& column : table.columns) {
    std::cout << "  " << column.name << ": " << typeName(column.type);
    if (!column.declaredType.empty()) std::cout << " (" << column.declaredType << ')';
    if (!column.nullable) std::cout << ", required";
    if (column.generated != sonde::Generated::No) {
      std::cout << ", computed as " << column.generatedExpression;
    }
    std::cout << '\n';
  }
  for (const sonde::Relation& relation : table.relations) {
    std::cout << "  -> " << relation.name << ": " << relationKindName(relation.kind) << ' '
              << relation.table;
    if (relation.through) std::cout << " through " << relation.through->table;
    std::cout << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::cerr << "usage: schema_walk DATABASE\n";
    return 2;
  }
  const auto db = sonde::Database::open("sqlite:" + std::string(argv[1]) + "?mode=ro");
  const auto schema = db.schema();
  std::cout << schema->dialect() << ' ' << schema->serverVersion() << ", fingerprint "
            << schema->fingerprint() << '\n';
  for (const sonde::Table& table : schema->tables()) {
    if (table.isListed()) {
      print(table);
    }
  }
  return 0;
} catch (const sonde::Error& error) {
  std::cerr << "schema_walk: " << error.what() << '\n';
  return 1;
}
