#include "recommend.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "redundant.hpp"

namespace sonde::advisor {

namespace {

bool refersTo(const ForeignKey& key, const Table& table) {
  return !key.dangling && key.references.table == table.name &&
         key.references.schema == table.schema;
}

/// Whether a statement's change of a row makes the engine look for rows that refer to it.
bool looksForChildren(const QueryShape& shape, const ForeignKey& key) {
  if (shape.kind == StatementKind::Delete) return true;
  if (shape.kind != StatementKind::Update) return false;
  const std::vector<std::string>& set = shape.write->columns;
  const std::vector<std::string>& theirs = key.references.columns;
  return std::any_of(theirs.begin(), theirs.end(), [&](const std::string& column) {
    return std::find(set.begin(), set.end(), column) != set.end();
  });
}

/// Adds the searches that a delete causes, table by table along the cascades.
class Children {
 public:
  Children(const Schema& schema, const Dialect& dialect, std::vector<PlannedStatement>& out)
      : schema_(schema), dialect_(dialect), out_(out) {}

  void add(const PlannedStatement& cause) {
    std::set<const Table*> seen;
    std::vector<const Table*> deleted{cause.shape.write->table};
    while (!deleted.empty()) {
      const Table& parent = *deleted.back();
      deleted.pop_back();
      if (!seen.insert(&parent).second) continue;
      for (const Table& child : schema_.tables()) {
        for (const ForeignKey& key : child.foreignKeys) {
          if (!refersTo(key, parent)) continue;
          if (seen.size() == 1 && !looksForChildren(cause.shape, key)) continue;
          addSearch(child, key, cause);
          const bool cascades = key.onDelete == ReferentialAction::Cascade &&
                                cause.shape.kind == StatementKind::Delete;
          if (cascades) deleted.push_back(&child);
        }
      }
    }
  }

 private:
  void addSearch(const Table& child, const ForeignKey& key, const PlannedStatement& cause) {
    PlannedStatement search;
    search.sql = searchOf(child, key.columns, dialect_);
    search.shown = cause.shown;
    search.calls = cause.calls;
    search.foreignKeyOf = &child;
    search.shape = readQueryShape(search.sql, schema_, dialect_.lexerRules());
    out_.push_back(std::move(search));
  }

  const Schema& schema_;
  const Dialect& dialect_;
  std::vector<PlannedStatement>& out_;
};

/// What a key of an index is to a statement.
enum class Role : std::uint8_t { None, Equal, Joined, Range, Order };

Role roleIn(const QueryBlock& block, const Table& table, const IndexPart& part) {
  const auto isIt = [&](const KeyTerm& term) {
    return block.sources[term.source].table == &table && term.column == part.column &&
           term.expression == part.expression;
  };
  Role role = Role::None;
  const auto see = [&](const Conjunction& predicates) {
    for (const Predicate& predicate : predicates) {
      if (!isIt(predicate.term) || role == Role::Equal) continue;
      const MatchKind kind = predicate.kind;
      if (predicate.joined) {
        role = Role::Joined;
      } else if (kind == MatchKind::Equal || kind == MatchKind::In || kind == MatchKind::Null) {
        role = Role::Equal;
      } else if (kind != MatchKind::Other && role == Role::None) {
        role = Role::Range;
      }
    }
  };
  see(block.predicates);
  for (const Disjunction& either : block.alternatives) {
    for (const Conjunction& branch : either.branches) see(branch);
  }
  const auto orders = [&](const std::vector<Ordering>& keys) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const Ordering& key) { return isIt(key.term); });
  };
  const bool ends = block.extreme && isIt(*block.extreme);
  if (role == Role::None && (orders(block.order) || orders(block.group) || ends)) {
    role = Role::Order;
  }
  return role;
}

std::string nameOf(const IndexPart& part) {
  return part.column.empty() ? part.expression : part.column;
}

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += names[i];
  }
  return out;
}

/// What the index is for, in plain words.
std::string reasonOf(const Candidate& candidate,
                     const std::vector<const PlannedStatement*>& statements) {
  std::vector<std::string> found;
  std::vector<std::string> joined;
  std::vector<std::string> ordered;
  std::vector<std::string> read = candidate.index.include;
  for (const IndexPart& part : candidate.index.parts) {
    Role role = Role::None;
    for (const PlannedStatement* statement : statements) {
      for (const QueryBlock& block : statement->shape.blocks) {
        const Role own = roleIn(block, *candidate.table, part);
        if (role == Role::None || (own != Role::None && own < role)) role = own;
      }
    }
    if (role == Role::Equal || role == Role::Range) found.push_back(nameOf(part));
    if (role == Role::Joined) joined.push_back(nameOf(part));
    if (role == Role::Order) ordered.push_back(nameOf(part));
    if (role == Role::None) read.push_back(nameOf(part));
  }
  std::string out;
  const auto say = [&](const std::string& what, const std::vector<std::string>& names) {
    if (names.empty()) return;
    if (!out.empty()) out += "; ";
    out += what + listed(names);
  };
  say("finds rows by ", found);
  say("joins by ", joined);
  say("gives rows in the order of ", ordered);
  say("spares reading the table for ", read);
  if (candidate.index.where) out += "; only rows where " + *candidate.index.where;
  const auto isSearch = [](const PlannedStatement* s) { return s->foreignKeyOf != nullptr; };
  if (std::any_of(statements.begin(), statements.end(), isSearch)) {
    out += "; the foreign key is looked for when rows it refers to are deleted or get other keys";
  }
  return out;
}

}  // namespace

std::string searchOf(const Table& table, const std::vector<std::string>& columns,
                     const Dialect& dialect) {
  const SqlCompiler& compiler = dialect.compiler();
  std::string sql = "SELECT 1 FROM ";
  if (table.shadowed) sql += compiler.quote(table.schema) + ".";
  sql += compiler.quote(table.name);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    sql += (i == 0 ? " WHERE " : " AND ") + compiler.quote(columns[i]) + " = ?";
  }
  return sql;
}

std::vector<PlannedStatement> prepare(std::span<const WorkloadStatement> workload,
                                      const Schema& schema, const Dialect& dialect,
                                      std::size_t most) {
  std::vector<PlannedStatement> prepared;
  for (const WorkloadStatement& given : workload) {
    PlannedStatement statement;
    statement.sql = given.sql;
    statement.shown = query::normalizeSql(given.sql, dialect.lexerRules());
    statement.calls = given.calls;
    statement.shape = readQueryShape(given.sql, schema, dialect.lexerRules());
    prepared.push_back(std::move(statement));
  }
  std::stable_sort(prepared.begin(), prepared.end(),
                   [](const auto& a, const auto& b) { return a.calls > b.calls; });
  if (prepared.size() > most) prepared.resize(most);
  std::vector<PlannedStatement> searches;
  Children children(schema, dialect, searches);
  for (const PlannedStatement& statement : prepared) {
    if (statement.shape.write) children.add(statement);
  }
  std::move(searches.begin(), searches.end(), std::back_inserter(prepared));
  return prepared;
}

bool keeps(const QueryShape& shape, const Candidate& candidate) {
  if (!shape.write || shape.write->table != candidate.table) return false;
  if (shape.kind != StatementKind::Update) return true;
  const std::vector<std::string>& set = shape.write->columns;
  const auto isSet = [&](const std::string& column) {
    return column.empty() || std::find(set.begin(), set.end(), column) != set.end();
  };
  const Index& index = candidate.index;
  return std::any_of(index.parts.begin(), index.parts.end(),
                     [&](const IndexPart& part) { return isSet(part.column); }) ||
         std::any_of(index.include.begin(), index.include.end(), isSet);
}

double writesOf(const Candidate& candidate, const std::vector<PlannedStatement>& statements) {
  double writes = 0;
  for (const PlannedStatement& statement : statements) {
    if (keeps(statement.shape, candidate)) writes += statement.calls;
  }
  return writes;
}

IndexRecommendation recommend(const Candidate& candidate,
                              const std::vector<const PlannedStatement*>& statements,
                              const Schema& schema, const Dialect& dialect) {
  IndexRecommendation made;
  const Table& table = *candidate.table;
  made.schema = table.schema;
  made.table = table.name;
  made.index = candidate.index;
  const SqlCompiler& compiler = dialect.compiler();
  made.createSql = compiler.createIndex(table, candidate.index, IndexBuild::Online);
  made.dropSql = compiler.dropIndex(table, candidate.index, IndexBuild::Online);
  double before = 0;
  double after = 0;
  for (const PlannedStatement* statement : statements) {
    HelpedStatement helped;
    helped.sql = statement->foreignKeyOf == nullptr
                     ? statement->shown
                     : statement->shown + "  (its foreign key check: " + statement->sql + ")";
    helped.calls = statement->calls;
    helped.costBefore = statement->before.cost;
    helped.costAfter = statement->after.cost;
    helped.before = statement->before.lines;
    helped.after = statement->after.lines;
    before += helped.calls * helped.costBefore;
    after += helped.calls * helped.costAfter;
    made.statements.push_back(std::move(helped));
  }
  if (before > 0) made.gain = std::max(0.0, 1 - after / before);
  made.reason = reasonOf(candidate, statements);
  for (const Index& index : table.indexes) {
    if (isRedundant(schema, table, index, candidate.index)) made.replaces.push_back(index.name);
  }
  return made;
}

}  // namespace sonde::advisor
