#include "sqlite_plan_cost.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "../../core/text.hpp"
#include "../../query/lexer.hpp"
#include "sqlite_dialect.hpp"

namespace sonde {
namespace {

// Weights, in rows of a table read in order.
constexpr double kSeek = 4;           // Down a tree, to one entry.
constexpr double kIndexRow = 0.35;    // The next entry of an index.
constexpr double kSortStep = 0.4;     // A row of a sort, for each doubling of the rows.
constexpr double kBound = 0.25;       // What a range with one bound leaves; with two, its cube.
constexpr double kUnknownEqual = 10;  // Rows found in an index that is made for one run.
constexpr double kRecursion = 10;     // Rounds of a recursive query.

/// The terms of a search, as in "(a=? AND b>?)".
struct Terms {
  std::size_t equal = 0;
  std::size_t bounds = 0;
  std::size_t skipped = 0;  ///< Leading columns of a skip scan: "ANY(a)".
};

/// A step that reads a table or an index.
struct Access {
  bool search = false;
  bool covering = false;
  bool automatic = false;
  bool rowid = false;
  bool primaryKey = false;  ///< Of a table without rowid.
  std::string name;         ///< The table or what stands for it, in lower case.
  std::string index;        ///< As written; empty for none.
  std::optional<Terms> terms;
};

bool cut(std::string_view& text, std::string_view prefix) noexcept {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Terms readTerms(std::string_view list) {
  Terms terms;
  constexpr std::string_view kAnd = " AND ";
  for (std::size_t at = 0; at <= list.size();) {
    const std::size_t end = std::min(list.find(kAnd, at), list.size());
    const std::string_view term = list.substr(at, end - at);
    if (term.starts_with("ANY(")) {
      ++terms.skipped;
    } else if (term.ends_with("=?")) {
      ++terms.equal;
    } else {
      ++terms.bounds;
    }
    at = end + kAnd.size();
  }
  return terms;
}

/// @return What "SCAN t …" or "SEARCH t …" says; empty for other steps.
std::optional<Access> readAccess(std::string_view detail) {
  Access access;
  access.search = detail.starts_with("SEARCH ");
  if (!access.search && !detail.starts_with("SCAN ")) return std::nullopt;
  detail.remove_prefix(access.search ? 7 : 5);
  if (detail.ends_with(" LEFT-JOIN")) detail.remove_suffix(10);
  if (detail.ends_with(')')) {
    if (const std::size_t open = detail.rfind(" ("); open != std::string_view::npos) {
      access.terms = readTerms(detail.substr(open + 2, detail.size() - open - 3));
      detail = detail.substr(0, open);
    }
  }
  constexpr std::string_view kUsing = " USING ";
  const std::size_t with = detail.rfind(kUsing);
  access.name = text::lower(detail.substr(0, with));
  if (with == std::string_view::npos) return access;
  std::string_view how = detail.substr(with + kUsing.size());
  access.automatic = cut(how, "AUTOMATIC ");
  cut(how, "PARTIAL ");
  access.covering = cut(how, "COVERING ");
  if (cut(how, "INDEX ") && !access.automatic) access.index = how;
  access.rowid = how == "INTEGER PRIMARY KEY";
  access.primaryKey = how == "PRIMARY KEY";
  return access;
}

double sortCost(double rows, double kept) noexcept {
  return rows < 2 ? 0 : kSortStep * rows * std::log2(std::min(rows, kept) + 1);
}

struct Priced {
  double cost = 0;
  double rows = 1;
  bool blocked = false;  ///< By a sort: nothing comes out before everything is read.
};

/// Works out one plan.
class Pricer {
 public:
  Pricer(const SqlitePlanFacts& facts, QueryPlan& plan) : facts_(facts), plan_(plan) {}

  void take(const std::vector<SqlitePlanStep>& steps) {
    steps_ = &steps;
    below_.assign(steps.size(), {});
    roots_.clear();
    for (std::size_t i = 0; i < steps.size(); ++i) {
      // Numbers are those of one program: a trigger's may be those of another's.
      std::size_t depth = 0;
      std::size_t above = i;
      if (steps[i].parent != 0) {
        while (above > 0 && steps[above - 1].id != steps[i].parent) --above;
      } else {
        above = 0;
      }
      if (above == 0) {
        roots_.push_back(i);
      } else {
        below_[above - 1].push_back(i);
        depth = depths_[above - 1] + 1;
      }
      depths_.resize(i);
      depths_.push_back(depth);
      plan_.lines.push_back(std::string(depth * 2, ' ') + steps[i].detail);
    }
  }

  Priced nested() { return group(roots_); }

  /// The first step finds the rows to change; each that follows is done for each of them.
  Priced forEachRow(double rows, bool firstFindsThem) {
    Priced all;
    all.rows = rows;
    bool first = firstFindsThem;
    for (const std::size_t root : roots_) {
      const Priced one = group({root});
      all.cost += first ? one.cost : all.rows * one.cost;
      if (first) all.rows = one.rows;
      first = false;
    }
    return all;
  }

 private:
  Priced group(const std::vector<std::size_t>& steps) {
    Priced out;
    for (const std::size_t step : steps) addStep(step, out);
    return out;
  }

  void addStep(std::size_t step, Priced& out) {
    std::string_view detail = (*steps_)[step].detail;
    if (detail.starts_with("SCAN CONSTANT ROW") || detail.starts_with("BLOOM FILTER")) return;
    if (const auto access = readAccess(detail)) {
      loop(price(*access, out), out);
    } else if (detail == "MULTI-INDEX OR") {
      Priced all;
      all.rows = 0;
      for (const std::size_t branch : below_[step]) add(group(below_[branch]), all);
      loop(all, out);
    } else if (cut(detail, "USE TEMP B-TREE FOR ")) {
      plan_.sorts = true;
      out.blocked = true;
      out.cost += sortCost(out.rows, facts_.limit.value_or(out.rows));
    } else if (cut(detail, "CO-ROUTINE ") || cut(detail, "MATERIALIZE ")) {
      const Priced made = group(below_[step]);
      out.cost += made.cost;
      derived_[text::lower(detail)] = made.rows;
    } else if (detail.starts_with("CORRELATED ")) {
      out.cost += out.rows * group(below_[step]).cost;
    } else if (detail == "COMPOUND QUERY" || detail.starts_with("MERGE ")) {
      Priced all;
      all.rows = 0;
      for (const std::size_t part : below_[step]) {
        if ((*steps_)[part].detail.find("TEMP B-TREE") != std::string::npos) plan_.sorts = true;
        add(group(below_[part]), all);
      }
      loop(all, out);
    } else if (detail == "RECURSIVE STEP") {
      out.cost += kRecursion * group(below_[step]).cost;
    } else {
      out.cost += group(below_[step]).cost;
    }
  }

  static void add(const Priced& part, Priced& all) noexcept {
    all.cost += part.cost;
    all.rows += part.rows;
    all.blocked = all.blocked || part.blocked;
  }

  /// One more loop inside those so far.
  static void loop(const Priced& inner, Priced& out) noexcept {
    out.cost += out.rows * inner.cost;
    out.rows *= inner.rows;
  }

  Priced price(const Access& access, Priced& outer) {
    if (const auto found = derived_.find(access.name); found != derived_.end()) {
      return {found->second * kIndexRow, found->second};
    }
    if (!access.index.empty()) return throughIndex(access);
    const auto alias = facts_.aliases.find(access.name);
    const std::string& table = alias == facts_.aliases.end() ? access.name : alias->second;
    const auto known = facts_.rows.find(table);
    if (known == facts_.rows.end()) return {kSeek, 1};  // The queue of a recursive query.
    const double rows = std::max(1.0, known->second);
    if (access.automatic) {
      plan_.automaticIndex = true;
      outer.cost += rows + sortCost(rows, rows);
      const double found = std::min(rows, kUnknownEqual);
      return {kSeek + found * kIndexRow, found};
    }
    if (access.primaryKey && access.terms) {
      const auto key = facts_.indexes.find(table);
      const double found =
          key == facts_.indexes.end() ? rows : matching(key->second, *access.terms);
      return {kSeek + found, found};
    }
    if (access.rowid && access.terms) {
      const double found = access.terms->equal > 0 ? 1 : rows * bounded(access.terms->bounds);
      return {kSeek + found, found};
    }
    addOnce(plan_.fullScans, table);
    return {rows, rows};
  }

  Priced throughIndex(const Access& access) {
    addOnce(plan_.indexes, access.index);
    const auto known = facts_.indexes.find(text::lower(access.index));
    if (known == facts_.indexes.end()) return {kSeek, 1};
    const SqliteIndexFacts& index = known->second;
    const double row = kIndexRow + (access.covering ? 0 : kSeek);
    // The least or greatest entry.
    if (access.search && !access.terms) return {kSeek + row, 1};
    if (!access.search) {
      addOnce(plan_.fullScans, index.table);
      return {std::max(1.0, index.rows) * row, std::max(1.0, index.rows)};
    }
    const double found = matching(index, *access.terms);
    const double seeks =
        access.terms->skipped > 0 ? index.rows / equalRows(index, access.terms->skipped) : 1;
    return {seeks * kSeek + found * row, found};
  }

  static double equalRows(const SqliteIndexFacts& index, std::size_t parts) noexcept {
    if (parts == 0 || index.equal.empty()) return std::max(1.0, index.rows);
    return std::max(1.0, index.equal[std::min(parts, index.equal.size()) - 1]);
  }

  static double bounded(std::size_t bounds) noexcept {
    return bounds == 0 ? 1 : bounds == 1 ? kBound : kBound * kBound * kBound;
  }

  /// A skip scan finds what the terms leave in each group that it looks into.
  static double matching(const SqliteIndexFacts& index, const Terms& terms) noexcept {
    const double rows = std::max(1.0, index.rows);
    const double all = equalRows(index, terms.skipped + terms.equal);
    const double groups = terms.skipped > 0 ? rows / equalRows(index, terms.skipped) : 1;
    return std::max(1.0, std::min(rows, groups * all) * bounded(terms.bounds));
  }

  static void addOnce(std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }

  const SqlitePlanFacts& facts_;
  QueryPlan& plan_;
  const std::vector<SqlitePlanStep>* steps_ = nullptr;
  std::vector<std::size_t> roots_;
  std::vector<std::vector<std::size_t>> below_;
  std::vector<std::size_t> depths_;
  std::map<std::string, double, std::less<>> derived_;  // Co-routines and the like → rows.
};

/// Words that may follow the name of a table and are no alias.
bool endsTable(std::string_view word) {
  static const std::set<std::string, std::less<>> kWords = {
      "where",   "join",    "on",    "left",   "inner", "cross", "natural", "order",
      "group",   "limit",   "union", "except", "using", "set",   "window",  "intersect",
      "indexed", "not",     "full",  "having", "right", "outer", "values",  "returning",
      "select",  "default", "begin", "for",    "when",  "is",    "in",      "and",
      "or",      "as",      "then",  "else",   "end",   "asc",   "desc",    "collate",
      "between", "like",    "glob",  "isnull", "match", "over",  "filter",  "notnull"};
  return kWords.contains(text::lower(word));
}

}  // namespace

QueryPlan priceSqlitePlan(const SqliteExplained& explained, const SqlitePlanFacts& facts) {
  QueryPlan plan;
  Pricer pricer(facts, plan);
  pricer.take(explained.steps);
  Priced total;
  if (explained.readOnly) {
    total = pricer.nested();
    if (facts.limit && total.rows > *facts.limit) {
      if (!total.blocked) total.cost *= *facts.limit / total.rows;
      total.rows = *facts.limit;
    }
  } else {
    total = pricer.forEachRow(1, true);
    pricer.take(explained.triggered);
    total.cost += pricer.forEachRow(total.rows, false).cost;
  }
  plan.cost = total.cost;
  plan.rows = total.rows;
  return plan;
}

void readSqliteAliases(std::string_view sql, const std::vector<std::string>& tables,
                       std::map<std::string, std::string, std::less<>>& aliases) {
  const query::LexerRules& rules = SqliteDialect::instance().lexerRules();
  query::Lexer lexer(sql, rules);
  query::Token token;
  std::string table;
  const auto isName = [](const query::Token& t) {
    return t.kind == query::TokenKind::Word || t.kind == query::TokenKind::QuotedIdentifier;
  };
  while (lexer.nextSignificant(token)) {
    if (!isName(token)) {
      table.clear();
      continue;
    }
    const bool word = token.kind == query::TokenKind::Word;
    if (word && text::equalsIgnoreCase(token.text, "AS")) continue;
    const std::string name = text::lower(query::unquote(token, rules));
    if (!table.empty() && !(word && endsTable(token.text))) aliases.emplace(name, table);
    table = std::find(tables.begin(), tables.end(), name) == tables.end() ? std::string() : name;
  }
}

std::optional<double> readSqliteLimit(std::string_view sql) {
  query::Lexer lexer(sql, SqliteDialect::instance().lexerRules());
  query::Token token;
  constexpr double kPage = 20;
  std::optional<double> limit;
  bool inLimit = false;
  int depth = 0;
  while (lexer.nextSignificant(token)) {
    if (token.kind == query::TokenKind::Open) ++depth;
    if (token.kind == query::TokenKind::Close) --depth;
    if (depth != 0) continue;
    if (token.kind == query::TokenKind::Word && text::equalsIgnoreCase(token.text, "LIMIT")) {
      inLimit = true;
      limit = 0;
    } else if (inLimit && token.kind == query::TokenKind::Parameter) {
      *limit += kPage;
    } else if (inLimit && token.kind == query::TokenKind::Number) {
      double number = kPage;
      std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
      *limit += number;
    }
  }
  return limit;
}

}  // namespace sonde
