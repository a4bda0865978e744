#include "walk.hpp"

#include <utility>

namespace sonde::query {

namespace {

/// Maps the operands of one node. Gives the mapped node in `changed` when any of them differs.
struct OperandMapper {
  ExprMap each;
  SelectMap select;
  bool changed = false;

  ExprPtr map(const ExprPtr& operand) {
    if (!operand) return nullptr;
    ExprPtr mapped = each(operand);
    changed = changed || mapped != operand;
    return mapped;
  }
  std::vector<ExprPtr> map(const std::vector<ExprPtr>& operands) {
    std::vector<ExprPtr> mapped;
    mapped.reserve(operands.size());
    for (const ExprPtr& operand : operands) mapped.push_back(map(operand));
    return mapped;
  }

  Expr::Node operator()(const Compare& n) { return Compare{n.op, map(n.left), map(n.right)}; }
  Expr::Node operator()(const Match& n) {
    return Match{n.kind, map(n.subject), map(n.pattern), n.ignoreCase};
  }
  Expr::Node operator()(const InList& n) { return InList{map(n.subject), map(n.items)}; }
  Expr::Node operator()(const InArray& n) { return InArray{map(n.subject), map(n.list)}; }
  Expr::Node operator()(const Between& n) {
    return Between{map(n.subject), map(n.low), map(n.high)};
  }
  Expr::Node operator()(const IsNull& n) { return IsNull{map(n.operand)}; }
  Expr::Node operator()(const Junction& n) { return Junction{n.conjunction, map(n.operands)}; }
  Expr::Node operator()(const Not& n) { return Not{map(n.operand)}; }
  Expr::Node operator()(const Call& n) { return Call{n.function, map(n.arguments), n.distinct}; }
  Expr::Node operator()(const RawSql& n) { return RawSql{n.sql, map(n.parameters)}; }
  Expr::Node operator()(const Exists& n) {
    auto mapped = select(n.select);
    changed = changed || mapped != n.select;
    return Exists{std::move(mapped)};
  }
  template <class Leaf>
  Expr::Node operator()(const Leaf& n) {
    return n;
  }
};

ExprPtr rebindAt(const ExprPtr& expr, std::uint32_t source, std::uint32_t depth,
                 std::uint32_t level) {
  if (const auto* ref = std::get_if<ColumnRef>(&expr->node)) {
    if (ref->depth != level || ref->source != 0) return expr;
    return make(ColumnRef{source, ref->name, level + depth});
  }
  const auto each = [&](const ExprPtr& e) { return rebindAt(e, source, depth, level); };
  const auto inside = [&](const std::shared_ptr<const Select>& select) {
    auto copy = std::make_shared<Select>(*select);
    mapExprs(*copy, [&](const ExprPtr& e) { return rebindAt(e, source, depth, level + 1); });
    return std::shared_ptr<const Select>(std::move(copy));
  };
  return mapOperands(expr, each, inside);
}

}  // namespace

ExprPtr mapOperands(const ExprPtr& expr, ExprMap each, SelectMap select) {
  if (!expr) return nullptr;
  OperandMapper mapper{each, select};
  Expr::Node mapped = std::visit(mapper, expr->node);
  return mapper.changed ? make(std::move(mapped)) : expr;
}

void mapExprs(Select& select, ExprMap each) {
  const auto apply = [&](ExprPtr& expr) {
    if (expr) expr = each(expr);
  };
  for (Source& source : select.sources) apply(source.on);
  for (SelectItem& item : select.items) apply(item.expr);
  apply(select.where);
  for (ExprPtr& group : select.groupBy) apply(group);
  apply(select.having);
  for (OrderItem& order : select.orderBy) apply(order.expr);
  apply(select.limit);
  apply(select.offset);
}

ExprPtr rebind(const ExprPtr& expr, std::uint32_t source, std::uint32_t depth) {
  if (!expr || (source == 0 && depth == 0)) return expr;
  return rebindAt(expr, source, depth, 0);
}

}  // namespace sonde::query
