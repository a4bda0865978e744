// Makes indexes that were recommended.
//
// Invariant: only what consent names is made, each on its own and outside a transaction, and looked
// for afterwards; one that could not be made leaves nothing behind.
#pragma once

#include <string>
#include <vector>

#include "../db/database.hpp"

namespace sonde::cli {

/// What became of one index.
struct AppliedIndex {
  std::string name;
  std::string table;
  bool made = false;
  std::string problem;  ///< Why not, for people.
  std::string undoSql;
};

/// Makes the recommended indexes and those that foreign keys lack; with names in `only`, these
/// alone. Drops nothing that was there.
/// @throws ValidationError naming the nearest, before anything is made, for a name that is not
/// recommended.
std::vector<AppliedIndex> applyIndexes(const Database& db, const IndexAdvice& advice,
                                       const std::vector<std::string>& only);

}  // namespace sonde::cli
