#include "corpus.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "../../../real/real_databases.hpp"
#include "../../../support/sqlite_file.hpp"

namespace sonde::test {
namespace {

namespace fs = std::filesystem;

fs::path corpusFile(const std::string& name) {
  return fs::path(SONDE_SOURCE_DIR) / "tests" / "monitor" / "advisor" / "corpus" / name;
}

std::string textOf(const std::string& name) {
  std::ifstream file(corpusFile(name), std::ios::binary);
  if (!file) throw std::runtime_error("the corpus lacks " + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string spelled(const SpelledIndex& index) {
  std::string text = index.table + "(";
  for (const auto& group : index.groups) {
    for (const SpelledPart& part : group) {
      if (!text.ends_with('(')) text += ", ";
      text += part.text + (part.descending ? " DESC" : "");
    }
  }
  return text + ")" + (index.where.empty() ? "" : " WHERE " + index.where);
}

}  // namespace

std::vector<CorpusCase> readCorpus() {
  std::vector<CorpusCase> cases;
  for (const char* const name : {"shop.json", "chinook.json", "chinook_grown.json", "proj.json"}) {
    const nlohmann::json file = nlohmann::json::parse(textOf(name));
    for (const nlohmann::json& entry : file.at("cases")) {
      CorpusCase& one = cases.emplace_back();
      one.database = file.at("database");
      one.name = entry.at("name");
      one.setup = entry.value("setup", std::vector<std::string>());
      for (const nlohmann::json& query : entry.at("queries")) {
        one.queries.push_back({query.at("sql"), query.value("count", 100.0)});
      }
      for (const std::string text : entry.at("expect")) {
        one.expect.push_back(readAlternatives(text));
      }
      for (const std::string& text : entry.value("allow", std::vector<std::string>())) {
        one.allow.push_back(readIndex(text));
      }
    }
  }
  return cases;
}

std::optional<std::string> CorpusDatabases::make(const std::string& database) {
  if (database == "proj") return projDatabase();
  const std::string path = folder_.file(database + ".db");
  if (database == "shop") {
    runSql(path, "PRAGMA synchronous = OFF; BEGIN;" + textOf("shop.sql") + "COMMIT;");
    return path;
  }
  if (database == "chinook") return chinookDatabase(folder_);
  const std::optional<std::string>& chinook = base("chinook");
  if (!chinook) return std::nullopt;
  fs::copy_file(*chinook, path);
  runSql(path, "PRAGMA synchronous = OFF; BEGIN;" + textOf(database + ".sql") + "COMMIT;");
  return path;
}

const std::optional<std::string>& CorpusDatabases::base(const std::string& database) {
  if (!made_.contains(database)) made_[database] = make(database);
  return made_.at(database);
}

std::optional<std::string> CorpusDatabases::pathFor(const CorpusCase& wanted) {
  const std::optional<std::string>& shared = base(wanted.database);
  if (!shared || wanted.setup.empty()) return shared;
  const std::string path = folder_.file("case" + std::to_string(++copies_) + ".db");
  fs::copy_file(*shared, path);
  fs::permissions(path, fs::perms::owner_write, fs::perm_options::add);
  for (const std::string& sql : wanted.setup) runSql(path, sql);
  return path;
}

double Score::precision() const noexcept {
  const std::size_t advised = right + wrong;
  return advised == 0 ? 1 : static_cast<double>(right) / static_cast<double>(advised);
}

double Score::recall() const noexcept {
  const std::size_t wanted = right + missing;
  return wanted == 0 ? 1 : static_cast<double>(right) / static_cast<double>(wanted);
}

void score(const CorpusCase& wanted, const std::vector<SpelledIndex>& advised, Score& total) {
  std::vector<bool> used(advised.size(), false);
  const std::string name = wanted.database + ", " + wanted.name;
  for (const std::vector<SpelledIndex>& alternatives : wanted.expect) {
    bool found = false;
    for (std::size_t i = 0; i < advised.size() && !found; ++i) {
      if (used[i]) continue;
      found = std::any_of(alternatives.begin(), alternatives.end(),
                          [&](const SpelledIndex& index) { return index.accepts(advised[i]); });
      used[i] = found;
    }
    if (found) {
      ++total.right;
    } else {
      ++total.missing;
      total.faults.push_back(name + ": missing " + spelled(alternatives.front()));
    }
  }
  for (std::size_t i = 0; i < advised.size(); ++i) {
    const bool allowed =
        std::any_of(wanted.allow.begin(), wanted.allow.end(),
                    [&](const SpelledIndex& index) { return index.accepts(advised[i]); });
    if (used[i] || allowed) continue;
    ++total.wrong;
    total.faults.push_back(name + ": unwanted " + spelled(advised[i]));
  }
}

}  // namespace sonde::test
