// Expressions: what a stretch of tokens is to an index.
#include <algorithm>
#include <array>

#include "../../core/text.hpp"
#include "shape_reader.hpp"

namespace sonde::advisor {

namespace {

using query::TokenKind;

/// The columns of this name that one item of FROM has.
std::optional<KeyTerm> columnOf(const NamedSource& named, const QueryBlock& block,
                                std::string_view column) {
  if (named.source) {
    const Column* found = block.sources[*named.source].table->findColumn(column);
    if (found == nullptr) return std::nullopt;
    return KeyTerm{*named.source, found->name, {}, {}};
  }
  for (const auto& [name, term] : named.columns) {
    if (text::equalsIgnoreCase(name, column)) return term;
  }
  return std::nullopt;
}

bool isConstantWord(const SqlTokens& tokens, std::size_t i) {
  return tokens.is(i, "NULL") || tokens.is(i, "TRUE") || tokens.is(i, "FALSE");
}

/// Words that make an expression depend on more than its columns.
bool isFickle(const SqlTokens& tokens, std::size_t i) {
  static constexpr std::array<std::string_view, 9> kFickle = {
      "RANDOM", "RAND", "NOW",           "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP",
      "OVER",   "UUID", "LOCALTIMESTAMP"};
  return std::any_of(kFickle.begin(), kFickle.end(),
                     [&](std::string_view word) { return tokens.is(i, word); });
}

}  // namespace

std::optional<ColumnUse> ShapeReader::columnAt(std::size_t i, std::size_t end, Scope& scope) const {
  if (i >= end || !tokens_.isName(i)) return std::nullopt;
  if (i > 0 && tokens_.isSign(i - 1, ".")) return std::nullopt;  // the rest of an unknown one
  std::size_t last = i;
  while (last + 2 < end && last - i < 6 && tokens_.isSign(last + 1, ".") &&
         tokens_.isName(last + 2)) {
    last += 2;
  }
  if (tokens_.isOpen(last + 1) && last + 1 < end) return std::nullopt;  // a call
  const std::string column = tokens_.name(last);
  const std::string qualifier = last > i ? tokens_.name(last - 2) : std::string();
  const std::string schema = last > i + 2 ? tokens_.name(last - 4) : std::string();
  for (Scope* at = &scope; at != nullptr; at = at->outer) {
    for (const NamedSource& named : at->names) {
      if (last > i && !text::equalsIgnoreCase(named.name, qualifier)) continue;
      if (!schema.empty() && !text::equalsIgnoreCase(named.schema, schema)) continue;
      if (auto term = columnOf(named, at->block, column)) {
        return ColumnUse{*std::move(term), last + 1, at != &scope};
      }
    }
  }
  return std::nullopt;
}

Operand ShapeReader::operand(TokenRange range, Scope& scope) const {
  range = tokens_.stripped(range);
  Operand result;
  std::string& collation = result.collation;
  if (range.size() > 2 && tokens_.is(range.end - 2, "COLLATE") && tokens_.isName(range.end - 1)) {
    collation = tokens_.name(range.end - 1);
    range = tokens_.stripped({range.begin, range.end - 2});
  }
  if (range.empty()) return result;
  std::optional<KeyTerm> used;
  bool literal = true;
  // An expression of columns and literals only. A plus before a column asks for no index.
  bool fixed = !tokens_.isSign(range.begin, "+");
  bool mixed = false;  // of several sources
  for (std::size_t i = range.begin; i < range.end;) {
    if (tokens_.isOpen(i) && tokens_.startsQuery(tokens_.inside(i))) {
      literal = fixed = false;
      i = tokens_.after(i);
      continue;
    }
    if (auto use = columnAt(i, range.end, scope)) {
      literal = false;
      if (use->outer) {
        fixed = false;
      } else {
        const bool alone = i == range.begin && use->end == range.end;
        if (alone) {
          result.kind = Operand::Kind::Term;
          result.term = std::move(use->term);
          if (!collation.empty()) result.term.collation = collation;
          return result;
        }
        if (!use->term.expression.empty()) fixed = false;
        if (used && used->source != use->term.source) mixed = true;
        if (!used) used = std::move(use->term);
      }
      i = use->end;
      continue;
    }
    const TokenKind kind = tokens_.kind(i);
    if (kind == TokenKind::Parameter) literal = fixed = false;
    if (tokens_.isName(i) && !isConstantWord(tokens_, i)) literal = false;
    if (isFickle(tokens_, i) || tokens_.isSign(i, ".")) fixed = false;
    ++i;
  }
  if (!used) {
    result.kind = literal ? Operand::Kind::Literal : Operand::Kind::Value;
  } else if (fixed && !mixed) {
    result.kind = Operand::Kind::Term;
    result.term = {used->source, {}, textWithoutQualifiers(range, scope), collation};
  }
  return result;
}

std::string ShapeReader::textWithoutQualifiers(TokenRange range, Scope& scope) const {
  std::string out;
  for (std::size_t i = range.begin; i < range.end;) {
    const bool gap = i > range.begin && !tokens_.touches(i - 1);
    if (gap && !out.empty()) out += ' ';
    if (auto use = columnAt(i, range.end, scope); use && !use->outer) {
      out += tokens_.text(use->end - 1);
      i = use->end;
    } else {
      out += tokens_.text(i++);
    }
  }
  return out;
}

void ShapeReader::noteColumn(const KeyTerm& term, Scope& scope) {
  if (term.column.empty()) return;
  std::vector<std::string>& columns = scope.block.sources[term.source].columns;
  if (std::find(columns.begin(), columns.end(), term.column) == columns.end()) {
    columns.push_back(term.column);
  }
}

void ShapeReader::noteColumns(TokenRange range, Scope& scope) {
  for (std::size_t i = range.begin; i < range.end;) {
    if (tokens_.isOpen(i) && tokens_.startsQuery(tokens_.inside(i))) {
      finishAll(readQuery(tokens_.inside(i), &scope));
      i = tokens_.after(i);
    } else if (auto use = columnAt(i, range.end, scope)) {
      Scope* owner = &scope;
      if (use->outer) {
        // The nearest query around this one that has the column.
        for (owner = scope.outer; owner != nullptr; owner = owner->outer) {
          if (auto own = columnAt(i, range.end, *owner); own && !own->outer) break;
        }
      }
      if (owner != nullptr) noteColumn(use->term, *owner);
      i = use->end;
    } else {
      ++i;
    }
  }
}

}  // namespace sonde::advisor
