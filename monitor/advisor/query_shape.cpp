// Statements and the clauses of their queries.
#include "shape_reader.hpp"

#include <algorithm>
#include <array>

#include "../../core/text.hpp"

namespace sonde::advisor {

namespace {

constexpr std::array<std::string_view, 3> kCompound = {"UNION", "INTERSECT", "EXCEPT"};
// What makes a query more than a selection of rows: it gives other rows than those it reads.
constexpr std::array<std::string_view, 10> kAggregates = {
    "COUNT", "SUM",        "MIN",          "MAX",       "AVG",
    "TOTAL", "STRING_AGG", "GROUP_CONCAT", "ARRAY_AGG", "OVER"};

/// The clauses of a query in the order they stand in, each by the word it begins with.
constexpr std::array<std::string_view, 12> kClauses = {"FROM",   "WHERE", "GROUP",     "HAVING",
                                                       "WINDOW", "ORDER", "LIMIT",     "OFFSET",
                                                       "FETCH",  "FOR",   "RETURNING", "INTO"};

/// The beginning of the next clause; not the FROM of IS DISTINCT FROM.
std::size_t nextClause(const SqlTokens& tokens, TokenRange range) {
  std::size_t at = tokens.find(range, kClauses);
  while (at < range.end && tokens.is(at, "FROM") && at > 0 && tokens.is(at - 1, "DISTINCT")) {
    at = tokens.find({at + 1, range.end}, kClauses);
  }
  return at;
}

}  // namespace

QueryShape ShapeReader::readStatement() {
  QueryShape shape;
  TokenRange range = tokens_.all();
  while (!range.empty() && tokens_.kind(range.end - 1) == query::TokenKind::Semicolon) --range.end;
  if (tokens_.is(range.begin, "EXPLAIN")) {
    constexpr std::array<std::string_view, 7> kVerbs = {"SELECT", "WITH",   "VALUES", "INSERT",
                                                        "UPDATE", "DELETE", "REPLACE"};
    range.begin = tokens_.find(range, kVerbs);
  }
  Scope scope;
  std::size_t i = range.begin;
  if (tokens_.is(i, "WITH")) i = readWith(range, scope);
  const TokenRange rest{i, range.end};
  if (rest.empty()) return shape;
  if (tokens_.startsQuery(rest)) {
    shape.kind = StatementKind::Select;
    finishAll(readQuery(rest, &scope));
  } else {
    readWritten(rest, scope, shape);
  }
  shape.blocks = std::move(blocks_);
  return shape;
}

// WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (body), … Gives the token behind it.
std::size_t ShapeReader::readWith(TokenRange range, Scope& scope) {
  std::size_t i = range.begin + 1;
  if (tokens_.is(i, "RECURSIVE")) ++i;
  while (i < range.end && tokens_.isName(i)) {
    CommonTable common;
    common.name = tokens_.name(i++);
    if (tokens_.isOpen(i)) {
      for (const TokenRange item : tokens_.list(tokens_.inside(i))) {
        common.columns.push_back(tokens_.name(item.begin));
      }
      i = tokens_.after(i);
    }
    while (i < range.end && !tokens_.isOpen(i)) ++i;
    if (i >= range.end) break;
    common.body = tokens_.inside(i);
    i = tokens_.after(i);
    scope.commons.push_back(std::move(common));
    if (!tokens_.isSign(i, ",")) break;
    ++i;
  }
  return std::min(i, range.end);
}

std::vector<Scope> ShapeReader::readQuery(TokenRange range, Scope* outer) {
  std::vector<Scope> cores;
  if (depth_ >= ReadBudget::kMaxDepth || range.empty()) return cores;
  ++depth_;
  Scope commons;  // of WITH, which every core sees
  commons.outer = outer;
  range = tokens_.stripped(range);
  if (tokens_.is(range.begin, "WITH")) range.begin = readWith(range, commons);
  range = tokens_.stripped(range);
  std::size_t end = tokens_.find(range, kCompound);
  const bool compound = end < range.end;
  for (std::size_t at = range.begin; at < range.end;) {
    const TokenRange part = tokens_.stripped({at, end});
    const std::size_t before = cores.size();
    readChoices(part, &commons, cores);
    // What stands behind the last core orders all of them.
    for (std::size_t i = before; compound && i < cores.size(); ++i) cores[i].block.order.clear();
    at = behind(end, range.end);
    if (tokens_.is(at, "ALL") || tokens_.is(at, "DISTINCT")) ++at;
    end = tokens_.find({at, range.end}, kCompound);
  }
  for (Scope& core : cores) core.outer = outer;  // `commons` has served
  --depth_;
  return cores;
}

void ShapeReader::readChoices(TokenRange range, Scope* outer, std::vector<Scope>& into) {
  constexpr std::size_t kMost = 8;
  std::size_t choices = 1;
  for (std::size_t choice = 0; choice < std::min(choices, kMost); ++choice) {
    Scope scope;
    scope.outer = outer;
    scope.choice = choice;
    readCore(range, scope);
    choices = scope.choices;
    into.push_back(std::move(scope));
  }
}

ShapeReader::Clause ShapeReader::clausesOf(TokenRange range) const {
  Clause clause;
  std::size_t at = nextClause(tokens_, range);
  clause.select = {range.begin, at};
  while (at < range.end) {
    const std::size_t end = nextClause(tokens_, {at + 1, range.end});
    const bool by = tokens_.is(at + 1, "BY");
    const TokenRange body{std::min(by ? at + 2 : at + 1, end), end};
    if (tokens_.is(at, "FROM")) clause.from = body;
    if (tokens_.is(at, "WHERE")) clause.where = body;
    if (tokens_.is(at, "GROUP")) clause.group = body;
    if (tokens_.is(at, "HAVING")) clause.having = body;
    if (tokens_.is(at, "ORDER")) clause.order = body;
    if (tokens_.is(at, "LIMIT") || tokens_.is(at, "FETCH")) clause.limited = true;
    if (tokens_.is(at, "WINDOW")) clause.windows = true;
    at = end;
  }
  return clause;
}

void ShapeReader::readCore(TokenRange range, Scope& scope) {
  if (!tokens_.is(range.begin, "SELECT")) {
    noteColumns(range, scope);  // VALUES, which may hold subqueries
    return;
  }
  ++range.begin;
  bool distinct = false;
  while (tokens_.is(range.begin, "DISTINCT") || tokens_.is(range.begin, "ALL")) {
    distinct = distinct || tokens_.is(range.begin, "DISTINCT");
    ++range.begin;
  }
  if (distinct && tokens_.is(range.begin, "ON") && tokens_.isOpen(range.begin + 1)) {
    range.begin = tokens_.after(range.begin + 1);
  }
  const Clause clause = clausesOf(range);
  readFrom(clause.from, scope);
  readSelectList(clause.select, scope, distinct);
  readCondition(clause.where, scope, scope.block.predicates, &scope.block.alternatives);
  noteColumns(clause.having, scope);
  readOrder(clause.group, scope, scope.block.group);
  readOrder(clause.order, scope, scope.block.order);
  scope.block.limited = clause.limited;
  scope.simple = !distinct && !clause.limited && !clause.windows && clause.group.empty() &&
                 clause.having.empty() && clause.order.empty() &&
                 !tokens_.holds(clause.select, kAggregates);
}

void ShapeReader::readSelectList(TokenRange range, Scope& scope, bool distinct) {
  if (readExtreme(range, scope)) return;
  bool plain = true;
  for (TokenRange item : tokens_.list(range)) {
    if (tokens_.isSign(item.end - 1, "*")) {
      readStar(item, scope);
      plain = false;
      continue;
    }
    std::string name;
    if (item.size() > 2 && tokens_.is(item.end - 2, "AS")) {
      name = tokens_.name(item.end - 1);
      item.end -= 2;
    } else if (item.size() > 1 && tokens_.isName(item.end - 1) && tokens_.isName(item.end - 2) &&
               !tokens_.is(item.end - 1, "END")) {
      name = tokens_.name(item.end - 1);
      item.end -= 1;
    } else if (tokens_.isName(item.end - 1)) {
      name = tokens_.name(item.end - 1);
    }
    noteColumns(item, scope);
    Operand own = operand(item, scope);
    if (own.kind != Operand::Kind::Term) {
      plain = false;
      continue;
    }
    scope.outputs.emplace_back(std::move(name), std::move(own.term));
  }
  if (!distinct || !plain) return;
  for (const auto& [name, term] : scope.outputs) scope.block.group.push_back({term, false, {}});
}

void ShapeReader::readStar(TokenRange item, Scope& scope) {
  const std::string qualifier = item.size() >= 3 ? tokens_.name(item.end - 3) : std::string();
  for (const NamedSource& named : scope.names) {
    if (item.size() > 1 && !text::equalsIgnoreCase(named.name, qualifier)) continue;
    if (!named.source) {
      scope.outputs.insert(scope.outputs.end(), named.columns.begin(), named.columns.end());
      for (const auto& [name, term] : named.columns) noteColumn(term, scope);
      continue;
    }
    Source& source = scope.block.sources[*named.source];
    source.allColumns = true;
    for (const Column& column : source.table->columns) {
      scope.outputs.emplace_back(column.name, KeyTerm{*named.source, column.name, {}, {}});
    }
  }
}

// SELECT max(column), alone: the end of an index gives it.
bool ShapeReader::readExtreme(TokenRange range, Scope& scope) {
  const std::size_t i = range.begin;
  if (!(tokens_.is(i, "MIN") || tokens_.is(i, "MAX")) || !tokens_.isOpen(i + 1)) return false;
  const TokenRange inside = tokens_.inside(i + 1);
  const std::size_t end = tokens_.after(i + 1);
  const bool alone = end == range.end || (tokens_.is(end, "AS") && end + 2 == range.end);
  if (!alone || inside.end > range.end) return false;
  Operand own = operand(inside, scope);
  if (own.kind != Operand::Kind::Term) return false;
  noteColumns(inside, scope);
  scope.block.extreme = std::move(own.term);
  return true;
}

void ShapeReader::readOrder(TokenRange range, Scope& scope, std::vector<Ordering>& into) {
  bool known = true;
  for (TokenRange item : tokens_.list(range)) {
    noteColumns(item, scope);
    if (!known) continue;
    Ordering ordering;
    if (item.size() > 2 && tokens_.is(item.end - 2, "NULLS")) {
      ordering.nullsFirst = tokens_.is(item.end - 1, "FIRST");
      item.end -= 2;
    }
    if (item.size() > 1 && (tokens_.is(item.end - 1, "ASC") || tokens_.is(item.end - 1, "DESC"))) {
      ordering.descending = tokens_.is(item.end - 1, "DESC");
      --item.end;
    }
    auto term = orderTerm(item, scope);
    known = term.has_value();  // keys behind one that no index has order nothing
    if (!known) continue;
    ordering.term = *std::move(term);
    into.push_back(std::move(ordering));
  }
}

std::optional<KeyTerm> ShapeReader::orderTerm(TokenRange item, Scope& scope) {
  item = tokens_.stripped(item);
  if (item.size() == 1 && tokens_.kind(item.begin) == query::TokenKind::Number) {
    const std::string_view digits = tokens_.text(item.begin);
    const bool small = digits.size() <= 3 && std::all_of(digits.begin(), digits.end(), [](char c) {
                         return c >= '0' && c <= '9';
                       });
    const std::size_t ordinal = small ? std::stoul(std::string(digits)) : 0;
    if (ordinal == 0 || ordinal > scope.outputs.size()) return std::nullopt;
    return scope.outputs[ordinal - 1].second;
  }
  Operand own = operand(item, scope);
  if (own.kind == Operand::Kind::Term) return std::move(own.term);
  if (item.size() != 1 || !tokens_.isName(item.begin)) return std::nullopt;
  const std::string alias = tokens_.name(item.begin);
  for (const auto& [name, term] : scope.outputs) {
    if (text::equalsIgnoreCase(name, alias)) return term;
  }
  return std::nullopt;
}

void ShapeReader::finish(Scope& scope) {
  if (!scope.block.sources.empty()) blocks_.push_back(std::move(scope.block));
}

void ShapeReader::finishAll(std::vector<Scope> cores) {
  for (Scope& core : cores) finish(core);
}

QueryShape readQueryShape(std::string_view sql, const Schema& schema,
                          const query::LexerRules& rules) {
  const SqlTokens tokens(sql, rules);
  if (tokens.broken()) return {};
  ReadBudget budget;
  return ShapeReader(tokens, schema, rules, budget, 0).readStatement();
}

}  // namespace sonde::advisor
