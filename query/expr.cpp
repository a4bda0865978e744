#include "expr.hpp"

#include <algorithm>
#include <utility>

#include "tree.hpp"

namespace sonde::query {

ExprPtr make(Expr::Node node) { return std::make_shared<const Expr>(Expr{std::move(node)}); }

ExprPtr column(std::string name, std::uint32_t source) {
  return make(ColumnRef{source, std::move(name)});
}

ExprPtr parameter(std::uint32_t index) { return make(Parameter{index}); }

ExprPtr constant(Value value) { return make(Constant{std::move(value)}); }

ExprPtr claim(std::string name) { return make(Claim{std::move(name)}); }

ExprPtr compare(CompareOp op, ExprPtr left, ExprPtr right) {
  return make(Compare{op, std::move(left), std::move(right)});
}

ExprPtr negation(ExprPtr operand) { return make(Not{std::move(operand)}); }

ExprPtr both(ExprPtr a, ExprPtr b) {
  if (!a) return b;
  if (!b) return a;
  Junction junction{true, {}};
  // One flat AND keeps the SQL readable and the engine's expression depth low.
  for (ExprPtr* side : {&a, &b}) {
    const auto* inner = std::get_if<Junction>(&(*side)->node);
    if (inner != nullptr && inner->conjunction) {
      junction.operands.insert(junction.operands.end(), inner->operands.begin(),
                               inner->operands.end());
    } else {
      junction.operands.push_back(std::move(*side));
    }
  }
  return make(std::move(junction));
}

namespace {

bool sameList(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), sameExpr);
}

bool sameSelect(const Select& a, const Select& b) {
  const auto sameSource = [](const Source& x, const Source& y) {
    return x.table == y.table && x.alias == y.alias && x.join == y.join && sameExpr(x.on, y.on);
  };
  const auto sameItem = [](const SelectItem& x, const SelectItem& y) {
    return x.alias == y.alias && sameExpr(x.expr, y.expr);
  };
  const auto sameOrder = [](const OrderItem& x, const OrderItem& y) {
    return x.descending == y.descending && x.nulls == y.nulls && x.ignoreCase == y.ignoreCase &&
           sameExpr(x.expr, y.expr);
  };
  return a.distinct == b.distinct && a.allColumns == b.allColumns &&
         std::equal(a.sources.begin(), a.sources.end(), b.sources.begin(), b.sources.end(),
                    sameSource) &&
         std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), sameItem) &&
         std::equal(a.orderBy.begin(), a.orderBy.end(), b.orderBy.begin(), b.orderBy.end(),
                    sameOrder) &&
         sameExpr(a.where, b.where) && sameList(a.groupBy, b.groupBy) &&
         sameExpr(a.having, b.having) && sameExpr(a.limit, b.limit) && sameExpr(a.offset, b.offset);
}

/// Whether two nodes of the same kind are equal.
struct SameNode {
  bool operator()(const ColumnRef& a, const ColumnRef& b) const {
    return a.source == b.source && a.name == b.name && a.depth == b.depth;
  }
  bool operator()(const Parameter& a, const Parameter& b) const { return a.index == b.index; }
  bool operator()(const Constant& a, const Constant& b) const {
    return a.value.type() == b.value.type() && a.value == b.value;
  }
  bool operator()(const Claim& a, const Claim& b) const { return a.name == b.name; }
  bool operator()(const Compare& a, const Compare& b) const {
    return a.op == b.op && sameExpr(a.left, b.left) && sameExpr(a.right, b.right);
  }
  bool operator()(const Match& a, const Match& b) const {
    return a.kind == b.kind && a.ignoreCase == b.ignoreCase && sameExpr(a.subject, b.subject) &&
           sameExpr(a.pattern, b.pattern);
  }
  bool operator()(const InList& a, const InList& b) const {
    return sameExpr(a.subject, b.subject) && sameList(a.items, b.items);
  }
  bool operator()(const InArray& a, const InArray& b) const {
    return sameExpr(a.subject, b.subject) && sameExpr(a.list, b.list);
  }
  bool operator()(const Between& a, const Between& b) const {
    return sameExpr(a.subject, b.subject) && sameExpr(a.low, b.low) && sameExpr(a.high, b.high);
  }
  bool operator()(const IsNull& a, const IsNull& b) const { return sameExpr(a.operand, b.operand); }
  bool operator()(const Junction& a, const Junction& b) const {
    return a.conjunction == b.conjunction && sameList(a.operands, b.operands);
  }
  bool operator()(const Not& a, const Not& b) const { return sameExpr(a.operand, b.operand); }
  bool operator()(const Call& a, const Call& b) const {
    return a.function == b.function && a.distinct == b.distinct &&
           sameList(a.arguments, b.arguments);
  }
  bool operator()(const Exists& a, const Exists& b) const {
    return a.select == b.select || sameSelect(*a.select, *b.select);
  }
  bool operator()(const RawSql& a, const RawSql& b) const {
    return a.sql == b.sql && sameList(a.parameters, b.parameters);
  }
  template <class A, class B>
  bool operator()(const A&, const B&) const {
    return false;
  }
};

}  // namespace

bool sameExpr(const ExprPtr& a, const ExprPtr& b) {
  if (a == b) return true;
  if (!a || !b) return false;
  return std::visit(SameNode{}, a->node, b->node);
}

}  // namespace sonde::query
