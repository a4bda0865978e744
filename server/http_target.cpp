#include "http_target.hpp"

#include <algorithm>

#include "../core/text.hpp"

namespace sonde {
namespace {

int hexDigit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool isControl(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

// Percent-decodes; in a query a plus stands for a space.
std::optional<std::string> decode(std::string_view text, bool plusIsSpace) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plusIsSpace) {
      c = ' ';
    }
    if (isControl(c)) return std::nullopt;
    out += c;
  }
  return out;
}

// What follows "http://host" in the form that proxies send.
std::string_view withoutAuthority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text::equalsIgnoreCase(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t path = target.find_first_of("/?", scheme.size());
    return path == std::string_view::npos ? "/" : target.substr(path);
  }
  return target;
}

bool parseQuery(HttpTarget& out, std::string_view query) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decode(pair.substr(0, equals), true);
    auto value = decode(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return false;
    out.query.emplace_back(*std::move(name), *std::move(value));
  }
  return true;
}

}  // namespace

const std::string* HttpTarget::value(std::string_view name) const noexcept {
  const auto found = std::find_if(query.begin(), query.end(),
                                  [name](const auto& pair) { return pair.first == name; });
  return found == query.end() ? nullptr : &found->second;
}

std::optional<HttpTarget> HttpTarget::parse(std::string_view target) {
  std::string_view rest = withoutAuthority(target);
  const std::size_t question = std::min(rest.find('?'), rest.size());
  auto path = decode(rest.substr(0, question), false);
  if (!path) return std::nullopt;
  // "http://host?query" has the path "/".
  if (path->empty() && rest.size() != target.size()) *path = "/";
  if (!path->starts_with('/')) return std::nullopt;
  HttpTarget out;
  out.path = *std::move(path);
  if (!parseQuery(out, rest.substr(std::min(question + 1, rest.size())))) return std::nullopt;
  return out;
}

}  // namespace sonde
