#include "registry.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
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
#ifdef SONDE_WITH_MOCK
constexpr auto kMakeMock = &makeMockDriver;
#else
constexpr std::unique_ptr<Driver> (*kMakeMock)() = nullptr;
#endif

constexpr std::array<BuiltIn, 4> kBuiltIns = {
    BuiltIn{"mock", kMakeMock},
    BuiltIn{"postgres", kMakePostgres},
    BuiltIn{"postgresql", kMakePostgres},
    BuiltIn{"sqlite", kMakeSqlite},
};

const BuiltIn* findBuiltIn(std::string_view scheme) noexcept {
  const auto* found = std::find_if(kBuiltIns.begin(), kBuiltIns.end(),
                                   [&](const BuiltIn& b) { return b.scheme == scheme; });
  return found == kBuiltIns.end() ? nullptr : found;
}

/// The drivers registered at run time.
struct Registered {
  std::mutex mutex;
  std::map<std::string, DriverFactory, std::less<>> factories;
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

void registerDriver(std::string_view scheme, DriverFactory factory, const Logger& logger) {
  std::string name = text::lower(scheme);
  if (!isScheme(name)) {
    throw ConfigError(quoteForMessage(scheme) + " is not a URI scheme: it takes a letter, then " +
                      "letters, digits, plus, minus and point");
  }
  if (!factory) throw ConfigError("the driver for " + quoteForMessage(scheme) + " has no factory");
  const BuiltIn* builtIn = findBuiltIn(name);
  bool replaced = builtIn != nullptr && builtIn->make != nullptr;
  Registered& all = registered();
  DriverFactory before;  // destroyed after the lock: it may own anything
  {
    const std::lock_guard lock(all.mutex);
    DriverFactory& place = all.factories[name];
    replaced = replaced || place != nullptr;
    before = std::exchange(place, std::move(factory));
  }
  if (replaced) {
    logger.log(LogLevel::Warn, "a driver was replaced by one registered under its name",
               {{"scheme", name}});
  }
}

bool unregisterDriver(std::string_view scheme) {
  Registered& all = registered();
  DriverFactory before;  // destroyed after the lock
  const std::lock_guard lock(all.mutex);
  const auto found = all.factories.find(text::lower(scheme));
  if (found == all.factories.end()) return false;
  before = std::move(found->second);
  all.factories.erase(found);
  return true;
}

std::unique_ptr<Driver> makeDriver(std::string_view scheme) {
  const std::string name = text::lower(scheme);
  DriverFactory factory;
  {
    Registered& all = registered();
    const std::lock_guard lock(all.mutex);
    const auto found = all.factories.find(name);
    if (found != all.factories.end()) factory = found->second;
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

std::vector<std::string> driverSchemes() {
  std::vector<std::string> schemes;
  for (const BuiltIn& builtIn : kBuiltIns) {
    if (builtIn.make != nullptr) schemes.emplace_back(builtIn.scheme);
  }
  {
    Registered& all = registered();
    const std::lock_guard lock(all.mutex);
    for (const auto& [scheme, factory] : all.factories) schemes.push_back(scheme);
  }
  std::sort(schemes.begin(), schemes.end());
  schemes.erase(std::unique(schemes.begin(), schemes.end()), schemes.end());
  return schemes;
}

}  // namespace sonde
