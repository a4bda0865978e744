#include "candidates.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "redundant.hpp"

namespace sonde::advisor {

namespace {

using Keys = std::vector<IndexPart>;

constexpr std::size_t kMaxKeys = 4;     // of an index, what is only read aside
constexpr std::size_t kMaxColumns = 6;  // all in all
constexpr std::size_t kMaxProposals = 60;

bool samePart(const IndexPart& a, const IndexPart& b) {
  return a.column == b.column && a.expression == b.expression && a.descending == b.descending &&
         a.nullsFirst == b.nullsFirst && a.collation == b.collation && a.opclass == b.opclass;
}

bool sameTerm(const IndexPart& a, const IndexPart& b) {
  return a.column == b.column && a.expression == b.expression;
}

bool isEquality(MatchKind kind) {
  return kind == MatchKind::Equal || kind == MatchKind::In || kind == MatchKind::Null;
}

bool isRange(MatchKind kind) {
  return kind == MatchKind::Range || kind == MatchKind::Like || kind == MatchKind::Glob;
}

/// What one block asks of one table, as keys of an index.
struct Wishes {
  Keys equal;   // compared with what is known
  Keys listed;  // of these, by IN: rows do not come out in one order
  Keys joined;  // compared with other tables
  Keys ranges;
  Keys order;
  Keys group;
  std::vector<std::string> rest;  // columns that are read
  bool readsAll = false;
};

/// Makes the proposals of one table in one block.
class Maker {
 public:
  Maker(const QueryBlock& block, std::size_t source, const Schema& schema, const IndexRules& rules,
        std::vector<Proposal>& out)
      : block_(block),
        source_(source),
        table_(*block.sources[source].table),
        schema_(schema),
        rules_(rules),
        out_(out) {}

  void makeAll() {
    const Wishes wishes = wishesOf(block_.predicates, nullptr);
    makeKeys(wishes, std::nullopt);
    if (rules_.partial) makePartial();
    for (const Disjunction& either : block_.alternatives) makeAlternatives(either, wishes);
  }

  /// Only the keys to begin with.
  void makeFirst() {
    const Wishes wishes = wishesOf(block_.predicates, nullptr);
    Keys keys = joinedKeys(wishes.joined, wishes.equal);
    if (!wishes.ranges.empty()) {
      keys = joinedKeys(keys, {wishes.ranges.front()});
    } else {
      keys = joinedKeys(keys, !wishes.order.empty() ? wishes.order : Keys());
    }
    const bool plain = std::all_of(keys.begin(), keys.end(),
                                   [](const IndexPart& part) { return !part.column.empty(); });
    if (plain) propose(keys, 0, std::nullopt);
  }

  /// What this table would need to be searched rather than read in a join; empty for nothing.
  [[nodiscard]] std::vector<Candidate> joining() const {
    const Wishes wishes = wishesOf(block_.predicates, nullptr);
    std::vector<Candidate> needed;
    for (const Keys& keys : {wishes.equal, wishes.joined}) {
      if (keys.empty() || keys.size() > kMaxKeys) continue;
      Candidate candidate = candidateOf(keys, 0, std::nullopt);
      if (!isThere(candidate, schema_)) needed.push_back(std::move(candidate));
    }
    return needed;
  }

 private:
  [[nodiscard]] IndexPart partFor(const KeyTerm& term) const {
    IndexPart part;
    part.column = term.column;
    part.expression = term.expression;
    if (!term.collation.empty()) {
      const Column* column = term.column.empty() ? nullptr : table_.findColumn(term.column);
      if (column == nullptr || column->collation != term.collation) part.collation = term.collation;
    }
    return part;
  }

  /// A rowid needs no index, and rows of an index that agree in its keys stand in its order.
  [[nodiscard]] bool isRowid(const IndexPart& part) const {
    const Column* column = table_.findColumn(part.column);
    return column != nullptr && column->rowidAlias;
  }

  static void addKey(Keys& keys, IndexPart part) {
    const auto same = [&](const IndexPart& other) { return sameTerm(part, other); };
    if (std::none_of(keys.begin(), keys.end(), same)) keys.push_back(std::move(part));
  }

  void addPredicate(const Predicate& predicate, Wishes& wishes) const {
    if (predicate.term.source != source_) return;
    if (predicate.term.column.empty() && !rules_.expressions) return;
    IndexPart part = partFor(predicate.term);
    if (isRowid(part)) return;
    if (predicate.joined) {
      if (predicate.kind == MatchKind::Equal) addKey(wishes.joined, std::move(part));
    } else if (isEquality(predicate.kind)) {
      if (predicate.kind == MatchKind::In) addKey(wishes.listed, part);
      addKey(wishes.equal, std::move(part));
    } else if (predicate.kind == MatchKind::Like) {
      addLike(std::move(part), wishes);
    } else if (isRange(predicate.kind)) {
      addKey(wishes.ranges, std::move(part));
    }
  }

  void addLike(IndexPart part, Wishes& wishes) const {
    const Column* column = table_.findColumn(part.column);
    if (!rules_.likeCollation.empty()) {
      if (column == nullptr || column->collation != rules_.likeCollation) {
        part.collation = rules_.likeCollation;
      }
    } else if (!rules_.likeOpclass.empty()) {
      IndexPart other = part;
      other.opclass = rules_.likeOpclass;
      wishes.ranges.push_back(std::move(other));
    }
    addKey(wishes.ranges, std::move(part));
  }

  /// The keys of an order that this table alone gives; turned round where that makes most of them
  /// ascending, because an index is read from either end.
  [[nodiscard]] Keys keysOf(const std::vector<Ordering>& order) const {
    Keys keys;
    for (const Ordering& key : order) {
      if (key.term.source != source_) break;
      if (key.term.column.empty() && !rules_.expressions) break;
      IndexPart part = partFor(key.term);
      if (isRowid(part)) break;
      part.descending = key.descending;
      part.nullsFirst = key.nullsFirst;
      addKey(keys, std::move(part));
    }
    const bool turn = !keys.empty() && keys.front().descending;
    for (IndexPart& part : keys) {
      if (!turn) break;
      part.descending = !part.descending;
      if (part.nullsFirst) part.nullsFirst = !*part.nullsFirst;
    }
    return keys;
  }

  [[nodiscard]] Wishes wishesOf(const Conjunction& predicates, const Predicate* without) const {
    Wishes wishes;
    for (const Predicate& predicate : predicates) {
      if (&predicate != without) addPredicate(predicate, wishes);
    }
    wishes.order = keysOf(block_.order);
    wishes.group = keysOf(block_.group);
    if (block_.extreme) wishes.order = keysOf({{*block_.extreme, false, {}}});
    const Source& source = block_.sources[source_];
    wishes.readsAll = source.allColumns;
    wishes.rest = source.columns;
    return wishes;
  }

  static Keys joinedKeys(const Keys& first, const Keys& then) {
    Keys keys = first;
    for (const IndexPart& part : then) addKey(keys, part);
    return keys;
  }

  static Keys without(const Keys& keys, const Keys& others) {
    Keys rest;
    for (const IndexPart& part : keys) {
      const auto same = [&](const IndexPart& other) { return sameTerm(part, other); };
      if (std::none_of(others.begin(), others.end(), same)) rest.push_back(part);
    }
    return rest;
  }

  /// Equalities in every rotation, then what may follow them.
  void makeKeys(const Wishes& wishes, const std::optional<std::string>& where) {
    const Keys found = joinedKeys(wishes.joined, wishes.equal);
    for (const Keys& keys : {wishes.equal, wishes.joined, found}) {
      for (std::size_t turn = 0; turn < std::min(keys.size(), kMaxKeys); ++turn) {
        Keys turned = keys;
        std::rotate(turned.begin(), turned.begin() + static_cast<std::ptrdiff_t>(turn),
                    turned.end());
        makeWith(turned, wishes, where);
        propose({turned.front()}, 0, where);
        if (turned.size() > 2) propose({turned[0], turned[1]}, 0, where);
      }
    }
    const Keys steady = without(wishes.equal, wishes.listed);
    if (steady.size() != wishes.equal.size()) makeWith(steady, wishes, where);
    makeWith({}, wishes, where);
  }

  /// These keys alone, and followed by each range and each order.
  void makeWith(const Keys& keys, const Wishes& wishes, const std::optional<std::string>& where) {
    makeCovering(keys, wishes, where);
    for (const IndexPart& range : wishes.ranges) {
      makeCovering(joinedKeys(keys, {range}), wishes, where);
    }
    for (const Keys* list : {&wishes.order, &wishes.group}) {
      const Keys& order = *list;
      // Reading in order until enough rows match takes nobody knows how long.
      const bool filtered = !without(wishes.equal, keys).empty() ||
                            !without(wishes.ranges, joinedKeys(keys, order)).empty();
      // So does reading all of a table in an order that its rows do not stand in.
      const bool whole = &order == &wishes.order && !block_.limited && !block_.extreme;
      if (order.empty() || (keys.empty() && (filtered || whole))) continue;
      makeCovering(joinedKeys(keys, order), wishes, where);
    }
  }

  /// The keys, and with what is read beside them.
  void makeCovering(const Keys& keys, const Wishes& wishes,
                    const std::optional<std::string>& where) {
    if (keys.empty()) return;
    propose(keys, 0, where);
    if (wishes.readsAll) return;
    Keys all = keys;
    for (const std::string& column : wishes.rest) {
      IndexPart part;
      part.column = column;
      if (isRowid(part) || (rules_.carriesKey && isKeyColumn(column))) continue;
      addKey(all, std::move(part));
    }
    if (all.size() > keys.size() && all.size() <= kMaxColumns) {
      propose(all, all.size() - keys.size(), where);
    }
  }

  [[nodiscard]] bool isKeyColumn(const std::string& column) const {
    const std::vector<std::string>& key = table_.keyColumns();
    return std::find(key.begin(), key.end(), column) != key.end();
  }

  // WHERE the comparison with a literal holds, for what else the statement asks.
  void makePartial() {
    for (const Predicate& predicate : block_.predicates) {
      if (predicate.term.source != source_ || predicate.condition.empty()) continue;
      if (isRange(predicate.kind) || predicate.kind == MatchKind::Other) continue;
      const Wishes wishes = wishesOf(block_.predicates, &predicate);
      Wishes narrow = wishes;
      narrow.readsAll = true;  // nothing that is only read
      makeKeys(narrow, predicate.condition);
      // A column may hold a rare state; what a function gives is seldom asked for by one value.
      if (predicate.term.column.empty()) continue;
      propose({partFor(predicate.term)}, 0, predicate.condition);
    }
  }

  // An index for each branch, all of one table, or none.
  void makeAlternatives(const Disjunction& either, const Wishes& common) {
    Proposal alone;
    Proposal after;
    for (const Conjunction& branch : either.branches) {
      const Wishes wishes = wishesOf(branch, nullptr);
      Keys keys = wishes.equal;
      if (!wishes.ranges.empty()) keys = joinedKeys(keys, {wishes.ranges.front()});
      if (keys.empty()) return;
      add(alone, keys);
      add(after, joinedKeys(common.equal, keys));
    }
    keep(std::move(alone));
    keep(std::move(after));
  }

  void add(Proposal& proposal, Keys keys) const {
    Candidate candidate = candidateOf(std::move(keys), 0, std::nullopt);
    const auto same = [&](const Candidate& other) { return candidate.same(other); };
    if (isThere(candidate, schema_)) return;
    if (std::none_of(proposal.indexes.begin(), proposal.indexes.end(), same)) {
      proposal.indexes.push_back(std::move(candidate));
    }
  }

  [[nodiscard]] Candidate candidateOf(Keys keys, std::size_t covering,
                                      const std::optional<std::string>& where) const {
    Candidate candidate;
    candidate.table = &table_;
    candidate.covering = covering;
    candidate.index.where = where;
    const std::size_t kept = keys.size() - covering;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i >= kept && rules_.include) {
        candidate.index.include.push_back(std::move(keys[i].column));
      } else {
        candidate.index.parts.push_back(std::move(keys[i]));
      }
    }
    return candidate;
  }

  void propose(Keys keys, std::size_t covering, const std::optional<std::string>& where) {
    if (keys.size() - covering > kMaxKeys) keys.resize(kMaxKeys), covering = 0;
    Proposal proposal;
    proposal.indexes.push_back(candidateOf(std::move(keys), covering, where));
    if (!isThere(proposal.indexes.front(), schema_)) keep(std::move(proposal));
  }

  void keep(Proposal proposal) {
    if (proposal.indexes.empty() || out_.size() >= kMaxProposals) return;
    const auto same = [&](const Proposal& other) { return proposal.same(other); };
    if (std::none_of(out_.begin(), out_.end(), same)) out_.push_back(std::move(proposal));
  }

  const QueryBlock& block_;
  std::size_t source_;
  const Table& table_;
  const Schema& schema_;
  const IndexRules& rules_;
  std::vector<Proposal>& out_;
};

// One proposal for a whole join: its tables may help only together, each searched by what the one
// before it gave.
void joinAll(const QueryBlock& block, const Schema& schema, const IndexRules& rules,
             std::vector<Proposal>& all) {
  constexpr std::size_t kMost = 6;
  Proposal together;
  for (std::size_t i = 0; i < block.sources.size(); ++i) {
    if (!takesIndexes(*block.sources[i].table)) continue;
    for (Candidate& candidate : Maker(block, i, schema, rules, all).joining()) {
      const auto same = [&](const Candidate& other) { return candidate.same(other); };
      const bool there = std::any_of(together.indexes.begin(), together.indexes.end(), same);
      if (!there) together.indexes.push_back(std::move(candidate));
    }
  }
  if (together.indexes.size() > 1 && together.indexes.size() <= kMost) {
    all.push_back(std::move(together));
  }
}

template <class Make>
std::vector<Proposal> make(const QueryShape& shape, const Schema& schema, const IndexRules& rules,
                           Make how, bool joined) {
  std::vector<Proposal> all;
  for (const QueryBlock& block : shape.blocks) {
    for (std::size_t i = 0; i < block.sources.size(); ++i) {
      if (!takesIndexes(*block.sources[i].table)) continue;
      Maker maker(block, i, schema, rules, all);
      (maker.*how)();
    }
    if (joined) joinAll(block, schema, rules, all);
  }
  return all;
}

}  // namespace

bool Candidate::same(const Candidate& other) const {
  return table == other.table && index.where == other.index.where &&
         index.include == other.index.include &&
         std::equal(index.parts.begin(), index.parts.end(), other.index.parts.begin(),
                    other.index.parts.end(), samePart);
}

std::size_t Proposal::weight() const noexcept {
  std::size_t weight = 0;
  for (const Candidate& candidate : indexes) {
    weight += candidate.index.parts.size() + candidate.index.include.size() + candidate.covering;
  }
  return weight;
}

bool Proposal::same(const Proposal& other) const {
  return std::equal(indexes.begin(), indexes.end(), other.indexes.begin(), other.indexes.end(),
                    [](const Candidate& a, const Candidate& b) { return a.same(b); });
}

bool isThere(const Candidate& candidate, const Schema& schema) {
  const Table& table = *candidate.table;
  if (!candidate.index.where && candidate.index.include.empty()) {
    // The table itself, or the index of its key, stands in the order of the key.
    const std::vector<std::string>& key = table.keyColumns();
    const std::vector<IndexPart>& parts = candidate.index.parts;
    const bool leads = parts.size() <= key.size() &&
                       std::equal(parts.begin(), parts.end(), key.begin(),
                                  [](const IndexPart& part, const std::string& column) {
                                    return part.column == column && !part.collation &&
                                           !part.opclass && !part.descending;
                                  });
    if (leads) return true;
  }
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
    return isRedundant(schema, table, candidate.index, index);
  });
}

std::vector<Proposal> proposals(const QueryShape& shape, const Schema& schema,
                                const IndexRules& rules) {
  return make(shape, schema, rules, &Maker::makeAll, true);
}

std::vector<Proposal> firstProposals(const QueryShape& shape, const Schema& schema,
                                     const IndexRules& rules) {
  return make(shape, schema, rules, &Maker::makeFirst, false);
}

}  // namespace sonde::advisor
