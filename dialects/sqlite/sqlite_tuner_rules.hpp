// The rules by which the tuner judges a SQLite database, a topic a function.
//
// Invariant: each looks at the facts and adds what it advises; none changes anything. Internal to
// the tuner.
#pragma once

#include "sqlite_tuner_facts.hpp"

namespace sonde {

/// Settings with which a crash or a mistake damages data: synchronous off, no journal …
void judgeSqliteDangers(const SqliteFacts& facts, TunerReading& reading);
/// Faults of the library's version.
void judgeSqliteLibrary(const SqliteFacts& facts, TunerReading& reading);
/// The journal and what a commit promises, unless a profile was asked for that decides on both.
void judgeSqliteJournal(const SqliteFacts& facts, TunerReading& reading);
/// Checkpoints and the cache.
void judgeSqliteUpkeep(const SqliteFacts& facts, TunerReading& reading);
/// Page size and free pages.
void judgeSqliteFileShape(const SqliteFacts& facts, TunerReading& reading);
/// Statistics that the query planner has not, or that are out of date.
void judgeSqliteStatistics(const SqliteFacts& facts, TunerReading& reading);

}  // namespace sonde
