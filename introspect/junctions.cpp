#include "junctions.hpp"

#include <algorithm>
#include <string>

namespace sonde::detail {
namespace {

using Names = std::vector<std::string>;  // sorted, each once

Names sorted(Names names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool includes(const Names& all, const Names& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

struct Candidate {
  std::size_t link;
  Names columns;
};

class Finder {
 public:
  Finder(const Table& table, const std::vector<Link>& links, std::size_t first, std::size_t last)
      : table_(table), links_(links) {
    for (std::size_t i = first; i < last; ++i) {
      candidates_.push_back({i, sorted(links[i].key->columns)});
    }
  }

  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> find() const {
    if (candidates_.size() < 2) return std::nullopt;
    if (table_.primaryKey) {
      if (const auto pair = spanning(spelled(table_.primaryKey->columns))) return pair;
    }
    for (const UniqueConstraint& unique : table_.uniqueConstraints) {
      if (const auto pair = spanning(spelled(unique.columns))) return pair;
    }
    for (const Index& index : table_.indexes) {
      if (!index.enforcesUniqueColumns()) continue;
      Names columns;
      for (const IndexPart& part : index.parts) columns.push_back(part.column);
      if (const auto pair = spanning(spelled(columns))) return pair;
    }
    Names all;
    for (const Column& column : table_.columns) all.push_back(column.name);
    return spanning(sorted(std::move(all)));
  }

 private:
  /// Column names as the table writes them, so that they compare with those of resolved keys.
  [[nodiscard]] Names spelled(const Names& names) const {
    Names out;
    for (const std::string& name : names) {
      const Column* column = table_.findColumn(name);
      out.push_back(column == nullptr ? name : column->name);
    }
    return sorted(std::move(out));
  }

  /// @return The two keys that lie within these columns and make them up together; empty unless
  /// there are exactly two. A key within another (the tenant that both ends share) does not count.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> spanning(
      const Names& columns) const {
    std::vector<const Candidate*> inside;
    for (const Candidate& candidate : candidates_) {
      if (candidate.columns.size() >= columns.size() || !includes(columns, candidate.columns)) {
        continue;
      }
      const auto holds = [&](const Candidate* other, const Candidate& one) {
        return other->columns.size() > one.columns.size() && includes(other->columns, one.columns);
      };
      const bool isWithin = std::any_of(inside.begin(), inside.end(), [&](const Candidate* other) {
        return holds(other, candidate);
      });
      if (isWithin) continue;
      inside.erase(
          std::remove_if(inside.begin(), inside.end(),
                         [&](const Candidate* other) { return holds(&candidate, *other); }),
          inside.end());
      inside.push_back(&candidate);
      if (inside.size() > kMostKeys) return std::nullopt;
    }
    if (inside.size() != 2) return std::nullopt;
    const std::size_t a = inside.front()->link;
    const std::size_t b = inside.back()->link;
    if (links_[a].childUnique || links_[b].childUnique) return std::nullopt;
    Names both = inside.front()->columns;
    both.insert(both.end(), inside.back()->columns.begin(), inside.back()->columns.end());
    if (sorted(std::move(both)) != columns) return std::nullopt;
    return std::make_pair(a, b);
  }

  // With more keys side by side than this a table is no junction, whatever follows; it keeps the
  // search linear for a table of hundreds of foreign keys.
  static constexpr std::size_t kMostKeys = 16;

  const Table& table_;
  const std::vector<Link>& links_;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::optional<std::pair<std::size_t, std::size_t>> findJunction(const Table& table,
                                                                const std::vector<Link>& links,
                                                                std::size_t first,
                                                                std::size_t last) {
  return Finder(table, links, first, last).find();
}

}  // namespace sonde::detail
