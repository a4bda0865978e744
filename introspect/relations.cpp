#include "relations.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "junctions.hpp"
#include "names.hpp"
#include "taken_names.hpp"

namespace sonde::detail {
namespace {

/// A relation that waits for its name, in the list of the table that will have it.
struct Proposal {
  Relation relation;
  std::size_t link = 0;              // of the child's key; of the near one for manyToMany
  std::optional<std::size_t> other;  // the far link of manyToMany
  // Who may choose first: own keys before those of others, and those before junctions; a table
  // already called as the relation would be ("posts") before "post"; then by table and by column.
  unsigned rank = 0;
  bool otherwiseCalled = false;
  std::uint32_t table = 0;
};

class Inference {
 public:
  Inference(std::vector<Table>& tables, const TableLookup& lookup)
      : tables_(tables), lookup_(lookup), words_(tables.size()), proposals_(tables.size()) {}

  void run() {
    collectLinks();
    for (std::size_t i = 0; i < links_.size(); ++i) proposeBelongsTo(i);
    for (std::size_t i = 0; i < links_.size(); ++i) proposeInverse(i);
    proposeManyToMany();
    for (std::size_t i = 0; i < tables_.size(); ++i) nameAll(i);
  }

 private:
  const TableWords& wordsAt(std::size_t table) {
    if (!words_[table]) words_[table] = wordsOf(tables_[table]);
    return *words_[table];
  }

  void collectLinks() {
    for (std::uint32_t child = 0; child < tables_.size(); ++child) {
      const Table& table = tables_[child];
      if (!table.isStored()) continue;
      std::unordered_set<std::string> seen;
      for (const ForeignKey& key : table.foreignKeys) {
        if (key.dangling) continue;
        if (table.foreignKeys.size() > 1 && !seen.insert(identityOf(key)).second) continue;
        const auto parent = lookup_.find(key.references.schema, key.references.table);
        if (!parent || !tables_[*parent].isStored()) continue;
        Link link;
        link.key = &key;
        link.child = child;
        link.parent = *parent;
        link.childUnique = table.hasKeyWithin(key.columns);
        link.role = roleOf(key, wordsAt(*parent));
        link.conventional = isConventional(link.role, wordsAt(*parent));
        links_.push_back(std::move(link));
      }
    }
  }

  /// A key declared twice, its columns perhaps in another order, is one: equal texts for equal
  /// keys.
  static std::string identityOf(const ForeignKey& key) {
    std::vector<std::string> pairs;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
      pairs.push_back(key.columns[i] + '\0' + key.references.columns[i]);
    }
    std::sort(pairs.begin(), pairs.end());
    std::string identity = key.references.schema + '\0' + key.references.table;
    for (const std::string& pair : pairs) identity.append(1, '\0').append(pair);
    return identity;
  }

  void proposeBelongsTo(std::size_t i) {
    const Link& link = links_[i];
    Proposal& proposal = propose(link.child, RelationKind::BelongsTo, tables_[link.parent]);
    proposal.relation.columns = link.key->columns;
    proposal.relation.foreignColumns = link.key->references.columns;
    proposal.link = i;
    proposal.rank = 0;
  }

  /// Only a key that points at a key of the parent has an inverse; a partition has its parent's.
  [[nodiscard]] bool hasInverse(const Link& link) const {
    return link.key->targetUnique && tables_[link.child].kind != TableKind::Partition;
  }

  void proposeInverse(std::size_t i) {
    const Link& link = links_[i];
    if (!hasInverse(link)) return;
    const RelationKind kind = link.childUnique ? RelationKind::HasOne : RelationKind::HasMany;
    Proposal& proposal = propose(link.parent, kind, tables_[link.child]);
    proposal.relation.columns = link.key->references.columns;
    proposal.relation.foreignColumns = link.key->columns;
    proposal.link = i;
    const TableWords& child = wordsAt(link.child);
    proposal.rank = 1;
    proposal.otherwiseCalled =
        child.asWritten != (link.childUnique ? child.singular : child.plural);
    proposal.table = link.child;
  }

  void proposeManyToMany() {
    for (std::size_t first = 0; first < links_.size();) {
      std::size_t last = first;
      while (last < links_.size() && links_[last].child == links_[first].child) ++last;
      if (const auto ends = findJunction(tables_[links_[first].child], links_, first, last)) {
        const bool usable = hasInverse(links_[ends->first]) && hasInverse(links_[ends->second]);
        if (usable) {
          proposeThrough(ends->first, ends->second);
          proposeThrough(ends->second, ends->first);
        }
      }
      first = last;
    }
  }

  void proposeThrough(std::size_t near, std::size_t far) {
    const ForeignKey& mine = *links_[near].key;
    const ForeignKey& theirs = *links_[far].key;
    const Table& junction = tables_[links_[near].child];
    Proposal& proposal =
        propose(links_[near].parent, RelationKind::ManyToMany, tables_[links_[far].parent]);
    proposal.relation.columns = mine.references.columns;
    proposal.relation.foreignColumns = theirs.references.columns;
    proposal.relation.through =
        RelationThrough{junction.schema, junction.name, mine.columns, theirs.columns};
    proposal.link = near;
    proposal.other = far;
    proposal.rank = 2;
    proposal.table = links_[near].child;
  }

  Proposal& propose(std::size_t owner, RelationKind kind, const Table& other) {
    Proposal& proposal = proposals_[owner].emplace_back();
    proposal.relation.kind = kind;
    proposal.relation.schema = other.schema;
    proposal.relation.table = other.name;
    return proposal;
  }

  /// Whether `a` chooses its name before `b`. A later column is a newer one, so it chooses later.
  [[nodiscard]] bool choosesFirst(const Proposal& a, const Proposal& b) const {
    const auto position = [](const Proposal& proposal) {
      return std::tie(proposal.rank, proposal.otherwiseCalled, proposal.table);
    };
    if (position(a) != position(b)) return position(a) < position(b);
    const Link& first = links_[a.link];
    const Link& second = links_[b.link];
    const Table& child = tables_[first.child];  // the same for both
    return std::lexicographical_compare(first.key->columns.begin(), first.key->columns.end(),
                                        second.key->columns.begin(), second.key->columns.end(),
                                        [&](const std::string& x, const std::string& y) {
                                          return child.columnIndex(x) < child.columnIndex(y);
                                        });
  }

  void nameAll(std::size_t table) {
    std::vector<Proposal>& proposals = proposals_[table];
    if (proposals.empty()) return;
    TakenNames taken(tables_[table]);
    std::vector<Proposal*> byOrder;
    byOrder.reserve(proposals.size());
    for (Proposal& proposal : proposals) byOrder.push_back(&proposal);
    std::stable_sort(byOrder.begin(), byOrder.end(),
                     [&](const Proposal* a, const Proposal* b) { return choosesFirst(*a, *b); });
    for (Proposal* proposal : byOrder) {
      unsigned choice = 0;
      std::string name = nameOf(*proposal, choice);
      while (!taken.take(name) && ++choice < kNameChoices) name = nameOf(*proposal, choice);
      if (choice == kNameChoices) name = taken.takeNumbered(name);
      proposal->relation.name = std::move(name);
    }
    for (Proposal& proposal : proposals) {
      tables_[table].relations.push_back(std::move(proposal.relation));
    }
  }

  std::string nameOf(const Proposal& proposal, unsigned choice) {
    const Link& link = links_[proposal.link];
    if (proposal.other) {
      const Link& far = links_[*proposal.other];
      return manyToManyName(link, far, wordsAt(link.parent), wordsAt(far.parent),
                            wordsAt(link.child), choice);
    }
    if (proposal.relation.kind == RelationKind::BelongsTo) {
      return belongsToName(link, wordsAt(link.parent), choice);
    }
    return inverseName(link, wordsAt(link.child), schemaToTell(link), choice);
  }

  /// The child's schema, where it is neither the parent's nor the one that plain names stand for.
  [[nodiscard]] std::string schemaToTell(const Link& link) const {
    const std::string& schema = tables_[link.child].schema;
    const std::vector<std::string>& path = lookup_.searchPath();
    const bool plain =
        schema == tables_[link.parent].schema || (!path.empty() && schema == path.front());
    return plain ? std::string() : schema;
  }

  std::vector<Table>& tables_;
  const TableLookup& lookup_;
  std::vector<std::optional<TableWords>> words_;
  std::vector<Link> links_;  // in the order of the child tables and their keys
  std::vector<std::vector<Proposal>> proposals_;
};

}  // namespace

void inferRelations(std::vector<Table>& tables, const TableLookup& lookup) {
  Inference(tables, lookup).run();
}

}  // namespace sonde::detail
