// Names of relations that the configuration gives.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "relations.hpp"
#include "taken_names.hpp"

namespace sonde::detail {
namespace {

template <typename Items, typename NameOf>
std::string suggest(std::string_view wrong, const Items& items, NameOf nameOf) {
  std::vector<std::string> names;
  names.reserve(items.size());
  for (const auto& item : items) names.push_back(nameOf(item));
  return didYouMean(nearest(wrong, names));
}

[[noreturn]] void fail(const std::string& problem) {
  throw ConfigError("relation names: " + problem);
}

std::uint32_t tableCalled(const std::vector<Table>& tables, const TableLookup& lookup,
                          const std::string& name) {
  const auto found = lookup.find(name);
  if (!found) {
    fail("no table " + quoteForMessage(name) +
         suggest(name, tables, [](const Table& table) { return table.name; }));
  }
  return *found;
}

std::size_t relationCalled(const Table& table, const std::string& name) {
  const Relation* found = table.findRelation(name);
  if (found == nullptr) {
    fail("no relation " + quoteForMessage(name) + " in table " + quoteForMessage(table.name) +
         suggest(name, table.relations, [](const Relation& relation) { return relation.name; }));
  }
  return static_cast<std::size_t>(found - table.relations.data());
}

void requireDistinct(const Table& table) {
  TakenNames taken(table);
  for (const Relation& relation : table.relations) {
    if (taken.take(relation.name)) continue;
    fail("table " + quoteForMessage(table.name) + " has a column or another relation called " +
         quoteForMessage(relation.name));
  }
}

}  // namespace

void overrideNames(std::vector<Table>& tables, const TableLookup& lookup,
                   const RelationNames& names) {
  // Inferred names are looked up before any is replaced, so that two relations can swap theirs.
  std::map<std::uint32_t, std::map<std::size_t, std::string>> changes;
  for (const auto& [tableName, renames] : names) {
    const std::uint32_t position = tableCalled(tables, lookup, tableName);
    const Table& table = tables[position];
    for (const auto& [inferred, name] : renames) {
      if (name.empty()) {
        fail("the name for " + quoteForMessage(inferred) + " in table " +
             quoteForMessage(table.name) + " is empty");
      }
      const std::size_t relation = relationCalled(table, inferred);
      if (!changes[position].emplace(relation, name).second) {
        fail("relation " + quoteForMessage(inferred) + " of table " + quoteForMessage(table.name) +
             " is named twice");
      }
    }
  }
  for (const auto& [position, renames] : changes) {
    for (const auto& [relation, name] : renames) tables[position].relations[relation].name = name;
    requireDistinct(tables[position]);
  }
}

}  // namespace sonde::detail
