// The corpus of the index advisor (README.md beside this says what stands in it), its databases,
// and how advice is scored.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "../../../support/temporary_folder.hpp"
#include "spelled_index.hpp"

namespace sonde::test {

struct CorpusQuery {
  std::string sql;
  double count = 100;
};

struct CorpusCase {
  std::string database;
  std::string name;
  std::vector<std::string> setup;
  std::vector<CorpusQuery> queries;
  std::vector<std::vector<SpelledIndex>> expect;  ///< Each with its alternatives.
  std::vector<SpelledIndex> allow;
};

/// @return All cases, in the order of the files. @throws std::runtime_error for what is no case.
[[nodiscard]] std::vector<CorpusCase> readCorpus();

/// Makes the databases, each when it is first asked for.
class CorpusDatabases {
 public:
  /// @return The path of a case's database: a copy of its own where it has a set-up. Empty when the
  /// data is not to be had on this machine.
  [[nodiscard]] std::optional<std::string> pathFor(const CorpusCase& wanted);

 private:
  [[nodiscard]] const std::optional<std::string>& base(const std::string& database);
  [[nodiscard]] std::optional<std::string> make(const std::string& database);

  TemporaryFolder folder_;
  std::map<std::string, std::optional<std::string>> made_;
  std::size_t copies_ = 0;
};

/// How well indexes were advised.
struct Score {
  std::size_t right = 0;            ///< Expected ones that were advised.
  std::size_t wrong = 0;            ///< Advised ones that nobody wants.
  std::size_t missing = 0;          ///< Expected ones that were not advised.
  std::vector<std::string> faults;  ///< "case: missing a(x)", for people.

  [[nodiscard]] double precision() const noexcept;
  [[nodiscard]] double recall() const noexcept;
};

/// Scores the advice for one case.
void score(const CorpusCase& wanted, const std::vector<SpelledIndex>& advised, Score& total);

}  // namespace sonde::test
