#include "sqlite_what_if.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../core/text.hpp"
#include "sqlite_clone.hpp"
#include "sqlite_dialect.hpp"
#include "sqlite_plan_cost.hpp"
#include "sqlite_sample.hpp"
#include "sqlite_statistics.hpp"
#include "sqlite_text.hpp"

namespace sonde {
namespace {

/// Whether the statement reads or changes rows, which is what has a plan.
bool hasPlan(std::string_view sql) {
  query::Lexer lexer(sql, SqliteDialect::instance().lexerRules());
  query::Token token;
  if (!lexer.nextSignificant(token)) return true;  // Refused as no statement by whoever prepares.
  static constexpr std::string_view kWords[] = {"SELECT", "WITH",   "VALUES", "INSERT",
                                                "UPDATE", "DELETE", "REPLACE"};
  return std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) {
    return text::equalsIgnoreCase(token.text, word);
  });
}

class SqliteWhatIf final : public WhatIf {
 public:
  SqliteWhatIf(SqliteHandle& source, std::shared_ptr<const Schema> schema,
               const WhatIfOptions& options)
      : schema_(std::move(schema)), clone_(source), statistics_(source, clone_, *schema_, options) {
    for (const Table& table : schema_->tables()) {
      if (table.isStored()) stored_.push_back(text::lower(table.name));
    }
    for (const Table& table : schema_->tables()) {
      if (table.kind == TableKind::View && table.definition) {
        readSqliteAliases(*table.definition, stored_, viewAliases_);
      }
    }
  }

  void assume(std::span<const HypotheticalIndex> indexes) override;
  void hide(std::span<const std::string> names) override;
  [[nodiscard]] bool canHide() const noexcept override { return true; }
  [[nodiscard]] QueryPlan plan(std::string_view sql) override;

  [[nodiscard]] std::optional<double> rows(std::string_view schema,
                                           std::string_view table) override {
    return statistics_.rows(find(schema, table));
  }
  [[nodiscard]] std::optional<double> fraction(std::string_view schema, std::string_view table,
                                               std::string_view condition) override {
    return statistics_.fraction(find(schema, table), condition);
  }
  [[nodiscard]] std::optional<std::uint64_t> size(const HypotheticalIndex& index) override {
    const SqliteSpread spread = statistics_.spread(checked(index), index.index);
    constexpr double kPage = 4096;
    return static_cast<std::uint64_t>(
        std::max(1.0, std::ceil(spread.rows * spread.entryBytes / kPage)) * kPage);
  }

  [[nodiscard]] std::string_view method() const noexcept override {
    return "SQLite's planner on a copy of the schema in memory";
  }
  [[nodiscard]] std::vector<std::string> notes() const override {
    std::vector<std::string> notes = clone_.leftOut();
    notes.insert(notes.end(), statistics_.notes().begin(), statistics_.notes().end());
    return notes;
  }

 private:
  [[nodiscard]] const Table& find(std::string_view schema, std::string_view table) const;
  [[nodiscard]] const Table& checked(const HypotheticalIndex& index) const;
  void make(const Table& table, const Index& index);
  void drop(const Table& table, const Index& index);
  void learnTouched(std::string_view sql);

  std::shared_ptr<const Schema> schema_;
  SqliteClone clone_;
  SqliteStatistics statistics_;
  std::vector<std::string> stored_;
  std::map<std::string, std::string, std::less<>> viewAliases_;
  std::vector<HypotheticalIndex> assumed_;
  std::vector<std::pair<const Table*, const Index*>> hidden_;
};

const Table& SqliteWhatIf::find(std::string_view schema, std::string_view table) const {
  const Table* const found = schema_->findTable(schema.empty() ? "main" : schema, table);
  return found != nullptr ? *found : schema_->table(table);
}

const Table& SqliteWhatIf::checked(const HypotheticalIndex& index) const {
  const Table& table = find(index.schema, index.table);
  for (const IndexPart& part : index.index.parts) {
    if (!part.column.empty()) static_cast<void>(table.column(part.column));
  }
  if (!index.index.include.empty()) {
    throw Unsupported("SQLite has no columns that an index merely includes");
  }
  return table;
}

void SqliteWhatIf::make(const Table& table, const Index& index) {
  clone_.run(SqliteDialect::instance().compiler().createIndex(table, index, IndexBuild::Blocking));
}

void SqliteWhatIf::drop(const Table& table, const Index& index) {
  clone_.run(SqliteDialect::instance().compiler().dropIndex(table, index, IndexBuild::Blocking));
  statistics_.forget(table, index);
}

void SqliteWhatIf::assume(std::span<const HypotheticalIndex> indexes) {
  for (const HypotheticalIndex& index : assumed_) drop(checked(index), index.index);
  assumed_.clear();
  try {
    for (const HypotheticalIndex& index : indexes) {
      const Table& table = checked(index);
      statistics_.learn(table);
      make(table, index.index);
      assumed_.push_back(index);
      statistics_.tell(table, index.index);
    }
  } catch (...) {
    for (const HypotheticalIndex& index : assumed_) drop(checked(index), index.index);
    assumed_.clear();
    throw;
  }
}

void SqliteWhatIf::hide(std::span<const std::string> names) {
  std::vector<std::pair<const Table*, const Index*>> wanted;
  std::vector<std::string> known;
  for (const std::string& name : names) {
    const std::size_t before = wanted.size();
    for (const Table& table : schema_->tables()) {
      for (const Index& index : table.indexes) {
        known.push_back(index.name);
        if (!text::equalsIgnoreCase(index.name, name)) continue;
        if (!index.origin.empty()) {
          throw Unsupported("the index " + quoteForMessage(name) + " belongs to a constraint");
        }
        wanted.emplace_back(&table, &index);
      }
    }
    if (wanted.size() == before) {
      const auto suggestions = nearest(name, known);
      throw SchemaError("no index " + quoteForMessage(name) + didYouMean(suggestions), suggestions);
    }
  }
  for (const auto& [table, index] : std::exchange(hidden_, {})) {
    make(*table, *index);
    statistics_.tell(*table, *index);
  }
  for (const auto& [table, index] : wanted) {
    statistics_.learn(*table);
    drop(*table, *index);
    hidden_.emplace_back(table, index);
  }
}

void SqliteWhatIf::learnTouched(std::string_view sql) {
  std::vector<const Table*> pending;
  for (const std::string& name : clone_.tablesOf(sql)) {
    const std::size_t dot = name.find('.');
    const Table* const table = schema_->findTable(std::string_view(name).substr(0, dot),
                                                  std::string_view(name).substr(dot + 1));
    if (table != nullptr && table->isStored()) pending.push_back(table);
  }
  const bool writes = query::looksLikeWrite(sql, SqliteDialect::instance().lexerRules());
  std::set<const Table*> seen(pending.begin(), pending.end());
  while (!pending.empty()) {
    const Table* const table = pending.back();
    pending.pop_back();
    statistics_.learn(*table);
    if (!writes) continue;
    // A change of a row looks for its children.
    for (const Table& child : schema_->tables()) {
      for (const ForeignKey& key : child.foreignKeys) {
        if (child.schema == table->schema &&
            text::equalsIgnoreCase(key.references.table, table->name) &&
            seen.insert(&child).second) {
          pending.push_back(&child);
        }
      }
    }
  }
}

QueryPlan SqliteWhatIf::plan(std::string_view sql) {
  if (!hasPlan(sql)) throw Unsupported("only statements that read or change rows have a plan");
  learnTouched(sql);
  statistics_.load();
  SqlitePlanFacts facts = statistics_.facts();
  facts.aliases = viewAliases_;
  std::map<std::string, std::string, std::less<>> own;
  readSqliteAliases(sql, stored_, own);
  for (auto& [alias, table] : own) facts.aliases[alias] = table;
  facts.limit = readSqliteLimit(sql);
  return priceSqlitePlan(clone_.explain(sql), facts);
}

}  // namespace

std::unique_ptr<WhatIf> makeSqliteWhatIf(SqliteHandle& source, std::shared_ptr<const Schema> schema,
                                         const WhatIfOptions& options) {
  return std::make_unique<SqliteWhatIf>(source, std::move(schema), options);
}

}  // namespace sonde
