// The advice of SQLite's own expert, by the command of the sqlite3 shell.
#pragma once

#include <string>
#include <vector>

#include "corpus.hpp"

namespace sonde::test {

/// @return Whether the shell on this machine has it.
[[nodiscard]] bool hasExpert();

/// @param sample Per cent of the rows that it may read, for statistics; 0 for none, its default.
/// @return What it advises for each query of a case, each index once.
[[nodiscard]] std::vector<SpelledIndex> expertAdvice(const std::string& database,
                                                     const CorpusCase& wanted, int sample);

}  // namespace sonde::test
