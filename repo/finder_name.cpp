#include "finder_name.hpp"

#include <algorithm>
#include <array>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "finder_text.hpp"

namespace sonde::repo {
namespace {

// What the parser stands before. Every (position, state) that failed is remembered, so that going
// back to a shorter column never costs more than positions × states × columns.
enum class State : std::uint8_t { Column, Keyword, Link, OrderColumn, Direction };
constexpr std::size_t kStates = 5;

// Every comparison and every order column is a level of recursion, and the stack has an end.
constexpr std::size_t kMostParts = 1500;

class FinderParser {
 public:
  FinderParser(std::string_view name, const Table& table)
      : name_(name),
        table_(table),
        text_(name),
        columns_(table),
        failed_((text_.size() + 1) * kStates, false) {}

  FinderSpec parse();

 private:
  // --- verb and subject: no choices, so errors are thrown where they are found ---
  std::size_t parseVerb();
  std::size_t parseSubject(std::size_t at);
  std::size_t parseLimit(std::size_t at);
  void settle();

  // --- tests and order: true when the rest of the name is parsed ---
  bool testColumn(std::size_t at);
  bool keyword(std::size_t at);
  bool link(std::size_t at);
  bool orderColumn(std::size_t at);
  bool direction(std::size_t at);
  bool orderOrEnd(std::size_t at);
  bool allIgnoreCase(std::size_t at);
  template <class Try>
  bool forEachColumn(std::size_t at, Try attempt);
  std::size_t unambiguous(const std::vector<FinderColumns::Entry>& bucket, std::size_t index,
                          std::size_t at);

  void addTest(FinderOp op, bool ignoreCase);
  [[nodiscard]] bool mayIgnoreCase(const FinderTest& test) const;

  bool fail(std::size_t at, State state);
  [[nodiscard]] bool hasFailed(std::size_t at, State state) const {
    return failed_[at * kStates + static_cast<std::size_t>(state)];
  }
  [[noreturn]] void refuse() const;
  [[noreturn]] void refuse(std::size_t at, const std::string& what,
                           std::vector<std::string> suggestions = {}) const;
  [[nodiscard]] std::size_t endOfWords(std::size_t at) const;
  [[nodiscard]] std::size_t endOfWord(std::size_t at) const;

  std::string_view name_;
  const Table& table_;
  FinderText text_;
  FinderColumns columns_;
  std::vector<bool> failed_;
  FinderSpec spec_;
  bool one_ = false;
  bool many_ = false;
  bool first_ = false;
  std::size_t column_ = 0;       // the column that a keyword would apply to
  std::size_t comparisons_ = 0;  // in the parse so far
  std::size_t columnStart_ = 0;  // where it stands
  std::size_t farthest_ = 0;     // the failure that got farthest explains the error
  State farthestState_ = State::Column;
  std::size_t farthestColumn_ = 0;
};

FinderSpec FinderParser::parse() {
  std::size_t at = parseVerb();
  at = parseSubject(at);
  if (at == text_.size()) {
    settle();
    return std::move(spec_);
  }
  bool parsed = false;
  if (text_.hasWord(at, "By")) {
    at += 2;
    if (at == text_.size()) refuse(at, "ends where a column was expected");
    parsed = testColumn(at) || orderOrEnd(at);
  } else {
    parsed = orderOrEnd(at);
    if (!parsed && farthest_ <= at) {
      const std::array<std::string, 8> words{"By",  "OrderBy",  "One",   "Many",
                                             "All", "Distinct", "First", "Top"};
      const std::string word(text_.written(at, endOfWord(at)));
      refuse(at, "has the unknown word " + quoteForMessage(word), nearest(word, words));
    }
  }
  if (!parsed) refuse();
  settle();
  return std::move(spec_);
}

std::size_t FinderParser::parseVerb() {
  for (const auto& [spelling, verb] : finderVerbs()) {
    if (!name_.starts_with('_') && text_.hasWord(0, spelling)) {
      spec_.verb = verb;
      return spelling.size();
    }
  }
  std::vector<std::string> verbs;
  for (const auto& word : finderVerbs()) verbs.emplace_back(word.spelling);
  const std::string word(text_.written(0, endOfWord(0)));
  std::vector<std::string> near = nearest(word, verbs);
  std::string what = "does not start with a verb (";
  for (std::size_t i = 0; i < verbs.size(); ++i) what += (i == 0 ? "" : ", ") + verbs[i];
  refuse(0, what + ")", std::move(near));
}

std::size_t FinderParser::parseSubject(std::size_t at) {
  while (at < text_.size()) {
    if (text_.hasWord(at, "One")) {
      one_ = true;
      at += 3;
    } else if (text_.hasWord(at, "Many")) {
      many_ = true;
      at += 4;
    } else if (text_.hasWord(at, "All") && !text_.hasWord(at, "AllIgnoreCase")) {
      many_ = true;
      at += 3;
    } else if (text_.hasWord(at, "Distinct")) {
      spec_.distinct = true;
      at += 8;
    } else if (text_.hasWord(at, "First")) {
      at = parseLimit(at + 5);
    } else if (text_.hasWord(at, "Top")) {
      at = parseLimit(at + 3);
    } else {
      break;
    }
  }
  return at;
}

std::size_t FinderParser::parseLimit(std::size_t at) {
  constexpr std::size_t kMostDigits = 9;
  if (first_) refuse(at, "limits its rows twice");
  first_ = true;
  const std::string_view folded = text_.folded();
  const std::size_t start = at;
  std::uint64_t limit = 0;
  while (at < folded.size() && folded[at] >= '0' && folded[at] <= '9') {
    if (at - start == kMostDigits) refuse(start, "has a limit of more than nine digits");
    limit = limit * 10 + static_cast<std::uint64_t>(folded[at] - '0');
    ++at;
  }
  if (at == start) {
    one_ = true;
    return at;
  }
  if (limit == 0) refuse(start, "asks for 0 rows");
  spec_.limit = limit;
  return at;
}

// Gives the verb and its subject a meaning together, or says why they have none.
void FinderParser::settle() {
  const bool reads = spec_.verb == FinderVerb::Find || spec_.verb == FinderVerb::Get;
  if (!reads) {
    if (one_ || first_ || spec_.limit) refuse(0, "limits the rows of what is no read");
    if (spec_.distinct) refuse(0, "has a Distinct that means nothing with its verb");
    if (!spec_.orderBy.empty()) refuse(0, "has an OrderBy that means nothing with its verb");
  }
  if (one_ && (many_ || spec_.limit)) refuse(0, "asks for one row and for several");
  switch (spec_.verb) {
    case FinderVerb::Count:
      spec_.shape = FinderShape::Count;
      break;
    case FinderVerb::Exists:
      spec_.shape = FinderShape::Exists;
      break;
    case FinderVerb::Delete:
      spec_.shape = FinderShape::Affected;
      if (spec_.anyOf.empty()) {
        refuse(text_.size(),
               "has no condition and would delete every row: use deleteBy(sonde::everyRow)");
      }
      break;
    case FinderVerb::Find:
      spec_.shape = one_ ? FinderShape::Row : FinderShape::Rows;
      break;
    case FinderVerb::Get:
      spec_.shape = !one_ ? FinderShape::Rows : first_ ? FinderShape::Row : FinderShape::OnlyRow;
      break;
  }
  for (auto& tests : spec_.anyOf) {
    for (FinderTest& test : tests) {
      test.argument = spec_.argumentCount;
      spec_.argumentCount += finderOpInfo(test.op).arguments;
    }
  }
}

// Tries the columns that may stand here, longest first, until one leads to the end of the name.
template <class Try>
bool FinderParser::forEachColumn(std::size_t at, Try attempt) {
  if (at >= text_.size() || !text_.startsWord(at)) return false;
  const auto& bucket = columns_.startingWith(text_.folded()[at]);
  const std::string_view rest = text_.folded().substr(at);
  for (std::size_t i = 0; i < bucket.size(); ++i) {
    const std::string& folded = bucket[i].folded;
    if (!rest.starts_with(folded) || !text_.startsWord(at + folded.size())) continue;
    if (i > 0 && bucket[i - 1].folded == folded) continue;  // judged together with the first
    column_ = unambiguous(bucket, i, at);
    columnStart_ = at;
    if (attempt(at + folded.size())) return true;
  }
  return false;
}

// Of columns that fold alike, the one that is written here.
std::size_t FinderParser::unambiguous(const std::vector<FinderColumns::Entry>& bucket,
                                      std::size_t index, std::size_t at) {
  const std::string& folded = bucket[index].folded;
  std::size_t best = index;
  int bestScore = -1;
  bool tie = false;
  std::vector<std::string> alike;
  for (std::size_t i = index; i < bucket.size() && bucket[i].folded.size() == folded.size(); ++i) {
    if (bucket[i].folded != folded) continue;
    const std::string& column = table_.columns[bucket[i].column].name;
    const int score = finderLikeness(column, text_, at, at + folded.size());
    tie = tie ? score <= bestScore : score == bestScore;
    if (score > bestScore) {
      bestScore = score;
      best = i;
      tie = false;
    }
    alike.push_back(column);
  }
  if (tie) {
    refuse(at,
           "is ambiguous: " + quoteForMessage(text_.written(at, at + folded.size())) +
               " may mean several columns",
           std::move(alike));
  }
  return bucket[best].column;
}

bool FinderParser::testColumn(std::size_t at) {
  if (hasFailed(at, State::Column)) return false;
  return forEachColumn(at, [this](std::size_t after) { return keyword(after); }) ||
         fail(at, State::Column);
}

bool FinderParser::keyword(std::size_t at) {
  if (hasFailed(at, State::Keyword)) return false;
  const std::size_t column = column_;
  const std::size_t start = columnStart_;
  const auto attempt = [&](FinderOp op, std::size_t after) {
    for (const std::string_view word : {"IgnoreCase", "IgnoringCase", ""}) {
      if (!text_.hasWord(after, word)) continue;
      column_ = column;
      addTest(op, !word.empty());
      if (link(after + word.size())) {
        const FinderTest test{column, op, !word.empty(), 0};
        if (test.ignoreCase && !mayIgnoreCase(test)) {
          refuse(after, "has an IgnoreCase that means nothing for column " +
                            quoteForMessage(table_.columns[column].name));
        }
        return true;
      }
      spec_.anyOf.back().pop_back();
      --comparisons_;
    }
    return false;
  };
  if (spec_.anyOf.empty()) spec_.anyOf.emplace_back();
  for (const FinderKeyword& candidate : finderKeywords()) {
    if (text_.hasWord(at, candidate.spelling) &&
        attempt(candidate.op, at + candidate.spelling.size())) {
      return true;
    }
  }
  if (attempt(FinderOp::Equals, at)) return true;
  if (spec_.anyOf.size() == 1 && spec_.anyOf.front().empty()) spec_.anyOf.clear();
  columnStart_ = start;
  return fail(at, State::Keyword);
}

void FinderParser::addTest(FinderOp op, bool ignoreCase) {
  if (comparisons_ == kMostParts) {
    refuse(columnStart_, "has more than " + std::to_string(kMostParts) + " comparisons");
  }
  ++comparisons_;
  spec_.anyOf.back().push_back({column_, op, ignoreCase, 0});
}

bool FinderParser::link(std::size_t at) {
  if (at == text_.size()) return true;
  if (hasFailed(at, State::Link)) return false;
  if (text_.hasWord(at, "And") && testColumn(at + 3)) return true;
  if (text_.hasWord(at, "Or")) {
    spec_.anyOf.emplace_back();
    if (testColumn(at + 2)) return true;
    spec_.anyOf.pop_back();
  }
  if (orderOrEnd(at) || allIgnoreCase(at)) return true;
  return fail(at, State::Link);
}

bool FinderParser::allIgnoreCase(std::size_t at) {
  for (const std::string_view word : {"AllIgnoreCase", "AllIgnoringCase"}) {
    if (!text_.hasWord(at, word) || !orderOrEnd(at + word.size())) continue;
    for (auto& tests : spec_.anyOf) {
      for (FinderTest& test : tests) test.ignoreCase = test.ignoreCase || mayIgnoreCase(test);
    }
    return true;
  }
  return false;
}

bool FinderParser::orderOrEnd(std::size_t at) {
  return at == text_.size() || (text_.hasWord(at, "OrderBy") && orderColumn(at + 7));
}

bool FinderParser::orderColumn(std::size_t at) {
  if (hasFailed(at, State::OrderColumn)) return false;
  return forEachColumn(at, [this](std::size_t after) { return direction(after); }) ||
         fail(at, State::OrderColumn);
}

bool FinderParser::direction(std::size_t at) {
  if (hasFailed(at, State::Direction)) return false;
  const std::size_t column = column_;
  for (const std::string_view word : {"Desc", "Asc", ""}) {
    if (!text_.hasWord(at, word)) continue;
    const std::size_t after = at + word.size();
    if (spec_.orderBy.size() == kMostParts) {
      refuse(at, "orders by more than " + std::to_string(kMostParts) + " columns");
    }
    spec_.orderBy.push_back({column, word == "Desc"});
    if (after == text_.size() || orderColumn(after)) return true;
    spec_.orderBy.pop_back();
  }
  return fail(at, State::Direction);
}

bool FinderParser::mayIgnoreCase(const FinderTest& test) const {
  if (!finderOpInfo(test.op).ignoresCase) return false;
  switch (table_.columns[test.column].type) {
    case Type::Boolean:
    case Type::Integer:
    case Type::Real:
    case Type::Decimal:
    case Type::Blob:
      return false;
    default:
      return true;
  }
}

bool FinderParser::fail(std::size_t at, State state) {
  failed_[at * kStates + static_cast<std::size_t>(state)] = true;
  if (at > farthest_ || (at == farthest_ && state < farthestState_)) {
    farthest_ = at;
    farthestState_ = state;
    farthestColumn_ = columnStart_;
  }
  return false;
}

// The end of the words that look like one column: up to And, Or, OrderBy or a keyword.
std::size_t FinderParser::endOfWords(std::size_t at) const {
  std::size_t end = endOfWord(at);
  while (end < text_.size()) {
    bool stop =
        text_.hasWord(end, "And") || text_.hasWord(end, "Or") || text_.hasWord(end, "OrderBy");
    for (const FinderKeyword& word : finderKeywords()) {
      stop = stop || text_.hasWord(end, word.spelling);
    }
    if (stop) break;
    end = endOfWord(end);
  }
  return end;
}

std::size_t FinderParser::endOfWord(std::size_t at) const {
  std::size_t end = std::min(at + 1, text_.size());
  while (end < text_.size() && !text_.startsWord(end)) ++end;
  return end;
}

// Explains the failure that got farthest.
void FinderParser::refuse() const {
  const std::size_t at = farthest_;
  std::vector<std::string> columns;
  for (const Column& column : table_.columns) columns.push_back(column.name);
  if (at >= text_.size()) refuse(at, "ends where a column was expected");

  if (farthestState_ == State::Column || farthestState_ == State::OrderColumn) {
    const std::string words(text_.written(at, endOfWords(at)));
    const bool mayBeDirection =
        farthestState_ == State::OrderColumn && !text_.hasWord(at - 7, "OrderBy");
    if (mayBeDirection) columns.insert(columns.end(), {"Asc", "Desc"});
    refuse(at, "has " + quoteForMessage(words) + " where a column was expected",
           nearest(words, columns));
  }
  const bool ordering = farthestState_ == State::Direction;
  std::vector<std::string> keywords;
  if (ordering) {
    keywords = {"Asc", "Desc"};
  } else {
    for (const FinderKeyword& word : finderKeywords()) keywords.emplace_back(word.spelling);
    for (const auto* word : {"And", "Or", "OrderBy", "IgnoreCase", "AllIgnoreCase"}) {
      keywords.emplace_back(word);
    }
  }
  // Either the keyword is misspelt, or the column goes on and is misspelt as a whole.
  const std::string words(text_.written(at, endOfWords(at)));
  std::vector<std::string> near = nearest(words, keywords);
  for (std::string& column :
       nearest(std::string(text_.written(farthestColumn_, endOfWords(at))), columns)) {
    near.push_back(std::move(column));
  }
  refuse(at, "has the unknown keyword " + quoteForMessage(words), std::move(near));
}

void FinderParser::refuse(std::size_t at, const std::string& what,
                          std::vector<std::string> suggestions) const {
  ErrorDetails details;
  details.table = table_.name;
  std::string message = "finder " + quoteForMessage(name_) + " on table " +
                        quoteForMessage(table_.name) + " " + what + " at position " +
                        std::to_string(text_.offset(at) + 1);
  message += didYouMean(suggestions);
  throw SchemaError(message, std::move(suggestions), std::move(details));
}

}  // namespace

FinderSpec parseFinder(std::string_view name, const Table& table) {
  if (name.empty()) throw SchemaError("a finder name is empty");
  return FinderParser(name, table).parse();
}

}  // namespace sonde::repo
