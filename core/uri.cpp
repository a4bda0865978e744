#include "uri.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "error.hpp"
#include "suggest.hpp"
#include "text.hpp"

namespace sonde {
namespace {

constexpr std::string_view kHidden = "***";

constexpr bool isLetter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

[[noreturn]] void fail(const std::string& what, std::string hint = {}) {
  ErrorDetails details;
  details.hint = std::move(hint);
  throw ConfigError("the database URI " + what, std::move(details));
}

int hexValue(char c) noexcept {
  if (isDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// @throws ConfigError naming the part; it does not show it, as it may be a password.
std::string decode(std::string_view text, std::string_view part) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hexValue(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hexValue(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      fail("has a % without two hexadecimal digits in its " + std::string(part),
           "write %25 for a percent sign");
    }
    if (high == 0 && low == 0) fail("has a NUL in its " + std::string(part));
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

/// Encodes what would end a part; `kept` are characters that may stay besides letters and digits.
std::string encode(std::string_view text, std::string_view kept) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (isLetter(c) || isDigit(c) || byte >= 0x80 || kept.find(c) != std::string_view::npos) {
      result += c;
    } else {
      result += '%';
      result += kHex[byte >> 4];
      result += kHex[byte & 15];
    }
  }
  return result;
}

constexpr std::string_view kInPath = "-._~/:@!$'()*,;+= ";
constexpr std::string_view kInPart = "-._~!$'()*;+ ";

/// @return The length of the scheme before a colon; 0 when there is none. One letter is a drive of
/// Windows, not a scheme.
std::size_t schemeLength(std::string_view text) noexcept {
  if (text.empty() || !isLetter(text[0])) return 0;
  std::size_t i = 1;
  while (i < text.size() && (isLetter(text[i]) || isDigit(text[i]) || text[i] == '+' ||
                             text[i] == '.' || text[i] == '-')) {
    ++i;
  }
  return i >= 2 && i < text.size() && text[i] == ':' ? i : 0;
}

void parseOptions(std::string_view query, Uri& uri) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view piece = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    std::string name = decode(piece.substr(0, equals), "options");
    if (name.empty()) fail("has an option without a name");
    if (equals == std::string_view::npos) {
      fail("has option " + quoteForMessage(name) + " without a value");
    }
    uri.options.emplace_back(std::move(name), decode(piece.substr(equals + 1), "options"));
  }
}

/// @return The number of a port. Never shows the text: in "//user:secret" it is a password.
std::uint16_t parsePort(std::string_view text, std::string_view host) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) {
    fail("has a port for host " + quoteForMessage(host) + " that is no number from 1 to 65535",
         "a user and password stand before an @");
  }
  return static_cast<std::uint16_t>(port);
}

UriHost parseHost(std::string_view text) {
  UriHost host;
  std::string_view port;
  bool hasPort = false;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) fail("has a [ without ] in its host");
    host.name = text.substr(1, close - 1);
    if (host.name.empty()) fail("has no address between [ and ]");
    const std::string_view rest = text.substr(close + 1);
    hasPort = rest.starts_with(':');
    if (!rest.empty() && !hasPort) fail("has something other than a port after ] in its host");
    if (hasPort) port = rest.substr(1);
  } else {
    const std::size_t colon = text.find(':');
    hasPort = colon != std::string_view::npos;
    if (hasPort && text.find(':', colon + 1) != std::string_view::npos) {
      fail("has a host with several colons", "an IPv6 address stands in [ and ]");
    }
    host.name = decode(text.substr(0, colon), "host");
    if (hasPort) port = text.substr(colon + 1);
  }
  if (hasPort) host.port = parsePort(port, host.name);
  if (host.name.empty() && !hasPort) fail("has an empty host between commas");
  return host;
}

void parseAuthority(std::string_view authority, Uri& uri) {
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view login = authority.substr(0, at);
    const std::size_t colon = login.find(':');
    uri.user = decode(login.substr(0, colon), "user");
    if (colon != std::string_view::npos) uri.password = decode(login.substr(colon + 1), "password");
    authority.remove_prefix(at + 1);
  }
  if (authority.empty()) return;
  while (true) {
    const std::size_t comma = authority.find(',');
    uri.hosts.push_back(parseHost(authority.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    authority.remove_prefix(comma + 1);
  }
}

void parseSqlite(std::string_view rest, Uri& uri) {
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    if (rest.starts_with("localhost/")) rest.remove_prefix(9);
    if (!rest.starts_with('/')) {
      fail(
          "names a host, which SQLite has none of",
          "write sqlite:file.db for a relative path, sqlite:///folder/file.db for an absolute one");
    }
  }
  uri.path = decode(rest, "path");
  if (uri.path.empty()) {
    fail("names no file", "write sqlite:file.db, or sqlite::memory: for a database in memory");
  }
}

bool isSecret(std::string_view option) noexcept {
  constexpr std::string_view kSecrets[] = {"password", "passwd", "pwd", "sslpassword"};
  for (const std::string_view secret : kSecrets) {
    if (text::equalsIgnoreCase(option, secret)) return true;
  }
  return false;
}

void appendHost(std::string& out, const UriHost& host) {
  if (host.name.find(':') != std::string::npos) {
    out += '[' + host.name + ']';
  } else {
    out += encode(host.name, kInPart);
  }
  if (host.port) out += ':' + std::to_string(*host.port);
}

void appendAuthority(std::string& out, const Uri& uri) {
  if (!uri.user.empty() || !uri.password.empty()) {
    out += encode(uri.user, kInPart);
    if (!uri.password.empty()) {
      out += ':';
      out += kHidden;
    }
    out += '@';
  }
  for (std::size_t i = 0; i < uri.hosts.size(); ++i) {
    if (i != 0) out += ',';
    appendHost(out, uri.hosts[i]);
  }
}

}  // namespace

Uri Uri::parse(std::string_view text) {
  if (text.empty()) fail("is empty", "write sqlite:file.db or postgresql://user@host/database");
  if (text.find('\0') != std::string_view::npos) fail("has a NUL");
  Uri uri;
  const std::size_t length = schemeLength(text);
  if (length == 0) {
    uri.scheme = "sqlite";
    uri.path = text;
    return uri;
  }
  uri.scheme = text::lower(text.substr(0, length));
  std::string_view rest = text.substr(length + 1);
  if (const std::size_t question = rest.find('?'); question != std::string_view::npos) {
    parseOptions(rest.substr(question + 1), uri);
    rest = rest.substr(0, question);
  }
  if (uri.scheme == "sqlite") {
    parseSqlite(rest, uri);
    return uri;
  }
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::size_t slash = rest.find('/');
    parseAuthority(rest.substr(0, slash), uri);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  }
  uri.path = decode(rest, "path");
  return uri;
}

std::optional<std::string> Uri::option(std::string_view name) const {
  const auto last = std::find_if(options.rbegin(), options.rend(),
                                 [name](const auto& given) { return given.first == name; });
  return last == options.rend() ? std::nullopt : std::optional(last->second);
}

std::string Uri::toString() const {
  std::string result = scheme + ':';
  const bool hasAuthority = !hosts.empty() || !user.empty() || !password.empty();
  const std::string shownPath = encode(path, kInPath);
  if (scheme == "sqlite") {
    // "//" would read as the start of a host.
    result += path.starts_with("//") ? "//" + shownPath : shownPath;
  } else if (hasAuthority || !path.starts_with('/')) {
    result += "//";
    appendAuthority(result, *this);
    if (!path.empty()) result += '/' + shownPath;
  } else {
    result += path.starts_with("//") ? "///" + shownPath : shownPath;
  }
  char separator = '?';
  for (const auto& [name, value] : options) {
    result += separator;
    result += encode(name, kInPart) + '=';
    result += isSecret(name) ? std::string(kHidden) : encode(value, kInPart);
    separator = '&';
  }
  return result;
}

}  // namespace sonde
