#include "expert.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "../../../support/process.hpp"

namespace sonde::test {
namespace {

std::string advise(const std::string& database, int sample, const std::string& sql) {
  const std::string option = sample == 0 ? "" : " --sample " + std::to_string(sample);
  return runProcess({"sqlite3", "-readonly", database}, ".expert" + option + "\n" + sql + ";\n")
      .out;
}

}  // namespace

bool hasExpert() {
  try {
    return advise(":memory:", 0, "SELECT 1").find("(no new indexes)") != std::string::npos;
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::vector<SpelledIndex> expertAdvice(const std::string& database, const CorpusCase& wanted,
                                       int sample) {
  std::vector<SpelledIndex> advised;
  for (const CorpusQuery& query : wanted.queries) {
    std::istringstream lines(advise(database, sample, query.sql));
    for (std::string line; std::getline(lines, line);) {
      const std::size_t on = line.find(" ON ");
      if (!line.starts_with("CREATE INDEX ") || on == std::string::npos) continue;
      if (line.ends_with(';')) line.pop_back();
      SpelledIndex index = readIndex(std::string_view(line).substr(on + 4));
      const bool twice = std::any_of(advised.begin(), advised.end(),
                                     [&](const SpelledIndex& one) { return one.accepts(index); });
      if (!twice) advised.push_back(std::move(index));
    }
  }
  return advised;
}

}  // namespace sonde::test
