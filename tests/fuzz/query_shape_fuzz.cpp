// Any text as a statement: its shape names only sources and columns that are there, and no text
// grows beyond the statement's own size.
#include <sonde/monitor/advisor/query_shape.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "require.hpp"

namespace {

using sonde::advisor::Conjunction;
using sonde::advisor::KeyTerm;
using sonde::advisor::QueryBlock;

std::shared_ptr<const sonde::Schema> forum() {
  sonde::Catalog catalog;
  catalog.dialect = "sqlite";
  catalog.ignoreCase = true;
  catalog.searchPath = {"main"};
  const auto add = [&](const char* name, std::initializer_list<const char*> columns) {
    sonde::Table table;
    table.schema = "main";
    table.name = name;
    for (const char* column : columns) {
      table.columns.emplace_back();
      table.columns.back().name = column;
    }
    catalog.tables.push_back(std::move(table));
  };
  add("users", {"id", "email", "deleted_at"});
  add("posts", {"id", "user_id", "title"});
  add("live", {"mail"});
  catalog.tables.back().kind = sonde::TableKind::View;
  catalog.tables.back().definition =
      "CREATE VIEW live AS SELECT email FROM users WHERE deleted_at IS NULL";
  return sonde::Schema::build(std::move(catalog));
}

void check(const KeyTerm& term, const QueryBlock& block, std::size_t size) {
  require(term.source < block.sources.size());
  require(term.column.empty() != term.expression.empty());
  if (!term.column.empty()) {
    require(block.sources[term.source].table->findColumn(term.column) != nullptr);
  }
  require(term.expression.size() <= 2 * size);
}

void check(const Conjunction& predicates, const QueryBlock& block, std::size_t size) {
  for (const auto& predicate : predicates) {
    check(predicate.term, block, size);
    if (predicate.joined) check(*predicate.joined, block, size);
    require(predicate.condition.size() <= 2 * size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto schema = forum();
  // The first byte says which quotes and parameters there are.
  sonde::query::LexerRules rules;
  const unsigned bits = size == 0 ? 0 : data[0];
  rules.backtickIdentifiers = (bits & 1U) != 0;
  rules.bracketIdentifiers = (bits & 2U) != 0;
  rules.doubleQuoteStrings = (bits & 4U) != 0;
  rules.dollarParameters = (bits & 8U) != 0;
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  const std::size_t longest = sql.size() + 100;  // the definition of the view counts too
  const auto shape = sonde::advisor::readQueryShape(sql, *schema, rules);
  for (const QueryBlock& block : shape.blocks) {
    check(block.predicates, block, longest);
    for (const auto& either : block.alternatives) {
      for (const Conjunction& branch : either.branches) check(branch, block, longest);
    }
    for (const auto& key : block.order) check(key.term, block, longest);
    for (const auto& key : block.group) check(key.term, block, longest);
    if (block.extreme) check(*block.extreme, block, longest);
  }
  return 0;
}
