#include "pattern.hpp"

namespace sonde::query {

BindTransform transformOf(MatchKind kind) noexcept {
  switch (kind) {
    case MatchKind::Like:
      return BindTransform::Like;
    case MatchKind::StartsWith:
      return BindTransform::StartsWith;
    case MatchKind::EndsWith:
      return BindTransform::EndsWith;
    case MatchKind::Contains:
      return BindTransform::Contains;
  }
  return BindTransform::Like;
}

namespace {

bool openAtStart(BindTransform transform) noexcept {
  return transform == BindTransform::EndsWith || transform == BindTransform::Contains;
}

bool openAtEnd(BindTransform transform) noexcept {
  return transform == BindTransform::StartsWith || transform == BindTransform::Contains;
}

void appendGlobLiteral(std::string& out, char c) {
  if (c == '*' || c == '?' || c == '[') {
    out += '[';
    out += c;
    out += ']';
  } else {
    out += c;
  }
}

/// A caller's LIKE pattern with its escapes read: calls `any()`, `one()` or `literal(char)`.
template <class Any, class One, class Literal>
void readLike(std::string_view pattern, Any any, One one, Literal literal) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '%') {
      any();
    } else if (c == '_') {
      one();
    } else if (c == '\\' && i + 1 < pattern.size()) {
      literal(pattern[++i]);
    } else {
      literal(c);
    }
  }
}

void appendLikeLiteral(std::string& out, char c) {
  if (c == '%' || c == '_' || c == '\\') out += '\\';
  out += c;
}

bool isPattern(BindTransform transform) noexcept {
  return transform == BindTransform::Like || openAtStart(transform) || openAtEnd(transform);
}

}  // namespace

std::string likePattern(BindTransform transform, std::string_view text) {
  if (!isPattern(transform)) return std::string(text);
  std::string out;
  out.reserve(text.size() + 8);
  if (transform == BindTransform::Like) {
    readLike(
        text, [&] { out += '%'; }, [&] { out += '_'; }, [&](char c) { appendLikeLiteral(out, c); });
    return out;
  }
  if (openAtStart(transform)) out += '%';
  for (const char c : text) appendLikeLiteral(out, c);
  if (openAtEnd(transform)) out += '%';
  return out;
}

std::string globPattern(BindTransform transform, std::string_view text) {
  if (!isPattern(transform)) return std::string(text);
  std::string out;
  out.reserve(text.size() + 8);
  if (transform == BindTransform::Like) {
    readLike(
        text, [&] { out += '*'; }, [&] { out += '?'; }, [&](char c) { appendGlobLiteral(out, c); });
    return out;
  }
  if (openAtStart(transform)) out += '*';
  for (const char c : text) appendGlobLiteral(out, c);
  if (openAtEnd(transform)) out += '*';
  return out;
}

}  // namespace sonde::query
