#include "rewriter.hpp"

#include <algorithm>
#include <utility>

#include "../core/text.hpp"

namespace sonde {

using query::Operation;

namespace {

/// Adds a condition with AND, unless it is there already: several rewriters often ask the same.
void addTo(query::ExprPtr& all, query::ExprPtr more) {
  if (query::sameExpr(all, more)) return;
  const auto* junction = all ? std::get_if<query::Junction>(&all->node) : nullptr;
  if (junction != nullptr && junction->conjunction &&
      std::any_of(junction->operands.begin(), junction->operands.end(),
                  [&](const query::ExprPtr& one) { return query::sameExpr(one, more); })) {
    return;
  }
  all = query::both(std::move(all), std::move(more));
}

}  // namespace

void TableRules::restrict(query::ExprPtr more) { addTo(predicate, std::move(more)); }

void TableRules::require(query::ExprPtr more) { addTo(check, std::move(more)); }

void TableRules::hide(std::string column) { hidden.push_back(std::move(column)); }

void TableRules::mask(std::string column, query::ExprPtr by) {
  masks.push_back({std::move(column), std::move(by)});
}

bool TableRules::hides(std::string_view column) const noexcept {
  return std::any_of(hidden.begin(), hidden.end(),
                     [&](const std::string& name) { return text::equalsIgnoreCase(name, column); });
}

const query::ExprPtr* TableRules::maskOf(std::string_view column) const noexcept {
  const auto found = std::find_if(masks.begin(), masks.end(), [&](const query::Assignment& mask) {
    return text::equalsIgnoreCase(mask.column, column);
  });
  return found == masks.end() ? nullptr : &found->value;
}

RewriterChain::RewriterChain(std::vector<std::shared_ptr<const QueryRewriter>> rewriters)
    : rewriters_(std::move(rewriters)) {}

std::uint64_t RewriterChain::fingerprint(const Context& context) const {
  if (empty()) return 0;
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a over the words
  for (const auto& rewriter : rewriters_) {
    hash = (hash ^ rewriter->fingerprint(context)) * 0x100000001b3U;
    hash ^= hash >> 32;
  }
  return hash == 0 ? 1 : hash;
}

TableRules RewriterChain::rulesFor(const Table& table, Operation operation,
                                   const Context& context) const {
  TableRules sum;
  const bool writesRows = operation == Operation::Insert || operation == Operation::Update;
  for (const auto& rewriter : rewriters_) {
    TableRules rules;
    rewriter->rules(table, operation, context, rules);
    // A row that its writer could not see afterwards is refused, unless the rewriter says
    // otherwise.
    if (writesRows && !rules.check) rules.check = rules.predicate;
    if (rules.predicate) sum.restrict(std::move(rules.predicate));
    if (rules.check) sum.require(std::move(rules.check));
    std::move(rules.hidden.begin(), rules.hidden.end(), std::back_inserter(sum.hidden));
    std::move(rules.masks.begin(), rules.masks.end(), std::back_inserter(sum.masks));
    sum.denied = sum.denied || rules.denied;
  }
  return sum;
}

}  // namespace sonde
