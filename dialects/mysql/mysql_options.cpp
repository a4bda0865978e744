#include "mysql_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../core/text.hpp"

namespace sonde {
namespace {

using std::string_view;

enum class Option : std::uint8_t {
  SslMode,
  SslCa,
  SslCaPath,
  SslCert,
  SslKey,
  SslCipher,
  SslCrl,
  TlsVersion,
  Socket,
  ConnectTimeout,
  BusyTimeout,
  Compress,
};

struct NamedOption {
  string_view name;
  Option option;
};

constexpr std::array<NamedOption, 12> kOptions{{
    {"ssl-mode", Option::SslMode},
    {"ssl-ca", Option::SslCa},
    {"ssl-capath", Option::SslCaPath},
    {"ssl-cert", Option::SslCert},
    {"ssl-key", Option::SslKey},
    {"ssl-cipher", Option::SslCipher},
    {"ssl-crl", Option::SslCrl},
    {"tls-version", Option::TlsVersion},
    {"socket", Option::Socket},
    {"connect-timeout", Option::ConnectTimeout},
    {"busy-timeout", Option::BusyTimeout},
    {"compress", Option::Compress},
}};

struct NamedMode {
  string_view name;
  MysqlTlsMode mode;
};

constexpr std::array<NamedMode, 5> kModes{{
    {"disabled", MysqlTlsMode::Disabled},
    {"preferred", MysqlTlsMode::Preferred},
    {"required", MysqlTlsMode::Required},
    {"verify-ca", MysqlTlsMode::VerifyCa},
    {"verify-identity", MysqlTlsMode::VerifyIdentity},
}};

/// A session variable that the driver's own work rests on, and why.
struct Decided {
  string_view name;
  string_view why;
};

constexpr std::array<Decided, 6> kDecided{{
    {"sqlmode", "values are refused, not cut, and how SQL is read must be known"},
    {"timezone", "instants are exchanged in UTC"},
    {"autocommit", "transactions are begun and ended by name"},
    {"charset", "text is exchanged as utf8mb4"},
    {"charactersetclient", "text is exchanged as utf8mb4"},
    {"charactersetresults", "text is exchanged as utf8mb4"},
}};

/// A name in lower case without `-` and `_`.
std::string folded(string_view name) {
  std::string plain = text::lower(name);
  plain.erase(
      std::remove_if(plain.begin(), plain.end(), [](char c) { return c == '-' || c == '_'; }),
      plain.end());
  return plain;
}

[[noreturn]] void refuseValue(string_view name, string_view takes) {
  throw ConfigError("option " + quoteForMessage(name) + " takes " + std::string(takes));
}

std::optional<std::int64_t> integer(string_view text) noexcept {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

MysqlTlsMode readMode(string_view name, string_view value) {
  for (const NamedMode& known : kModes) {
    if (folded(known.name) == folded(value)) return known.mode;
  }
  refuseValue(name, "disabled, preferred, required, verify-ca or verify-identity");
}

bool readSwitch(string_view name, string_view value) {
  for (const string_view yes : {"on", "true", "yes", "1"}) {
    if (text::equalsIgnoreCase(value, yes)) return true;
  }
  for (const string_view no : {"off", "false", "no", "0"}) {
    if (text::equalsIgnoreCase(value, no)) return false;
  }
  refuseValue(name, "on or off");
}

void readOption(MysqlOptions& wanted, Option option, string_view name, const std::string& value) {
  switch (option) {
    case Option::SslMode:
      wanted.tls.mode = readMode(name, value);
      wanted.tls.asked = true;
      return;
    case Option::SslCa:
      wanted.tls.ca = value;
      return;
    case Option::SslCaPath:
      wanted.tls.caPath = value;
      return;
    case Option::SslCert:
      wanted.tls.cert = value;
      return;
    case Option::SslKey:
      wanted.tls.key = value;
      return;
    case Option::SslCipher:
      wanted.tls.cipher = value;
      return;
    case Option::SslCrl:
      wanted.tls.crl = value;
      return;
    case Option::TlsVersion:
      wanted.tls.version = value;
      return;
    case Option::Socket:
      for (UriHost& host : wanted.hosts) host = UriHost{value, std::nullopt};
      return;
    case Option::ConnectTimeout: {
      const auto seconds = integer(value);
      if (!seconds || *seconds < 1 || *seconds > 86'400) refuseValue(name, "seconds, 1 or more");
      wanted.connectTimeout = std::chrono::seconds(*seconds);
      return;
    }
    case Option::BusyTimeout: {
      const auto milliseconds = integer(value);
      if (!milliseconds || *milliseconds < 0) refuseValue(name, "milliseconds, 0 or more");
      wanted.busyTimeout = std::chrono::milliseconds(*milliseconds);
      return;
    }
    case Option::Compress:
      wanted.compress = readSwitch(name, value);
      return;
  }
}

bool isVariableName(string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void readOne(MysqlOptions& wanted, const std::string& name, const std::string& value) {
  const std::string plain = folded(name);
  for (const NamedOption& known : kOptions) {
    if (folded(known.name) == plain) return readOption(wanted, known.option, known.name, value);
  }
  for (const Decided& decided : kDecided) {
    if (decided.name == plain) {
      throw ConfigError("setting " + quoteForMessage(name) +
                        " cannot be changed: " + std::string(decided.why));
    }
  }
  std::string variable = text::toSnakeCase(name);
  std::replace(variable.begin(), variable.end(), '-', '_');
  if (!isVariableName(variable)) {
    throw ConfigError("the server has no setting " + quoteForMessage(name) +
                      didYouMean(nearest(name, mysqlOptionNames())));
  }
  for (auto& [known, before] : wanted.settings) {
    if (known == variable) {
      before = value;
      return;
    }
  }
  wanted.settings.emplace_back(std::move(variable), value);
}

void checkTls(const MysqlTls& tls) {
  const bool verifies =
      tls.mode == MysqlTlsMode::VerifyCa || tls.mode == MysqlTlsMode::VerifyIdentity;
  if (tls.mode == MysqlTlsMode::VerifyCa && tls.ca.empty() && tls.caPath.empty()) {
    throw ConfigError("ssl-mode verify-ca needs ssl-ca or ssl-capath to verify against");
  }
  if (!verifies && !(tls.ca.empty() && tls.caPath.empty()) && tls.asked) {
    throw ConfigError(
        "ssl-ca is looked at with ssl-mode verify-ca or verify-identity only; ask for one of them");
  }
  if (tls.cert.empty() != tls.key.empty()) {
    throw ConfigError("ssl-cert and ssl-key go together: only one of them was given");
  }
}

}  // namespace

std::vector<std::string> mysqlOptionNames() {
  std::vector<std::string> names;
  names.reserve(std::size(kOptions));
  for (const NamedOption& known : kOptions) names.emplace_back(known.name);
  return names;
}

MysqlOptions readMysqlOptions(const DriverOptions& options) {
  MysqlOptions wanted;
  wanted.hosts = options.uri.hosts;
  if (wanted.hosts.empty()) wanted.hosts.emplace_back();
  wanted.user = options.uri.user;
  wanted.password = options.uri.password;
  wanted.database = options.uri.path;
  wanted.connectTimeout = options.connectTimeout;
  wanted.busyTimeout = options.busyTimeout;
  wanted.readOnly = options.access == AccessMode::ReadOnly;
  if (!options.attachments.empty()) {
    throw ConfigError("databases are attached to SQLite only; name the table after its database");
  }
  for (const auto& [name, value] : options.settings) readOne(wanted, name, value);
  for (const auto& [name, value] : options.uri.options) readOne(wanted, name, value);
  // A certificate authority that was named is meant to be looked at.
  if (!wanted.tls.asked && !(wanted.tls.ca.empty() && wanted.tls.caPath.empty())) {
    wanted.tls.mode = MysqlTlsMode::VerifyCa;
  }
  checkTls(wanted.tls);
  return wanted;
}

}  // namespace sonde
