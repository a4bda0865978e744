// RewriterChain::apply: puts the rules of every table of a query into its tree.
//
// Rules given by rewriters are trusted as they are: their own subqueries are not restricted again,
// or a rule that looks at its own table would never end.
#include <algorithm>
#include <memory>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "rewriter.hpp"
#include "walk.hpp"

namespace sonde {

namespace {

using query::ColumnRef;
using query::Expr;
using query::ExprPtr;
using query::Operation;
using query::Select;
using query::SelectItem;

/// The rules of one table of a statement. `rules.predicate` still sees the table as source 0.
struct RuledTable {
  const Table* table;
  TableRules rules;
};

/// The tables of one statement; the innermost is the last of a stack.
using RuledScope = std::vector<RuledTable>;

/// @throws SchemaError exactly as for a column that does not exist.
[[noreturn]] void throwHidden(const Table& table, const TableRules& rules,
                              std::string_view column) {
  Table visible = table;
  const auto hidden = [&](const Column& c) { return rules.hides(c.name); };
  visible.columns.erase(std::remove_if(visible.columns.begin(), visible.columns.end(), hidden),
                        visible.columns.end());
  (void)visible.column(column);
  throw SchemaError("no column " + quoteForMessage(column) + " in " + quoteForMessage(table.name));
}

class Rewrite {
 public:
  Rewrite(const RewriterChain& chain, const Context& context) : chain_(chain), context_(context) {}

  void apply(Select& select) {
    RuledScope scope;
    scope.reserve(select.sources.size());
    for (const query::Source& source : select.sources) {
      scope.push_back({source.table, allowed(*source.table, Operation::Select)});
    }
    scopes_.push_back(std::move(scope));
    applyItems(select.items, select.allColumns);
    // The items are done; keep them from being masked twice.
    std::vector<SelectItem> items = std::move(select.items);
    select.items.clear();
    query::mapExprs(select, [this](const ExprPtr& e) { return map(e); });
    select.items = std::move(items);
    for (std::uint32_t i = 0; i < select.sources.size(); ++i) {
      const ExprPtr& predicate = scopes_.back()[i].rules.predicate;
      if (!predicate) continue;
      // In WHERE it would drop the left rows that match nothing.
      const bool outer = select.sources[i].join == query::JoinKind::Left;
      ExprPtr& condition = outer ? select.sources[i].on : select.where;
      condition = query::both(std::move(condition), query::rebind(predicate, i));
    }
    scopes_.pop_back();
  }

  void apply(query::Insert& insert) {
    const Table& table = *insert.table;
    const TableRules rules = allowed(table, Operation::Insert);
    for (const std::string& column : insert.columns) refuseWrite(table, rules, column);
    pushReading(table, {});
    for (auto& row : insert.rows) {
      for (ExprPtr& value : row) value = map(value);
    }
    if (insert.conflict) applyConflict(table, *insert.conflict);
    applyItems(insert.returning, insert.returningAll);
    scopes_.pop_back();
  }

  void apply(query::Update& update) {
    const Table& table = *update.table;
    TableRules rules = allowed(table, Operation::Update);
    for (const query::Assignment& assignment : update.set) {
      refuseWrite(table, rules, assignment.column);
    }
    ExprPtr predicate = std::move(rules.predicate);
    pushReading(table, std::move(rules));
    for (query::Assignment& assignment : update.set) assignment.value = map(assignment.value);
    restrictRows(update.where, std::move(predicate));
    applyItems(update.returning, update.returningAll);
    scopes_.pop_back();
  }

  void apply(query::Delete& deletion) {
    const Table& table = *deletion.table;
    TableRules rules = allowed(table, Operation::Delete);
    ExprPtr predicate = std::move(rules.predicate);
    pushReading(table, std::move(rules));
    restrictRows(deletion.where, std::move(predicate));
    applyItems(deletion.returning, deletion.returningAll);
    scopes_.pop_back();
  }

 private:
  TableRules allowed(const Table& table, Operation operation) const {
    TableRules rules = chain_.rulesFor(table, operation, context_);
    if (rules.denied) denied(table, operation);
    return rules;
  }

  [[noreturn]] static void denied(const Table& table, Operation operation) {
    static constexpr std::string_view kVerbs[] = {"read", "insert into", "update", "delete from"};
    ErrorDetails details;
    details.table = table.name;
    throw AuthorizationError("not allowed to " +
                                 std::string(kVerbs[static_cast<std::size_t>(operation)]) + " " +
                                 quoteForMessage(table.name),
                             std::move(details));
  }

  static void refuseWrite(const Table& table, const TableRules& rules, const std::string& column) {
    if (!rules.hides(column) && rules.maskOf(column) == nullptr) return;
    ErrorDetails details;
    details.table = table.name;
    details.columns = {column};
    throw AuthorizationError("not allowed to write column " + quoteForMessage(column) + " of " +
                                 quoteForMessage(table.name),
                             std::move(details));
  }

  /// Makes the table of a write the one that its expressions read: under the rules for reading, and
  /// what the operation hides and masks besides.
  void pushReading(const Table& table, TableRules written) {
    TableRules reading = allowed(table, Operation::Select);
    for (std::string& column : written.hidden) {
      if (!reading.hides(column)) reading.hide(std::move(column));
    }
    for (query::Assignment& mask : written.masks) {
      if (reading.maskOf(mask.column) == nullptr) reading.masks.push_back(std::move(mask));
    }
    scopes_.push_back({{&table, std::move(reading)}});
  }

  /// Restricts the rows a write touches to those that may be written and may be seen.
  void restrictRows(ExprPtr& where, ExprPtr writable) {
    TableRules rows;
    rows.restrict(std::move(writable));
    const ExprPtr& visible = scopes_.back().front().rules.predicate;
    if (visible && !query::sameExpr(visible, rows.predicate)) rows.restrict(visible);
    where = query::both(map(where), std::move(rows.predicate));
  }

  void applyConflict(const Table& table, query::Conflict& conflict) {
    for (const std::string& column : conflict.target) refuseHidden(column);
    if (!conflict.update) return;
    TableRules rules = allowed(table, Operation::Update);
    for (const std::string& column : conflict.columns) refuseWrite(table, rules, column);
    restrictRows(conflict.where, std::move(rules.predicate));
  }

  void refuseHidden(const std::string& column) const {
    const RuledTable& own = scopes_.back().front();
    if (own.rules.hides(column)) throwHidden(*own.table, own.rules, column);
  }

  void applyItems(std::vector<SelectItem>& items, bool allColumns) {
    if (items.empty()) return;
    std::vector<SelectItem> kept;
    kept.reserve(items.size());
    for (SelectItem& item : items) {
      const auto* ref = std::get_if<ColumnRef>(&item.expr->node);
      if (ref != nullptr && allColumns && ruled(*ref).rules.hides(ref->name)) continue;
      ExprPtr mapped = map(item.expr);
      if (ref != nullptr && mapped != item.expr && item.alias.empty()) item.alias = ref->name;
      item.expr = std::move(mapped);
      kept.push_back(std::move(item));
    }
    if (kept.empty()) denied(*scopes_.back().front().table, Operation::Select);
    items = std::move(kept);
  }

  const RuledTable& ruled(const ColumnRef& ref) const {
    if (ref.depth >= scopes_.size() ||
        ref.source >= scopes_[scopes_.size() - 1 - ref.depth].size()) {
      throw SchemaError("column " + quoteForMessage(ref.name) +
                        " refers to a table that the query does not have");
    }
    return scopes_[scopes_.size() - 1 - ref.depth][ref.source];
  }

  ExprPtr map(const ExprPtr& expr) {
    if (!expr) return nullptr;
    if (const auto* ref = std::get_if<ColumnRef>(&expr->node)) {
      const RuledTable& own = ruled(*ref);
      if (own.rules.hides(ref->name)) throwHidden(*own.table, own.rules, ref->name);
      const ExprPtr* mask = own.rules.maskOf(ref->name);
      return mask == nullptr ? expr : query::rebind(*mask, ref->source, ref->depth);
    }
    if (std::holds_alternative<query::RawSql>(expr->node)) {
      throw AuthorizationError("raw SQL fragments are refused while access rules are active");
    }
    return query::mapOperands(
        expr, [this](const ExprPtr& e) { return map(e); },
        [this](const std::shared_ptr<const Select>& select) {
          auto copy = std::make_shared<Select>(*select);
          apply(*copy);
          return std::shared_ptr<const Select>(std::move(copy));
        });
  }

  const RewriterChain& chain_;
  const Context& context_;
  std::vector<RuledScope> scopes_;
};

}  // namespace

query::Query RewriterChain::apply(query::Query query, const Context& context) const {
  if (empty()) return query;
  Rewrite rewrite(*this, context);
  std::visit([&](auto& statement) { rewrite.apply(statement); }, query);
  return query;
}

}  // namespace sonde
