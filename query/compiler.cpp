// What engines share of rendering queries. Each hook says what the base renders.
#include "compiler.hpp"

#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "bind_text.hpp"
#include "lexer.hpp"
#include "pattern.hpp"
#include "renderer.hpp"

namespace sonde {

using query::BindTransform;
using query::Renderer;

query::PlanPtr SqlCompiler::compile(const query::Query& query) const {
  return Renderer(*this).query(query).finish();
}

std::string SqlCompiler::quote(std::string_view identifier) const {
  std::string quoted;
  quoted.reserve(identifier.size() + 2);
  quoted += '"';
  for (const char c : identifier) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  quoted += '"';
  return quoted;
}

std::string SqlCompiler::quoteList(const std::vector<std::string>& names) const {
  std::string list;
  for (const std::string& name : names) {
    if (!list.empty()) list += ", ";
    list += quote(name);
  }
  return list;
}

const query::LexerRules& SqlCompiler::lexerRules() const noexcept {
  static constexpr query::LexerRules kStandard{};
  return kStandard;
}

// LIKE with `\` as escape, which is what renderMatch asks for.
std::string SqlCompiler::bindPattern(BindTransform transform, bool, std::string_view text) const {
  return query::likePattern(transform, text);
}

BindTransform SqlCompiler::valueTransform(const Column&) const noexcept {
  return BindTransform::None;
}

std::string SqlCompiler::bindInstant(std::string_view text) const { return std::string(text); }

std::string SqlCompiler::bindList(std::span<const Value> items) const {
  return query::jsonList(items);
}

std::string SqlCompiler::tableName(const Table& table) const {
  return table.schema.empty() ? quote(table.name) : quote(table.schema) + "." + quote(table.name);
}

// ?
void SqlCompiler::renderPlaceholder(Renderer& out, std::size_t) const { out.sql("?"); }

// "schema"."table"
void SqlCompiler::renderTable(Renderer& out, const Table& table) const {
  out.sql(tableName(table));
}

// subject LIKE ? ESCAPE '\', both sides in lower case where case is ignored
void SqlCompiler::renderMatch(Renderer& out, const query::Match& match) const {
  const BindTransform transform = query::transformOf(match.kind);
  if (match.ignoreCase) {
    out.sql("lower(").expr(match.subject).sql(") LIKE lower(");
    out.transformed(match.pattern, transform, true).sql(")");
  } else {
    out.operand(match.subject).sql(" LIKE ");
    out.transformed(match.pattern, transform);
  }
  out.sql(" ESCAPE '\\'");
}

// Nothing that engines share.
void SqlCompiler::renderInArray(Renderer&, const query::InArray&) const {
  throw Unsupported("the engine cannot take a list as one parameter");
}

// "name" DESC NULLS LAST; the order of nulls is always written, because engines differ in it
void SqlCompiler::renderOrderItem(Renderer& out, const query::OrderItem& item) const {
  if (item.ignoreCase) {
    out.sql("lower(").expr(item.expr).sql(")");
  } else {
    out.expr(item.expr);
  }
  if (item.descending) out.sql(" DESC");
  const auto usual = item.descending ? query::NullsOrder::Last : query::NullsOrder::First;
  const bool first = item.nulls.value_or(usual) == query::NullsOrder::First;
  out.sql(first ? " NULLS FIRST" : " NULLS LAST");
}

// LIMIT ? OFFSET ?
void SqlCompiler::renderLimit(Renderer& out, const query::Select& select) const {
  if (select.limit) out.sql(" LIMIT ").expr(select.limit);
  if (select.offset) out.sql(" OFFSET ").expr(select.offset);
}

// ON CONFLICT ("key") DO UPDATE SET "name" = excluded."name" WHERE …, or DO NOTHING
void SqlCompiler::renderConflict(Renderer& out, const query::Insert& insert) const {
  const query::Conflict& conflict = *insert.conflict;
  if (!capabilities().conflictTarget) {
    throw Unsupported("the engine cannot choose the key of an upsert");
  }
  out.sql(" ON CONFLICT");
  if (!conflict.target.empty()) out.sql(" (").identifiers(conflict.target).sql(")");
  if (!conflict.update) {
    out.sql(" DO NOTHING");
    return;
  }
  if (conflict.columns.empty()) {
    throw ValidationError("an upsert of " + quoteForMessage(insert.table->name) +
                          " needs at least one column to update");
  }
  for (std::size_t i = 0; i < conflict.columns.size(); ++i) {
    out.sql(i == 0 ? " DO UPDATE SET " : ", ").identifier(conflict.columns[i]);
    out.sql(" = excluded.").identifier(conflict.columns[i]);
  }
  if (conflict.where) out.sql(" WHERE ").expr(conflict.where);
}

//  DEFAULT VALUES
void SqlCompiler::renderDefaultValues(Renderer& out, const query::Insert&) const {
  out.sql(" DEFAULT VALUES");
}

// DEFAULT, or the column's own default where the engine has no such keyword
void SqlCompiler::renderDefault(Renderer& out, const Table& table, std::string_view column) const {
  if (capabilities().defaultKeyword) {
    out.sql("DEFAULT");
    return;
  }
  const Column* found = table.findColumn(column);
  if (found == nullptr || !found->defaultValue) {
    out.sql("NULL");
  } else if (found->defaultValue->kind == ColumnDefault::Kind::Literal) {
    out.sql(found->defaultValue->text);
  } else {
    out.sql("(").sql(found->defaultValue->text).sql(")");
  }
}

}  // namespace sonde
