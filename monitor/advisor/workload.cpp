#include "workload.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

#include "../../core/text.hpp"

namespace sonde {

namespace {

bool startsWithWord(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && text::equalsIgnoreCase(text.substr(0, word.size()), word) &&
         (text.size() == word.size() || text[word.size()] == ' ' || text[word.size()] == '\t' ||
          text[word.size()] == '\n' || text[word.size()] == '\r' || text[word.size()] == '(' ||
          text[word.size()] == '*');
}

/// Whether a statement reads or changes rows, so that an index might matter to it.
bool isOfRows(std::string_view sql) {
  static constexpr std::array<std::string_view, 7> kWords = {
      "SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "REPLACE", "VALUES"};
  while (!sql.empty() && (sql.front() == '(' || sql.front() == ' ')) sql.remove_prefix(1);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return startsWithWord(sql, word); });
}

/// Adds up statements that differ in values only.
class Collector {
 public:
  explicit Collector(const query::LexerRules& rules) : rules_(rules) {}

  void add(std::string_view sql, double calls = 1) {
    for (const query::ScriptPart& part : query::splitScript(sql, rules_)) {
      const std::string_view bare = withoutComments(part.sql);
      if (!isOfRows(bare)) continue;
      const auto [at, fresh] =
          places_.try_emplace(query::normalizeSql(bare, rules_), workload_.statements.size());
      if (fresh) {
        workload_.statements.push_back({std::string(bare), calls});
      } else {
        workload_.statements[at->second].calls += calls;
      }
    }
  }

  Workload finish() { return std::move(workload_); }

 private:
  /// The text from its first token on that is no comment.
  [[nodiscard]] std::string_view withoutComments(std::string_view sql) const {
    query::Lexer lexer(sql, rules_);
    query::Token token;
    return lexer.nextSignificant(token) ? sql.substr(token.offset) : std::string_view();
  }

  const query::LexerRules& rules_;
  Workload workload_;
  std::unordered_map<std::string, std::size_t> places_;
};

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Whether a line begins with a time: 2026-11-25 22:43:53, 2026-11-25T22:43:53Z, or 261125
/// 22:43:53.
bool startsWithTime(std::string_view line) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return line.size() >= from + count &&
           std::all_of(line.begin() + static_cast<std::ptrdiff_t>(from),
                       line.begin() + static_cast<std::ptrdiff_t>(from + count), isDigit);
  };
  return (digits(0, 4) && line.size() > 10 && line[4] == '-' && digits(5, 2) && line[7] == '-') ||
         (digits(0, 6) && line.size() > 7 && line[6] == ' ');
}

/// What a line of PostgreSQL's log says was run. @return The statement's beginning; empty for a
/// line that is of something else.
std::optional<std::string_view> postgresStatement(std::string_view line) {
  static constexpr std::array<std::string_view, 4> kBefore = {"statement: ", "execute ", "parse ",
                                                              "bind "};
  const std::size_t log = line.find("LOG:  ");
  if (log == std::string_view::npos) return std::nullopt;
  std::string_view rest = line.substr(log + 6);
  if (rest.starts_with("duration: ")) {
    const std::size_t unit = rest.find(" ms");
    rest = unit == std::string_view::npos ? std::string_view() : text::trim(rest.substr(unit + 3));
  }
  for (const std::string_view word : kBefore) {
    if (!rest.starts_with(word)) continue;
    if (word == "statement: ") return rest.substr(word.size());
    const std::size_t colon = rest.find(": ");  // execute <name>: SELECT …
    // parse and bind tell of the same run as execute.
    if (colon == std::string_view::npos || word != "execute ") return std::string_view();
    return rest.substr(colon + 2);
  }
  return std::string_view();
}

/// What a line of MySQL's general log says was run: the time, an id, `Query` or `Execute`, a tab.
std::optional<std::string_view> mysqlStatement(std::string_view line) {
  for (const std::string_view word : {" Query\t", " Execute\t"}) {
    const std::size_t at = line.find(word);
    if (at > 60) continue;  // npos, too
    const std::string_view before = text::trim(line.substr(0, at));
    if (before.empty() || isDigit(before.back())) return line.substr(at + word.size());
  }
  const bool other = line.find(" Connect\t") < 60 || line.find(" Quit\t") < 60 ||
                     line.find(" Prepare\t") < 60 || line.find(" Init DB\t") < 60;
  return other ? std::optional(std::string_view()) : std::nullopt;
}

/// What a line says was run, where it begins as a line of a log does; empty where it goes on with
/// what the line before began.
std::optional<std::string_view> statementOf(std::string_view line) {
  if (auto found = postgresStatement(line)) return found;
  if (auto found = mysqlStatement(line)) return found;
  if (line.starts_with("# ")) return std::string_view();  // the heads of MySQL's slow log
  if (!startsWithTime(line)) return std::nullopt;
  // A time, perhaps a level, then the statement.
  static constexpr std::array<std::string_view, 6> kWords = {"SELECT ", "WITH ",   "INSERT ",
                                                             "UPDATE ", "DELETE ", "REPLACE "};
  for (const std::string_view word : kWords) {
    const std::size_t at = line.find(word);
    if (at != std::string_view::npos) return line.substr(at);
  }
  return std::string_view();
}

std::vector<std::string_view> linesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

/// Whether every line that holds anything begins a statement: then each is one, with or without a
/// semicolon.
bool isOneALine(const std::vector<std::string_view>& lines) {
  return std::all_of(lines.begin(), lines.end(), [](std::string_view line) {
    const std::string_view bare = text::trim(line);
    return bare.empty() || bare.starts_with("--") || isOfRows(line);
  });
}

void readLog(const std::vector<std::string_view>& lines, Collector& collector) {
  std::string current;
  for (const std::string_view line : lines) {
    if (const auto statement = statementOf(line)) {
      collector.add(current);
      current = *statement;
    } else {
      current += '\n';
      current += line;
    }
  }
  collector.add(current);
}

}  // namespace

Workload readWorkload(std::string_view text, const query::LexerRules& rules) {
  Collector collector(rules);
  const std::vector<std::string_view> lines = linesOf(text);
  const bool log = std::any_of(lines.begin(), lines.end(), [](std::string_view line) {
    const auto statement = statementOf(line);
    return (statement && !statement->empty()) || line.starts_with("# Query_time:");
  });
  if (log) {
    readLog(lines, collector);
  } else if (isOneALine(lines)) {
    for (const std::string_view line : lines) collector.add(line);
  } else {
    collector.add(text);
  }
  return collector.finish();
}

Workload observedWorkload(const ObservedStatements& observed, const query::LexerRules& rules) {
  Collector collector(rules);
  for (const ObservedStatement& statement : observed.statements) {
    collector.add(statement.sql, statement.calls);
  }
  Workload workload = collector.finish();
  workload.notes = observed.notes;
  return workload;
}

Workload countedWorkload(const StatisticsSnapshot& counted) {
  Workload workload;
  if (!counted.enabled) {
    workload.notes.emplace_back("no statement was counted: statistics.enabled is off");
  }
  if (counted.evicted.fingerprints > 0) {
    workload.notes.push_back("the statistics forgot " + std::to_string(counted.evicted.calls) +
                             " calls for want of room: raise statistics.maxFingerprints");
  }
  workload.statements.reserve(counted.statements.size());
  for (const StatementSummary& statement : counted.statements) {
    workload.statements.push_back({statement.sql, static_cast<double>(statement.calls)});
  }
  return workload;
}

}  // namespace sonde
