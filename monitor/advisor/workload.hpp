// What a database is asked, as evidence for advice: statements and how often each runs.
//
// Invariant: equal statements stand once, their calls added up. Plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../../dialects/usage.hpp"
#include "../../query/lexer.hpp"
#include "../statistics/statistics_snapshot.hpp"

namespace sonde {

/// A statement of a workload. Its SQL may hold literals, `?`, and placeholders of the engine.
struct WorkloadStatement {
  std::string sql;
  double calls = 1;
};

/// See the file comment.
struct Workload {
  std::vector<WorkloadStatement> statements;
  std::vector<std::string> notes;  ///< What the evidence lacks, for people.
};

/// Reads SQL from a file or a log: statements that semicolons end; or, where lines begin as logs
/// do, those of PostgreSQL (`… LOG:  statement: …`, `… execute name: …`), of MySQL's general and
/// slow logs, and of one statement a line. Statements that differ only in their values are one, and
/// the first stands for all. What is no query or change of rows (SET, BEGIN …) is left out.
/// Takes linear time; never throws for what is in the text. Thread-safe.
[[nodiscard]] Workload readWorkload(std::string_view text, const query::LexerRules& rules);

/// @return What a database's own statistics counted; a note says so where they were switched off,
/// or had to forget statements. Thread-safe.
[[nodiscard]] Workload countedWorkload(const StatisticsSnapshot& counted);

/// @return What a server counted of its statements, those of rows only; statements that differ only
/// in their values are one. Thread-safe.
[[nodiscard]] Workload observedWorkload(const ObservedStatements& observed,
                                        const query::LexerRules& rules);

}  // namespace sonde
