#include "finder_keywords.hpp"

#include <algorithm>
#include <array>

namespace sonde::repo {
namespace {

constexpr std::array<FinderVerbWord, 10> kVerbs{{
    {"find", FinderVerb::Find},
    {"read", FinderVerb::Find},
    {"query", FinderVerb::Find},
    {"search", FinderVerb::Find},
    {"stream", FinderVerb::Find},
    {"get", FinderVerb::Get},
    {"count", FinderVerb::Count},
    {"exists", FinderVerb::Exists},
    {"delete", FinderVerb::Delete},
    {"remove", FinderVerb::Delete},
}};

// Spring Data's table (Part.java). Sorted at compile time below, so the order here is for readers.
constexpr std::array kWritten{
    FinderKeyword{"Is", FinderOp::Equals},
    FinderKeyword{"Equals", FinderOp::Equals},
    FinderKeyword{"Not", FinderOp::NotEquals},
    FinderKeyword{"IsNot", FinderOp::NotEquals},
    FinderKeyword{"LessThan", FinderOp::LessThan},
    FinderKeyword{"IsLessThan", FinderOp::LessThan},
    FinderKeyword{"LessThanEqual", FinderOp::LessThanEqual},
    FinderKeyword{"IsLessThanEqual", FinderOp::LessThanEqual},
    FinderKeyword{"GreaterThan", FinderOp::GreaterThan},
    FinderKeyword{"IsGreaterThan", FinderOp::GreaterThan},
    FinderKeyword{"GreaterThanEqual", FinderOp::GreaterThanEqual},
    FinderKeyword{"IsGreaterThanEqual", FinderOp::GreaterThanEqual},
    FinderKeyword{"Before", FinderOp::LessThan},
    FinderKeyword{"IsBefore", FinderOp::LessThan},
    FinderKeyword{"After", FinderOp::GreaterThan},
    FinderKeyword{"IsAfter", FinderOp::GreaterThan},
    FinderKeyword{"Between", FinderOp::Between},
    FinderKeyword{"IsBetween", FinderOp::Between},
    FinderKeyword{"Null", FinderOp::IsNull},
    FinderKeyword{"IsNull", FinderOp::IsNull},
    FinderKeyword{"NotNull", FinderOp::IsNotNull},
    FinderKeyword{"IsNotNull", FinderOp::IsNotNull},
    FinderKeyword{"Like", FinderOp::Like},
    FinderKeyword{"IsLike", FinderOp::Like},
    FinderKeyword{"NotLike", FinderOp::NotLike},
    FinderKeyword{"IsNotLike", FinderOp::NotLike},
    FinderKeyword{"StartingWith", FinderOp::StartsWith},
    FinderKeyword{"IsStartingWith", FinderOp::StartsWith},
    FinderKeyword{"StartsWith", FinderOp::StartsWith},
    FinderKeyword{"EndingWith", FinderOp::EndsWith},
    FinderKeyword{"IsEndingWith", FinderOp::EndsWith},
    FinderKeyword{"EndsWith", FinderOp::EndsWith},
    FinderKeyword{"Containing", FinderOp::Contains},
    FinderKeyword{"IsContaining", FinderOp::Contains},
    FinderKeyword{"Contains", FinderOp::Contains},
    FinderKeyword{"NotContaining", FinderOp::NotContains},
    FinderKeyword{"IsNotContaining", FinderOp::NotContains},
    FinderKeyword{"NotContains", FinderOp::NotContains},
    FinderKeyword{"In", FinderOp::In},
    FinderKeyword{"IsIn", FinderOp::In},
    FinderKeyword{"NotIn", FinderOp::NotIn},
    FinderKeyword{"IsNotIn", FinderOp::NotIn},
    FinderKeyword{"True", FinderOp::True},
    FinderKeyword{"IsTrue", FinderOp::True},
    FinderKeyword{"False", FinderOp::False},
    FinderKeyword{"IsFalse", FinderOp::False},
};

constexpr auto longestFirst() {
  auto sorted = kWritten;
  std::sort(sorted.begin(), sorted.end(), [](const FinderKeyword& a, const FinderKeyword& b) {
    return a.spelling.size() != b.spelling.size() ? a.spelling.size() > b.spelling.size()
                                                  : a.spelling < b.spelling;
  });
  return sorted;
}
constexpr auto kKeywords = longestFirst();

}  // namespace

std::span<const FinderVerbWord> finderVerbs() noexcept { return kVerbs; }

std::span<const FinderKeyword> finderKeywords() noexcept { return kKeywords; }

FinderOpInfo finderOpInfo(FinderOp op) noexcept {
  switch (op) {
    case FinderOp::Equals:
    case FinderOp::NotEquals:
      return {1, FinderArgument::Nullable, true};
    case FinderOp::LessThan:
    case FinderOp::LessThanEqual:
    case FinderOp::GreaterThan:
    case FinderOp::GreaterThanEqual:
      return {1, FinderArgument::Value, true};
    case FinderOp::Between:
      return {2, FinderArgument::Value, true};
    case FinderOp::Like:
    case FinderOp::NotLike:
    case FinderOp::StartsWith:
    case FinderOp::EndsWith:
    case FinderOp::Contains:
    case FinderOp::NotContains:
      return {1, FinderArgument::Text, true};
    case FinderOp::In:
    case FinderOp::NotIn:
      return {1, FinderArgument::List, false};
    case FinderOp::IsNull:
    case FinderOp::IsNotNull:
    case FinderOp::True:
    case FinderOp::False:
      break;
  }
  return {0, FinderArgument::Value, false};
}

}  // namespace sonde::repo
