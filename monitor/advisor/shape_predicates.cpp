// Conditions: WHERE, ON and what they hold.
#include <algorithm>
#include <array>

#include "../../core/text.hpp"
#include "shape_reader.hpp"

namespace sonde::advisor {

namespace {

using query::TokenKind;

constexpr std::array<std::string_view, 1> kOr = {"OR"};
constexpr std::array<std::string_view, 12> kComparing = {"IS",      "IN",      "BETWEEN", "LIKE",
                                                         "GLOB",    "ILIKE",   "NULL",    "ISNULL",
                                                         "NOTNULL", "SIMILAR", "REGEXP",  "MATCH"};

bool isAnyOf(std::string_view text, std::string_view a, std::string_view b) {
  return text == a || text == b;
}

bool isComparison(std::string_view sign) {
  static constexpr std::array<std::string_view, 10> kSigns = {
      "=", "==", "<=>", "<", "<=", ">", ">=", "<>", "!=", "~"};
  return std::find(kSigns.begin(), kSigns.end(), sign) != kSigns.end();
}

MatchKind kindOf(std::string_view sign) {
  if (isAnyOf(sign, "=", "==") || sign == "<=>") return MatchKind::Equal;
  if (isAnyOf(sign, "<>", "!=")) return MatchKind::NotEqual;
  return sign == "~" ? MatchKind::Other : MatchKind::Range;
}

/// The end of the part of a conjunction that begins at `i`: the next AND that joins conditions,
/// which that of BETWEEN does not.
std::size_t endOfPart(const SqlTokens& tokens, std::size_t i, std::size_t end) {
  bool between = false;
  std::size_t cases = 0;
  for (; i < end; i = tokens.after(i)) {
    if (tokens.is(i, "CASE")) ++cases;
    if (tokens.is(i, "END") && cases > 0) --cases;
    if (cases > 0) continue;
    if (tokens.is(i, "BETWEEN")) between = true;
    if (!tokens.is(i, "AND")) continue;
    if (!between) return i;
    between = false;
  }
  return end;
}

/// The operator of a comparison outside parentheses and CASE; the end of the range for none.
std::size_t findOperator(const SqlTokens& tokens, TokenRange range) {
  std::size_t cases = 0;
  for (std::size_t i = range.begin; i < range.end; i = tokens.after(i)) {
    if (tokens.is(i, "CASE")) ++cases;
    if (tokens.is(i, "END") && cases > 0) --cases;
    if (cases > 0) continue;
    if (tokens.kind(i) == TokenKind::Operator && isComparison(tokens.text(i))) return i;
    for (const std::string_view word : kComparing) {
      if (i > range.begin && tokens.is(i, word)) return i;
    }
  }
  return range.end;
}

/// Whether an operator is part of a longer one that the lexer does not know, such as @> or &&.
bool isPartOfLonger(const SqlTokens& tokens, std::size_t at) {
  constexpr std::string_view kParts = "@&|#?~*!<>%^";
  const auto joins = [&](std::size_t i) {
    return tokens.kind(i) == TokenKind::Operator &&
           kParts.find(tokens.text(i)[0]) != std::string_view::npos;
  };
  return (at > 0 && joins(at - 1) && tokens.touches(at - 1)) ||
         (tokens.touches(at) && joins(at + 1));
}

}  // namespace

void ShapeReader::readCondition(TokenRange range, Scope& scope, Conjunction& into,
                                std::vector<Disjunction>* alternatives) {
  range = tokens_.stripped(range);
  if (range.empty() || depth_ >= ReadBudget::kMaxDepth) return;
  ++depth_;
  if (tokens_.find(range, kOr) < range.end) {
    Disjunction either;
    for (std::size_t at = range.begin; at < range.end;) {
      const std::size_t end = tokens_.find({at, range.end}, kOr);
      readCondition({at, end}, scope, either.branches.emplace_back(), nullptr);
      at = end + 1;
    }
    if (alternatives != nullptr) alternatives->push_back(std::move(either));
  } else {
    for (std::size_t at = range.begin; at < range.end;) {
      const std::size_t end = endOfPart(tokens_, at, range.end);
      const TokenRange part = tokens_.stripped({at, end});
      if (tokens_.find(part, kOr) < part.end ||
          endOfPart(tokens_, part.begin, part.end) < part.end) {
        readCondition(part, scope, into, alternatives);
      } else {
        readComparison(part, scope, into);
      }
      at = end + 1;
    }
  }
  --depth_;
}

void ShapeReader::readComparison(TokenRange range, Scope& scope, Conjunction& into) {
  noteColumns(range, scope);
  if (range.empty()) return;
  const bool negated = tokens_.is(range.begin, "NOT");
  const std::size_t at = findOperator(tokens_, range);
  if (at == range.end) {  // a boolean by itself: active, NOT active
    const Operand own = operand({range.begin + (negated ? 1 : 0), range.end}, scope);
    if (own.kind == Operand::Kind::Term && !own.term.column.empty()) {
      add(own.term, negated ? MatchKind::NotEqual : MatchKind::Equal, range, true, scope, into);
    }
    return;
  }
  if (negated) return;  // NOT a = b: no index finds it
  if (tokens_.kind(at) == TokenKind::Word) {
    readWordComparison(range, at, scope, into);
    return;
  }
  if (isPartOfLonger(tokens_, at)) return;
  const TokenRange left{range.begin, at};
  const TokenRange right{at + 1, range.end};
  if (tokens_.isOpen(left.begin) && tokens_.after(left.begin) == left.end &&
      tokens_.list(tokens_.inside(left.begin)).size() > 1) {
    readRow(tokens_.inside(left.begin), tokens_.text(at), right, scope, into);
  } else {
    compare(left, tokens_.text(at), right, range, scope, into);
  }
}

// (a, b) = (1, 2) compares each; (a, b) > (1, 2) is a range of the first.
void ShapeReader::readRow(TokenRange left, std::string_view sign, TokenRange right, Scope& scope,
                          Conjunction& into) {
  const MatchKind kind = kindOf(sign);
  if (kind != MatchKind::Equal && kind != MatchKind::Range) return;
  const std::vector<TokenRange> own = tokens_.list(left);
  const std::vector<TokenRange> other = tokens_.list(tokens_.stripped(right));
  if (own.size() != other.size()) return;
  const std::size_t count = kind == MatchKind::Equal ? own.size() : 1;
  for (std::size_t i = 0; i < count; ++i) compare(own[i], sign, other[i], {}, scope, into);
}

void ShapeReader::compare(TokenRange left, std::string_view sign, TokenRange right,
                          TokenRange whole, Scope& scope, Conjunction& into) {
  using Kind = Operand::Kind;
  Operand a = operand(left, scope);
  Operand b = operand(right, scope);
  // A collation that either side asks for is that of the comparison.
  if (a.term.collation.empty()) a.term.collation = b.collation;
  if (b.term.collation.empty()) b.term.collation = a.collation;
  const MatchKind kind = kindOf(sign);
  if (a.kind == Kind::Term && b.kind == Kind::Term) {
    if (a.term.source == b.term.source) return;
    for (const auto& [own, other] : {std::pair(&a.term, &b.term), std::pair(&b.term, &a.term)}) {
      add(*own, kind, {}, false, scope, into);
      into.back().joined = *other;
    }
  } else if (a.kind == Kind::Term && b.kind != Kind::Other) {
    add(a.term, kind, whole, b.kind == Kind::Literal, scope, into);
  } else if (b.kind == Kind::Term && a.kind != Kind::Other) {
    add(b.term, kind, whole, a.kind == Kind::Literal, scope, into);
  }
}

void ShapeReader::readWordComparison(TokenRange range, std::size_t at, Scope& scope,
                                     Conjunction& into) {
  const bool negated = tokens_.is(at - 1, "NOT");
  const TokenRange left{range.begin, negated ? at - 1 : at};
  const TokenRange right{at + 1, range.end};
  const Operand own = operand(left, scope);
  if (tokens_.is(at, "IS")) {
    const bool isNot = tokens_.is(at + 1, "NOT");
    const std::size_t what = isNot ? at + 2 : at + 1;
    if (tokens_.is(what, "DISTINCT")) {  // IS NOT DISTINCT FROM is an equality
      if (isNot) compare(left, "=", {what + 2, range.end}, {}, scope, into);
    } else if (own.kind == Operand::Kind::Term) {
      const bool null = tokens_.is(what, "NULL") && what + 1 == range.end;
      const MatchKind wanted = null ? (isNot ? MatchKind::NotNull : MatchKind::Null)
                                    : (isNot ? MatchKind::NotEqual : MatchKind::Equal);
      const bool literal = operand({what, range.end}, scope).kind == Operand::Kind::Literal;
      add(own.term, wanted, range, literal, scope, into);
    }
    return;
  }
  if (own.kind != Operand::Kind::Term) return;
  if (tokens_.is(at, "ISNULL") || tokens_.is(at, "NOTNULL") || tokens_.is(at, "NULL")) {
    const bool null = tokens_.is(at, "ISNULL");
    add(own.term, null ? MatchKind::Null : MatchKind::NotNull, range, true, scope, into);
  } else if (tokens_.is(at, "BETWEEN") && !negated) {
    add(own.term, MatchKind::Range, {}, false, scope, into);
  } else if (tokens_.is(at, "IN")) {
    constexpr std::size_t kShort = 17;  // tokens of a list of eight
    const bool list = tokens_.isOpen(right.begin) && !tokens_.startsQuery(right);
    const bool literal =
        list && right.size() <= kShort + 2 && operand(right, scope).kind == Operand::Kind::Literal;
    add(own.term, negated ? MatchKind::NotEqual : MatchKind::In, range, literal, scope, into);
  } else if (!negated) {
    add(own.term, patternKind(at, right), {}, false, scope, into);
  }
}

MatchKind ShapeReader::patternKind(std::size_t word, TokenRange pattern) const {
  const bool like = tokens_.is(word, "LIKE");
  if (!like && !tokens_.is(word, "GLOB")) return MatchKind::Other;
  const TokenRange plain = tokens_.stripped(pattern);
  if (plain.size() != 1 || tokens_.kind(plain.begin) != TokenKind::String) return MatchKind::Other;
  const std::string text = tokens_.literal(plain.begin);
  const std::string_view wild = like ? "%_" : "*?[";
  if (text.empty() || wild.find(text[0]) != std::string_view::npos) return MatchKind::Other;
  return like ? MatchKind::Like : MatchKind::Glob;
}

void ShapeReader::add(KeyTerm term, MatchKind kind, TokenRange condition, bool literal,
                      Scope& scope, Conjunction& into) {
  Predicate predicate;
  predicate.term = std::move(term);
  predicate.kind = kind;
  if (literal && !condition.empty()) {
    predicate.condition = textWithoutQualifiers(condition, scope);
  }
  into.push_back(std::move(predicate));
}

}  // namespace sonde::advisor
