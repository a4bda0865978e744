#include "renderer.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"
#include "lexer.hpp"

namespace sonde::query {

namespace {

constexpr std::string_view kTrue = "1 = 1";
constexpr std::string_view kFalse = "1 = 0";
constexpr std::size_t kFlatOperands = 256;

std::string_view operatorText(CompareOp op) noexcept {
  switch (op) {
    case CompareOp::Eq:
      return " = ";
    case CompareOp::Ne:
      return " <> ";
    case CompareOp::Lt:
      return " < ";
    case CompareOp::Le:
      return " <= ";
    case CompareOp::Gt:
      return " > ";
    case CompareOp::Ge:
      return " >= ";
  }
  return " = ";
}

std::string_view functionName(FunctionKind function) noexcept {
  switch (function) {
    case FunctionKind::Lower:
      return "lower";
    case FunctionKind::Upper:
      return "upper";
    case FunctionKind::Count:
      return "count";
    case FunctionKind::Sum:
      return "sum";
    case FunctionKind::Avg:
      return "avg";
    case FunctionKind::Min:
      return "min";
    case FunctionKind::Max:
      return "max";
    case FunctionKind::Coalesce:
      return "coalesce";
  }
  return "coalesce";
}

bool isAtom(const Expr& expr) noexcept {
  return std::holds_alternative<ColumnRef>(expr.node) ||
         std::holds_alternative<Parameter>(expr.node) ||
         std::holds_alternative<Constant>(expr.node) || std::holds_alternative<Claim>(expr.node) ||
         std::holds_alternative<Call>(expr.node) || std::holds_alternative<RawSql>(expr.node);
}

/// The expression without junctions of one operand around it.
const ExprPtr& unwrapped(const ExprPtr& expr) noexcept {
  const ExprPtr* at = &expr;
  while (const auto* junction = std::get_if<Junction>(&(*at)->node)) {
    if (junction->operands.size() != 1) break;
    at = &junction->operands.front();
  }
  return *at;
}

/// Whether an item gives its result a name that means another column of the table, so that an
/// unqualified name in ORDER BY or GROUP BY would be taken for the item.
bool hidesColumn(const SelectItem& item, const Table& table) {
  if (item.alias.empty() || table.findColumn(item.alias) == nullptr) return false;
  const auto* ref = std::get_if<ColumnRef>(&item.expr->node);
  return ref == nullptr || !text::equalsIgnoreCase(ref->name, item.alias);
}

}  // namespace

Renderer& Renderer::sql(std::string_view text) {
  plan_.sql += text;
  return *this;
}

Renderer& Renderer::identifier(std::string_view name) {
  plan_.sql += compiler_->quote(name);
  return *this;
}

Renderer& Renderer::identifiers(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) sql(", ");
    identifier(names[i]);
  }
  return *this;
}

Renderer& Renderer::expr(const ExprPtr& expr) {
  std::visit([this](const auto& n) { node(n); }, expr->node);
  return *this;
}

Renderer& Renderer::operand(const ExprPtr& whole) {
  const ExprPtr& inner = unwrapped(whole);
  if (isAtom(*inner)) return expr(inner);
  return sql("(").expr(inner).sql(")");
}

Renderer& Renderer::list(const std::vector<ExprPtr>& exprs) {
  for (std::size_t i = 0; i < exprs.size(); ++i) {
    if (i != 0) sql(", ");
    expr(exprs[i]);
  }
  return *this;
}

void Renderer::placeholder(Slot slot) {
  if (slot.kind == Slot::Kind::Argument) {
    plan_.argumentCount = std::max(plan_.argumentCount, slot.index + 1);
  }
  plan_.slots.push_back(std::move(slot));
  compiler_->renderPlaceholder(*this, plan_.slots.size());
}

Renderer& Renderer::transformed(const ExprPtr& value, BindTransform transform, bool ignoreCase) {
  Slot slot;
  slot.transform = transform;
  slot.ignoreCase = ignoreCase;
  if (const auto* parameter = std::get_if<Parameter>(&value->node)) {
    slot.index = parameter->index;
  } else if (const auto* constant = std::get_if<Constant>(&value->node)) {
    slot.kind = Slot::Kind::Constant;
    slot.index = static_cast<std::uint32_t>(plan_.constants.size());
    plan_.constants.push_back(constant->value);
  } else if (const auto* claim = std::get_if<Claim>(&value->node)) {
    slot.kind = Slot::Kind::Claim;
    slot.claim = claim->name;
  } else {
    throw Unsupported("a pattern or list has to be a bound value, not an expression");
  }
  placeholder(std::move(slot));
  return *this;
}

void Renderer::node(const Parameter& parameter) {
  Slot slot;
  slot.index = parameter.index;
  placeholder(std::move(slot));
}

void Renderer::node(const Constant& constant) {
  Slot slot;
  slot.kind = Slot::Kind::Constant;
  slot.index = static_cast<std::uint32_t>(plan_.constants.size());
  plan_.constants.push_back(constant.value);
  placeholder(std::move(slot));
}

void Renderer::node(const Claim& claim) {
  Slot slot;
  slot.kind = Slot::Kind::Claim;
  slot.claim = claim.name;
  placeholder(std::move(slot));
}

const Renderer::ScopeSource* Renderer::sourceOf(const ColumnRef& ref) const noexcept {
  if (ref.depth >= scopes_.size()) return nullptr;
  const Scope& scope = scopes_[scopes_.size() - 1 - ref.depth];
  return ref.source < scope.sources.size() ? &scope.sources[ref.source] : nullptr;
}

const Column* Renderer::columnOf(const ExprPtr& expr) const noexcept {
  const auto* ref = std::get_if<ColumnRef>(&unwrapped(expr)->node);
  const ScopeSource* source = ref == nullptr ? nullptr : sourceOf(*ref);
  return source == nullptr ? nullptr : source->table->findColumn(ref->name);
}

bool Renderer::neverNull(const ExprPtr& expr) const noexcept {
  const Column* column = columnOf(expr);
  if (column == nullptr || column->nullable) return false;
  return !sourceOf(std::get<ColumnRef>(unwrapped(expr)->node))->optional;
}

void Renderer::node(const ColumnRef& ref) {
  const ScopeSource* source = sourceOf(ref);
  if (source == nullptr) {
    throw SchemaError("column " + quoteForMessage(ref.name) +
                      " refers to a table that the query does not have");
  }
  if (scopes_[scopes_.size() - 1 - ref.depth].qualify || ref.depth != 0) {
    identifier(source->alias).sql(".");
  }
  identifier(ref.name);
}

Renderer& Renderer::valueFor(const ExprPtr& value, const Column* column) {
  const BindTransform transform =
      column == nullptr ? BindTransform::None : compiler_->valueTransform(*column);
  const ExprPtr& inner = unwrapped(value);
  const bool bound = std::holds_alternative<Parameter>(inner->node) ||
                     std::holds_alternative<Constant>(inner->node) ||
                     std::holds_alternative<Claim>(inner->node);
  return transform != BindTransform::None && bound ? transformed(inner, transform) : operand(inner);
}

void Renderer::node(const Compare& compare) {
  valueFor(compare.left, columnOf(compare.right)).sql(operatorText(compare.op));
  valueFor(compare.right, columnOf(compare.left));
}

void Renderer::node(const Match& match) { compiler_->renderMatch(*this, match); }

void Renderer::inList(const InList& in, bool negated) {
  if (in.items.empty()) {
    sql(negated ? kTrue : kFalse);
    return;
  }
  const Column* column = columnOf(in.subject);
  operand(in.subject).sql(negated ? " NOT IN (" : " IN (");
  for (std::size_t i = 0; i < in.items.size(); ++i) {
    if (i != 0) sql(", ");
    valueFor(in.items[i], column);
  }
  sql(")");
}

void Renderer::node(const InList& in) { inList(in, false); }

void Renderer::node(const InArray& in) { compiler_->renderInArray(*this, in); }

void Renderer::node(const Between& between) {
  const Column* column = columnOf(between.subject);
  operand(between.subject).sql(" BETWEEN ").valueFor(between.low, column);
  sql(" AND ").valueFor(between.high, column);
}

void Renderer::node(const IsNull& isNull) { operand(isNull.operand).sql(" IS NULL"); }

void Renderer::node(const Junction& junction) {
  if (junction.operands.empty()) {
    sql(junction.conjunction ? kTrue : kFalse);
  } else {
    junctionRange(junction, 0, junction.operands.size());
  }
}

void Renderer::junctionRange(const Junction& junction, std::size_t from, std::size_t to) {
  const std::string_view op = junction.conjunction ? " AND " : " OR ";
  if (to - from > kFlatOperands) {
    // Engines read a long chain as one level for each operand, and have a limit (SQLite: 1000).
    const std::size_t middle = from + (to - from) / 2;
    sql("(");
    junctionRange(junction, from, middle);
    sql(")").sql(op).sql("(");
    junctionRange(junction, middle, to);
    sql(")");
    return;
  }
  for (std::size_t i = from; i < to; ++i) {
    if (i != from) sql(op);
    const ExprPtr& part = unwrapped(junction.operands[i]);
    const auto* inner = std::get_if<Junction>(&part->node);
    // OR inside AND must be enclosed; AND inside OR is, for the reader.
    const bool enclose = inner != nullptr && inner->operands.size() > 1 &&
                         junction.operands.size() > 1 && inner->conjunction != junction.conjunction;
    if (enclose) sql("(");
    expr(part);
    if (enclose) sql(")");
  }
}

void Renderer::node(const Not& negation) {
  const ExprPtr& inner = unwrapped(negation.operand);
  if (const auto* isNull = std::get_if<IsNull>(&inner->node)) {
    operand(isNull->operand).sql(" IS NOT NULL");
  } else if (const auto* in = std::get_if<InList>(&inner->node)) {
    inList(*in, true);
  } else if (const auto* exists = std::get_if<Exists>(&inner->node)) {
    sql("NOT ");
    node(*exists);
  } else {
    sql("NOT (").expr(inner).sql(")");
  }
}

void Renderer::node(const Call& call) {
  sql(functionName(call.function)).sql(call.distinct ? "(DISTINCT " : "(");
  if (call.arguments.empty()) {
    sql("*");
  } else {
    list(call.arguments);
  }
  sql(")");
}

void Renderer::node(const Exists& exists) {
  sql("EXISTS (");
  select(*exists.select, true);
  sql(")");
}

void Renderer::node(const RawSql& raw) {
  const LexerRules& rules = compiler_->lexerRules();
  checkFragment(raw.sql, rules);
  Lexer lexer(raw.sql, rules);
  Token token;
  std::size_t used = 0;
  sql("(");
  while (lexer.next(token)) {
    if (token.kind == TokenKind::Comment) {
      sql(" ");  // a comment to the end of the line would swallow what follows the fragment
    } else if (token.kind == TokenKind::Parameter) {
      if (token.text != "?" || used == raw.parameters.size()) {
        throw ValidationError("a raw SQL fragment has other placeholders than the " +
                              std::to_string(raw.parameters.size()) +
                              " `?` it was given values for");
      }
      expr(raw.parameters[used++]);
    } else {
      sql(token.text == "??" ? "?" : token.text);
    }
  }
  sql(")");
  if (used != raw.parameters.size()) {
    throw ValidationError("a raw SQL fragment has " + std::to_string(used) +
                          " placeholders but was given " + std::to_string(raw.parameters.size()) +
                          " values");
  }
}

Renderer& Renderer::query(const Query& query) {
  std::visit([this](const auto& q) { statement(q); }, query);
  return *this;
}

bool Renderer::aliasTaken(const Scope& scope, std::string_view alias) const {
  const auto has = [&](const Scope& s) {
    return std::any_of(s.sources.begin(), s.sources.end(), [&](const ScopeSource& source) {
      return text::equalsIgnoreCase(source.alias, alias);
    });
  };
  return has(scope) || std::any_of(scopes_.begin(), scopes_.end(), has);
}

void Renderer::pushSelectScope(const Select& select, bool nested) {
  Scope scope;
  scope.qualify = nested || select.sources.size() > 1;
  for (const Source& source : select.sources) {
    const std::string& wanted = source.alias.empty() ? source.table->name : source.alias;
    std::string alias = wanted;
    for (int n = 2; aliasTaken(scope, alias); ++n) alias = wanted + "_" + std::to_string(n);
    scope.sources.push_back({source.table, std::move(alias), source.join == JoinKind::Left});
  }
  if (!scope.qualify) {
    const Table& only = *select.sources.front().table;
    scope.qualify = std::any_of(select.items.begin(), select.items.end(),
                                [&](const SelectItem& item) { return hidesColumn(item, only); });
  }
  scopes_.push_back(std::move(scope));
}

void Renderer::pushTableScope(const Table& table) {
  scopes_.push_back({{{&table, table.name, false}}, false});
}

void Renderer::touch(const Table& table, bool written) {
  for (TableUse& use : plan_.tables) {
    if (use.schema == table.schema && use.table == table.name) {
      use.written = use.written || written;
      return;
    }
  }
  plan_.tables.push_back({table.schema, table.name, written});
}

PlanPtr Renderer::finish() {
  const std::size_t most = compiler_->capabilities().maxParameters;
  if (plan_.slots.size() > most) {
    throw Unsupported("the query needs " + std::to_string(plan_.slots.size()) +
                      " parameters, the engine takes at most " + std::to_string(most));
  }
  plan_.direct = plan_.slots.size() == plan_.argumentCount;
  for (std::size_t i = 0; i < plan_.slots.size() && plan_.direct; ++i) {
    const Slot& slot = plan_.slots[i];
    plan_.direct = slot.kind == Slot::Kind::Argument && slot.index == i &&
                   slot.transform == BindTransform::None;
  }
  plan_.id = nextPlanId();
  return std::make_shared<const Plan>(std::move(plan_));
}

}  // namespace sonde::query
