#include "apply_indexes.hpp"

#include <algorithm>

#include "../core/error.hpp"
#include "../core/suggest.hpp"

namespace sonde::cli {
namespace {

/// An index that may be made.
struct Wanted {
  std::string name;
  std::string schema;
  std::string table;
  std::string createSql;
  std::string dropSql;
};

std::vector<Wanted> offered(const IndexAdvice& advice) {
  std::vector<Wanted> all;
  for (const IndexRecommendation& made : advice.recommendations) {
    all.push_back({made.index.name, made.schema, made.table, made.createSql, made.dropSql});
  }
  for (const IndexFinding& finding : advice.findings) {
    if (finding.kind != IndexFindingKind::MissingForeignKey) continue;
    all.push_back({finding.index, finding.schema, finding.table, finding.fixSql, finding.undoSql});
  }
  return all;
}

std::vector<Wanted> chosen(std::vector<Wanted> all, const std::vector<std::string>& only) {
  if (only.empty()) return all;
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const Wanted& wanted : all) names.push_back(wanted.name);
  for (const std::string& name : only) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    throw ValidationError("no index " + quoteForMessage(name) + " is recommended" +
                          didYouMean(nearest(name, names)));
  }
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const Wanted& wanted) {
                             return std::find(only.begin(), only.end(), wanted.name) == only.end();
                           }),
            all.end());
  return all;
}

/// The index as it stands in the database now; nullptr when it does not.
const Index* found(const Schema& schema, const Wanted& wanted) {
  const Table* table = schema.findTable(wanted.schema, wanted.table);
  if (table == nullptr) return nullptr;
  const auto index = std::find_if(table->indexes.begin(), table->indexes.end(),
                                  [&](const Index& other) { return other.name == wanted.name; });
  return index == table->indexes.end() ? nullptr : &*index;
}

// What CREATE INDEX CONCURRENTLY leaves when it fails is an index that nobody reads and every write
// keeps.
std::string takeAwayRest(const Database& db, const Wanted& wanted) {
  db.refreshSchema();
  const Index* rest = found(*db.schema(), wanted);
  if (rest == nullptr || rest->valid) return {};
  try {
    db.execute(wanted.dropSql);
    return "; the invalid index that it left was dropped";
  } catch (const Error& error) {
    return "; it left an invalid index, which could not be dropped: " + std::string(error.what());
  }
}

AppliedIndex apply(const Database& db, const Wanted& wanted) {
  AppliedIndex result{wanted.name, wanted.table, false, {}, wanted.dropSql};
  try {
    db.execute(wanted.createSql);
  } catch (const Error& error) {
    result.problem = error.what() + takeAwayRest(db, wanted);
    return result;
  }
  db.refreshSchema();
  const std::shared_ptr<const Schema> schema = db.schema();
  const Index* made = found(*schema, wanted);
  result.made = made != nullptr && made->valid;
  if (!result.made) result.problem = "it is not there, or not valid, after it was made";
  return result;
}

}  // namespace

std::vector<AppliedIndex> applyIndexes(const Database& db, const IndexAdvice& advice,
                                       const std::vector<std::string>& only) {
  std::vector<AppliedIndex> results;
  for (const Wanted& wanted : chosen(offered(advice), only)) results.push_back(apply(db, wanted));
  return results;
}

}  // namespace sonde::cli
