// INSERT, UPDATE and DELETE.
#include <algorithm>
#include <array>

#include "shape_reader.hpp"

namespace sonde::advisor {

namespace {

constexpr std::array<std::string_view, 4> kQueryWords = {"SELECT", "WITH", "VALUES", "DEFAULT"};
constexpr std::array<std::string_view, 6> kAfterSet = {"FROM",  "WHERE",     "ORDER",
                                                       "LIMIT", "RETURNING", "OUTPUT"};
constexpr std::array<std::string_view, 5> kAfterTables = {"WHERE", "ORDER", "LIMIT", "RETURNING",
                                                          "USING"};

}  // namespace

void ShapeReader::readWritten(TokenRange range, Scope& scope, QueryShape& shape) {
  if (tokens_.is(range.begin, "INSERT") || tokens_.is(range.begin, "REPLACE")) {
    readInsert(range, scope, shape);
  } else if (tokens_.is(range.begin, "UPDATE")) {
    readUpdate(range, scope, shape);
  } else if (tokens_.is(range.begin, "DELETE")) {
    readDelete(range, scope, shape);
  }
}

// INSERT … INTO table … SELECT …; what ON CONFLICT looks up has a unique index by definition.
void ShapeReader::readInsert(TokenRange range, Scope& scope, QueryShape& shape) {
  shape.kind = StatementKind::Insert;
  std::size_t i = range.begin + 1;
  while (i < range.end && !tokens_.is(i, "INTO")) ++i;
  std::string name;
  std::string schema;
  for (++i; i < range.end && tokens_.isName(i); i += 2) {
    schema = std::move(name);
    name = tokens_.name(i);
    if (!tokens_.isSign(i + 1, ".")) break;
  }
  const Table* table = schema.empty() ? schema_.findTable(name) : schema_.findTable(schema, name);
  if (table != nullptr) shape.write = WriteTarget{table, {}};
  const std::size_t from = tokens_.find({std::min(i + 1, range.end), range.end}, kQueryWords);
  constexpr std::array<std::string_view, 3> kEnds = {"ON", "RETURNING", "AS"};
  if (!tokens_.is(from, "SELECT") && !tokens_.is(from, "WITH")) return;
  std::size_t end = range.end;
  // ON belongs to a join unless CONFLICT or DUPLICATE follows.
  for (std::size_t at = from; at < range.end; at = behind(at, range.end)) {
    at = tokens_.find({at, range.end}, kEnds);
    const bool conflict = tokens_.is(at + 1, "CONFLICT") || tokens_.is(at + 1, "DUPLICATE");
    if (at >= range.end || tokens_.is(at, "RETURNING") || (tokens_.is(at, "ON") && conflict)) {
      end = at;
      break;
    }
  }
  finishAll(readQuery({from, end}, &scope));
}

// UPDATE [OR x] tables SET a = …, … [FROM tables] [WHERE …]
void ShapeReader::readUpdate(TokenRange range, Scope& scope, QueryShape& shape) {
  shape.kind = StatementKind::Update;
  std::size_t i = range.begin + 1;
  if (tokens_.is(i, "OR")) i += 2;
  while (tokens_.is(i, "LOW_PRIORITY") || tokens_.is(i, "IGNORE")) ++i;
  const std::size_t set = tokens_.find({i, range.end}, std::array<std::string_view, 1>{"SET"});
  readFrom({i, set}, scope);
  if (scope.block.sources.empty()) return;
  scope.block.sources.front().target = true;
  shape.write = WriteTarget{scope.block.sources.front().table, {}};
  const std::size_t behindSet = tokens_.find({set, range.end}, kAfterSet);
  const TokenRange rest{behindSet, range.end};
  const Clause clause = clausesOf(rest);
  readFrom(clause.from, scope);
  for (const TokenRange item : tokens_.list({behind(set, behindSet), behindSet})) {
    if (auto use = columnAt(item.begin, item.end, scope)) {
      shape.write->columns.push_back(use->term.column);
      noteColumns({use->end, item.end}, scope);
    } else {
      noteColumns(item, scope);
    }
  }
  readCondition(clause.where, scope, scope.block.predicates, &scope.block.alternatives);
  readOrder(clause.order, scope, scope.block.order);
  finish(scope);
}

// DELETE [FROM] tables [USING tables] [WHERE …]; MySQL: DELETE t FROM tables.
void ShapeReader::readDelete(TokenRange range, Scope& scope, QueryShape& shape) {
  shape.kind = StatementKind::Delete;
  const std::size_t from =
      tokens_.find({range.begin + 1, range.end}, std::array<std::string_view, 1>{"FROM"});
  const std::size_t tables = behind(from, range.end);
  const std::size_t end = tokens_.find({tables, range.end}, kAfterTables);
  readFrom({tables, end}, scope);
  if (scope.block.sources.empty()) return;
  std::size_t written = 0;
  if (tokens_.isName(range.begin + 1) && from > range.begin + 1) {  // by its name or alias
    const std::string name = tokens_.name(range.begin + 1);
    for (const NamedSource& named : scope.names) {
      if (named.source && named.name == name) written = *named.source;
    }
  }
  scope.block.sources[written].target = true;
  shape.write = WriteTarget{scope.block.sources[written].table, {}};
  std::size_t rest = end;
  if (tokens_.is(end, "USING")) {
    rest = tokens_.find({end + 1, range.end}, kAfterTables);
    readFrom({end + 1, rest}, scope);
  }
  const Clause clause = clausesOf({rest, range.end});
  readCondition(clause.where, scope, scope.block.predicates, &scope.block.alternatives);
  readOrder(clause.order, scope, scope.block.order);
  finish(scope);
}

}  // namespace sonde::advisor
