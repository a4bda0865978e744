#include "registry.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"

#ifdef SONDE_WITH_POSTGRES
#include "postgres/postgres_driver.hpp"
#endif
#ifdef SONDE_WITH_SQLITE
#include "sqlite/sqlite_driver.hpp"
#endif
#ifdef SONDE_WITH_MYSQL
#include "mysql/mysql_driver.hpp"
#endif
#ifdef SONDE_WITH_MOCK
#include "mock/mock_driver.hpp"
#endif

namespace sonde {

namespace {

/// An engine that sonde has a driver for; without a factory when this build was made without it.
struct BuiltIn {
  std::string_view scheme;
  std::unique_ptr<Driver> (*make)();
};

#ifdef SONDE_WITH_POSTGRES
constexpr auto kMakePostgres = &makePostgresDriver;
#else
constexpr std::unique_ptr<Driver> (*kMakePostgres)() = nullptr;
#endif
#ifdef SONDE_WITH_SQLITE
constexpr auto kMakeSqlite = &makeSqliteDriver;
#else
constexpr std::unique_ptr<Driver> (*kMakeSqlite)() = nullptr;
#endif
#ifdef SONDE_WITH_MYSQL
constexpr auto kMakeMysql = &makeMysqlDriver;
constexpr auto kMakeMariaDb = &makeMariaDbDriver;
#else
constexpr std::unique_ptr<Driver> (*kMakeMysql)() = nullptr;
constexpr std::unique_ptr<Driver> (*kMakeMariaDb)() = nullptr;
#endif
#ifdef SONDE_WITH_MOCK
constexpr auto kMakeMock = &makeMockDriver;
#else
constexpr std::unique_ptr<Driver> (*kMakeMock)() = nullptr;
#endif

constexpr std::array<BuiltIn, 6> kBuiltIns = {
    BuiltIn{"mariadb", kMakeMariaDb},     BuiltIn{"mock", kMakeMock},
    BuiltIn{"mysql", kMakeMysql},         BuiltIn{"postgres", kMakePostgres},
    BuiltIn{"postgresql", kMakePostgres}, BuiltIn{"sqlite", kMakeSqlite},
};

const BuiltIn* findBuiltIn(std::string_view scheme) noexcept {
  const auto* found = std::find_if(kBuiltIns.begin(), kBuiltIns.end(),
                                   [&](const BuiltIn& b) { return b.scheme == scheme; });
  return found == kBuiltIns.end() ? nullptr : found;
}

/// A driver registered at run time.
struct Entry {
  DriverFactory factory;
  std::string origin;
};

struct Registered {
  std::mutex mutex;
  std::map<std::string, Entry, std::less<>> entries;
};

Registered& registered() {
  static Registered instance;
  return instance;
}

/// A scheme by RFC 3986 section 3.1: a letter, then letters, digits, plus, minus and point.
bool isScheme(std::string_view text) noexcept {
  const auto isLetter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && isLetter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return isLetter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
         });
}

/// @return The scheme in lower case. @throws ConfigError when it is none.
std::string schemeFrom(std::string_view text) {
  std::string name = text::lower(text);
  if (!isScheme(name)) {
    throw ConfigError(quoteForMessage(text) + " is not a URI scheme: it takes a letter, then " +
                      "letters, digits, plus, minus and point");
  }
  return name;
}

std::string originForMessage(const std::string& origin) {
  return origin.empty() ? "this program" : origin;
}

/// @return Where the driver comes from that a scheme has already; empty when it has none, or when
/// it comes from where the new one does.
std::optional<std::string> duplicateOrigin(const Registered& all, const std::string& name,
                                           const RegisterOptions& options) {
  const auto found = all.entries.find(name);
  if (found != all.entries.end()) {
    const std::string& origin = found->second.origin;
    if (!origin.empty() && origin == options.origin) return std::nullopt;
    return "registered by " + originForMessage(origin);
  }
  const BuiltIn* builtIn = findBuiltIn(name);
  if (builtIn != nullptr && builtIn->make != nullptr) return "built in";
  return std::nullopt;
}

[[noreturn]] void throwDuplicate(const std::string& name, const std::string& origin) {
  ErrorDetails details;
  details.hint = "OnDuplicate::Replace overrides it";
  throw ConfigError("the scheme " + quoteForMessage(name) + " has a driver already, " + origin,
                    std::move(details));
}

[[noreturn]] void throwUnknown(std::string_view scheme) {
  const std::vector<std::string> known = driverSchemes();
  std::string message = "no driver for the scheme " + quoteForMessage(scheme);
  if (findBuiltIn(scheme) != nullptr) {
    message += ": it was left out of this build";
  } else {
    message += didYouMean(nearest(scheme, known));
  }
  ErrorDetails details;
  details.hint = "there are drivers for: ";
  for (std::size_t i = 0; i < known.size(); ++i) {
    details.hint += (i == 0 ? "" : ", ") + known[i];
  }
  message += " (" + details.hint + ")";
  throw ConfigError(message, std::move(details));
}

}  // namespace

void registerDriver(std::span<const std::string> schemes, const DriverFactory& factory,
                    const RegisterOptions& options) {
  std::vector<std::string> names;
  for (const std::string& scheme : schemes) names.push_back(schemeFrom(scheme));
  if (names.empty()) throw ConfigError("a driver was to be registered for no scheme");
  if (!factory)
    throw ConfigError("the driver for " + quoteForMessage(names[0]) + " has no factory");

  std::vector<std::string> replaced;
  std::vector<Entry> before;  // destroyed after the lock: a factory may own anything
  Registered& all = registered();
  {
    const std::lock_guard lock(all.mutex);
    for (const std::string& name : names) {
      const std::optional<std::string> origin = duplicateOrigin(all, name, options);
      if (!origin) continue;
      if (options.onDuplicate == OnDuplicate::Refuse) throwDuplicate(name, *origin);
      replaced.push_back(name);
    }
    for (const std::string& name : names) {
      before.push_back(std::exchange(all.entries[name], Entry{factory, options.origin}));
    }
  }
  for (const std::string& name : replaced) {
    options.logger.log(LogLevel::Warn, "a driver was replaced by one registered under its name",
                       {{"scheme", name}, {"origin", originForMessage(options.origin)}});
  }
}

void registerDriver(std::string_view scheme, const DriverFactory& factory,
                    const RegisterOptions& options) {
  const std::string name(scheme);
  registerDriver(std::span(&name, 1), factory, options);
}

bool unregisterDriver(std::string_view scheme) {
  Registered& all = registered();
  Entry before;  // destroyed after the lock
  const std::lock_guard lock(all.mutex);
  const auto found = all.entries.find(text::lower(scheme));
  if (found == all.entries.end()) return false;
  before = std::move(found->second);
  all.entries.erase(found);
  return true;
}

std::unique_ptr<Driver> makeDriver(std::string_view scheme) {
  const std::string name = text::lower(scheme);
  DriverFactory factory;
  {
    Registered& all = registered();
    const std::lock_guard lock(all.mutex);
    const auto found = all.entries.find(name);
    if (found != all.entries.end()) factory = found->second.factory;
  }
  const BuiltIn* builtIn = findBuiltIn(name);
  if (!factory && builtIn != nullptr && builtIn->make != nullptr) return builtIn->make();
  if (!factory) throwUnknown(name);
  // Called outside the lock, so that a factory may ask the registry for the driver it wraps.
  std::unique_ptr<Driver> driver = factory();
  if (!driver) {
    throw ConfigError("the factory registered for " + quoteForMessage(name) + " made no driver");
  }
  return driver;
}

bool hasDriver(std::string_view scheme) {
  const std::string name = text::lower(scheme);
  const BuiltIn* builtIn = findBuiltIn(name);
  if (builtIn != nullptr && builtIn->make != nullptr) return true;
  Registered& all = registered();
  const std::lock_guard lock(all.mutex);
  return all.entries.find(name) != all.entries.end();
}

std::vector<std::string> driverSchemes() {
  std::vector<std::string> schemes;
  for (const BuiltIn& builtIn : kBuiltIns) {
    if (builtIn.make != nullptr) schemes.emplace_back(builtIn.scheme);
  }
  {
    Registered& all = registered();
    const std::lock_guard lock(all.mutex);
    for (const auto& [scheme, entry] : all.entries) schemes.push_back(scheme);
  }
  std::sort(schemes.begin(), schemes.end());
  schemes.erase(std::unique(schemes.begin(), schemes.end()), schemes.end());
  return schemes;
}

}  // namespace sonde
