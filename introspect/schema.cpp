#include "schema.hpp"

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "fingerprint.hpp"
#include "foreign_keys.hpp"
#include "relations.hpp"

namespace sonde {
namespace {

std::string qualified(const Table& table) { return table.schema + '.' + table.name; }

}  // namespace

Schema::Schema(Catalog catalog)
    : catalog_(std::move(catalog)),
      lookup_(catalog_.tables, catalog_.searchPath, catalog_.ignoreCase) {}

std::shared_ptr<const Schema> Schema::build(Catalog catalog, const RelationNames& names) {
  for (Table& table : catalog.tables) table.ignoreCase |= catalog.ignoreCase;
  const std::shared_ptr<Schema> schema(new Schema(std::move(catalog)));
  std::vector<Table>& tables = schema->catalog_.tables;
  for (std::uint32_t i = 0; i < tables.size(); ++i) {
    tables[i].shadowed = schema->lookup_.find(tables[i].name) != i;
  }
  detail::resolveForeignKeys(tables, schema->lookup_);
  detail::inferRelations(tables, schema->lookup_);
  detail::overrideNames(tables, schema->lookup_, names);
  schema->fingerprint_ = detail::fingerprintOf(schema->catalog_);
  return schema;
}

const Table* Schema::findTable(std::string_view name) const noexcept {
  const auto position = lookup_.find(name);
  return position ? &catalog_.tables[*position] : nullptr;
}

const Table* Schema::findTable(std::string_view schema, std::string_view name) const noexcept {
  const auto position = lookup_.find(schema, name);
  return position ? &catalog_.tables[*position] : nullptr;
}

std::string Schema::displayName(const Table& table) const {
  return findTable(table.name) == &table ? table.name : qualified(table);
}

const Table& Schema::table(std::string_view name) const {
  if (const Table* found = findTable(name)) return *found;
  // A dotted name is compared with dotted ones, or the schema alone would put everything out of
  // reach.
  const bool dotted = name.find('.') != std::string_view::npos;
  std::vector<std::string> candidates;
  for (const Table& table : tables()) {
    if (!table.isListed()) continue;
    candidates.push_back(displayName(table));
    if (dotted && candidates.back() == table.name) candidates.push_back(qualified(table));
  }
  std::vector<std::string> suggestions = nearest(name, candidates);
  const std::string message = "no table or view " + quoteForMessage(name) + didYouMean(suggestions);
  ErrorDetails details;
  details.table = name;
  throw SchemaError(message, std::move(suggestions), std::move(details));
}

}  // namespace sonde
