// FROM: tables, derived tables, common table expressions and views.
#include <algorithm>
#include <array>

#include "../../core/text.hpp"
#include "shape_reader.hpp"

namespace sonde::advisor {

namespace {

constexpr std::array<std::string_view, 9> kJoinWords = {
    "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "OUTER", "STRAIGHT_JOIN"};
// Words that are no alias, though they follow a table.
constexpr std::array<std::string_view, 16> kNoAlias = {
    "ON",     "USING",       "SET",       "WHERE", "INDEXED", "NOT",   "USE",       "FORCE",
    "IGNORE", "TABLESAMPLE", "PARTITION", "FOR",   "ORDER",   "LIMIT", "RETURNING", "VALUES"};

bool isJoinWord(const SqlTokens& tokens, std::size_t i) {
  if (tokens.isOpen(i + 1) && (tokens.is(i, "LEFT") || tokens.is(i, "RIGHT"))) return false;
  return std::any_of(kJoinWords.begin(), kJoinWords.end(),
                     [&](std::string_view word) { return tokens.is(i, word); });
}

/// Where the next table of FROM begins to be told of: a comma or the word of a join.
std::size_t endOfJoin(const SqlTokens& tokens, TokenRange range) {
  std::size_t i = range.begin;
  while (i < range.end && tokens.kind(i) != query::TokenKind::Comma && !isJoinWord(tokens, i)) {
    i = tokens.after(i);
  }
  return i;
}

}  // namespace

void ShapeReader::readFrom(TokenRange range, Scope& scope) {
  std::vector<TokenRange> conditions;
  if (depth_ >= ReadBudget::kMaxDepth) return;
  ++depth_;
  for (std::size_t i = range.begin; i < range.end;) {
    bool natural = false;
    while (i < range.end && (isJoinWord(tokens_, i) || tokens_.isSign(i, ","))) {
      natural = natural || tokens_.is(i, "NATURAL");
      ++i;
    }
    if (i >= range.end) break;
    const std::size_t before = scope.block.sources.size();
    i = std::max(readFactor({i, range.end}, scope), i + 1);
    if (natural && scope.block.sources.size() == before + 1) {
      for (const Column& column : scope.block.sources.back().table->columns) {
        joinByName(column.name, scope);
      }
    }
    const std::size_t end = endOfJoin(tokens_, {i, range.end});
    constexpr std::array<std::string_view, 2> kHow = {"ON", "USING"};
    const std::size_t how = tokens_.find({i, end}, kHow);
    if (how < end && tokens_.is(how, "ON")) conditions.push_back({how + 1, end});
    if (how < end && tokens_.is(how, "USING") && tokens_.isOpen(how + 1)) {
      readUsing(tokens_.inside(how + 1), scope);
    }
    i = end;
  }
  for (const TokenRange condition : conditions) {
    readCondition(condition, scope, scope.block.predicates, &scope.block.alternatives);
  }
  --depth_;
}

// One table, derived table, or join in parentheses. Gives the token behind it and its alias.
std::size_t ShapeReader::readFactor(TokenRange range, Scope& scope) {
  std::size_t i = range.begin;
  while (tokens_.is(i, "ONLY") || tokens_.is(i, "LATERAL")) ++i;
  std::string alias;
  if (tokens_.isOpen(i) && i < range.end) {
    const TokenRange inside = tokens_.inside(i);
    const std::size_t behind = tokens_.after(i);
    if (!tokens_.startsQuery(inside)) {
      readFrom(inside, scope);
      return behind;
    }
    std::size_t end = readAlias({behind, range.end}, alias);
    std::vector<std::string> columns;
    if (tokens_.isOpen(end) && end < range.end) {
      for (const TokenRange item : tokens_.list(tokens_.inside(end))) {
        columns.push_back(tokens_.name(item.begin));
      }
      end = tokens_.after(end);
    }
    if (budget_.expansions == 0) return end;
    --budget_.expansions;
    addDerived(readQuery(inside, &scope), std::move(alias), columns, scope);
    return end;
  }
  if (!tokens_.isName(i) || i >= range.end) return i;
  std::vector<std::string> chain{tokens_.name(i++)};
  while (i + 1 < range.end && tokens_.isSign(i, ".") && tokens_.isName(i + 1)) {
    chain.push_back(tokens_.name(i + 1));
    i += 2;
  }
  const bool call = tokens_.isOpen(i) && i < range.end;
  if (call) {
    noteColumns(tokens_.inside(i), scope);
    i = tokens_.after(i);
  }
  if (tokens_.isSign(i, "*")) ++i;  // PostgreSQL: with the tables that inherit from it
  i = readAlias({i, range.end}, alias);
  if (!call) readNamed(chain, alias, scope);
  return i;
}

std::size_t ShapeReader::readAlias(TokenRange range, std::string& alias) const {
  std::size_t i = range.begin;
  const bool told = tokens_.is(i, "AS") && i < range.end;
  if (told) ++i;
  if (i >= range.end || !tokens_.isName(i)) return i;
  const bool reserved = isJoinWord(tokens_, i) ||
                        std::any_of(kNoAlias.begin(), kNoAlias.end(),
                                    [&](std::string_view word) { return tokens_.is(i, word); });
  if (!told && reserved) return i;
  alias = tokens_.name(i);
  return i + 1;
}

void ShapeReader::readNamed(const std::vector<std::string>& chain, const std::string& alias,
                            Scope& scope) {
  if (budget_.sources == 0) return;
  --budget_.sources;
  const std::string& name = chain.back();
  if (chain.size() == 1) {
    CommonTable* common = findCommon(name, scope);
    // One that is being read names itself, or the table that it is made of.
    if (common != nullptr && !common->open) {
      readCommon(*common, alias.empty() ? name : alias, scope);
      return;
    }
  }
  const Table* table = chain.size() == 1 ? schema_.findTable(name)
                                         : schema_.findTable(chain[chain.size() - 2], name);
  if (table == nullptr) {
    addDerived({}, alias.empty() ? name : alias, {}, scope);
  } else if (table->kind == TableKind::View && table->definition) {
    readView(*table, alias.empty() ? name : alias, scope);
  } else {
    addTable(*table, alias, scope);
  }
}

void ShapeReader::readCommon(CommonTable& common, std::string alias, Scope& scope) {
  std::vector<Scope> cores;
  if (budget_.expansions > 0) {
    --budget_.expansions;
    common.open = true;
    cores = readQuery(common.body, &scope);
    common.open = false;
  }
  addDerived(std::move(cores), std::move(alias), common.columns, scope);
}

void ShapeReader::addTable(const Table& table, const std::string& alias, Scope& scope) {
  NamedSource named;
  if (alias.empty()) named.schema = table.schema;
  named.name = alias.empty() ? table.name : alias;
  named.source = scope.block.sources.size();
  scope.block.sources.push_back({&table, {}, false, false});
  scope.names.push_back(std::move(named));
}

// A query in FROM. Where it only selects and joins, its tables become the block's own, as planners
// have it; else it is a block of its own and nothing is known of its columns.
void ShapeReader::addDerived(std::vector<Scope> cores, std::string alias,
                             const std::vector<std::string>& columns, Scope& scope) {
  NamedSource named;
  named.name = std::move(alias);
  if (cores.size() > 1 && scope.choices == 1) scope.choices = cores.size();
  Scope* inner = cores.empty() ? nullptr : &cores[scope.choice % cores.size()];
  for (Scope& core : cores) {
    if (!core.simple) finish(core);
  }
  if (inner != nullptr && inner->simple) {
    QueryBlock& own = scope.block;
    const std::size_t offset = own.sources.size();
    const auto shift = [offset](KeyTerm& term) { term.source += offset; };
    const auto shiftAll = [&shift](Conjunction& predicates) {
      for (Predicate& predicate : predicates) {
        shift(predicate.term);
        if (predicate.joined) shift(*predicate.joined);
      }
    };
    shiftAll(inner->block.predicates);
    for (Disjunction& either : inner->block.alternatives) {
      for (Conjunction& branch : either.branches) shiftAll(branch);
      own.alternatives.push_back(std::move(either));
    }
    std::move(inner->block.sources.begin(), inner->block.sources.end(),
              std::back_inserter(own.sources));
    std::move(inner->block.predicates.begin(), inner->block.predicates.end(),
              std::back_inserter(own.predicates));
    // Given names go by position, which is known where every column is a plain term.
    const bool renamed = columns.size() == inner->outputs.size();
    for (std::size_t i = 0; i < inner->outputs.size(); ++i) {
      auto& [name, term] = inner->outputs[i];
      shift(term);
      named.columns.emplace_back(renamed ? columns[i] : name, std::move(term));
    }
  }
  scope.names.push_back(std::move(named));
}

// One level: a view that names views stands for nothing there.
void ShapeReader::readView(const Table& view, std::string alias, Scope& scope) {
  std::vector<Scope> cores;
  constexpr std::array<std::string_view, 3> kQuery = {"SELECT", "WITH", "VALUES"};
  if (!inView_ && budget_.expansions > 0) {
    --budget_.expansions;
    const SqlTokens tokens(*view.definition, rules_);
    ShapeReader reader(tokens, schema_, rules_, budget_, depth_);
    reader.inView_ = true;
    const std::size_t begin = tokens.find(tokens.all(), kQuery);
    cores = reader.readQuery({begin, tokens.size()}, nullptr);
    std::vector<QueryBlock> blocks = reader.takeBlocks();
    std::move(blocks.begin(), blocks.end(), std::back_inserter(blocks_));
  }
  std::vector<std::string> columns;
  for (const Column& column : view.columns) columns.push_back(column.name);
  addDerived(std::move(cores), std::move(alias), columns, scope);
}

CommonTable* ShapeReader::findCommon(std::string_view name, Scope& scope) {
  for (Scope* at = &scope; at != nullptr; at = at->outer) {
    for (CommonTable& common : at->commons) {
      if (text::equalsIgnoreCase(common.name, name)) return &common;
    }
  }
  return nullptr;
}

void ShapeReader::readUsing(TokenRange names, Scope& scope) {
  for (const TokenRange item : tokens_.list(names)) {
    if (tokens_.isName(item.begin)) joinByName(tokens_.name(item.begin), scope);
  }
}

// The last table is joined to the first one before it that has the column.
void ShapeReader::joinByName(const std::string& column, Scope& scope) {
  std::vector<Source>& sources = scope.block.sources;
  if (sources.size() < 2) return;
  const std::size_t last = sources.size() - 1;
  const Column* own = sources[last].table->findColumn(column);
  if (own == nullptr) return;
  for (std::size_t i = 0; i < last; ++i) {
    const Column* other = sources[i].table->findColumn(column);
    if (other == nullptr) continue;
    const KeyTerm mine{last, own->name, {}, {}};
    const KeyTerm theirs{i, other->name, {}, {}};
    scope.block.predicates.push_back({mine, MatchKind::Equal, {}, theirs});
    scope.block.predicates.push_back({theirs, MatchKind::Equal, {}, mine});
    noteColumn(mine, scope);
    noteColumn(theirs, scope);
    return;
  }
}

}  // namespace sonde::advisor
