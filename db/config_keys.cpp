#include "config_keys.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <sstream>
#include <string>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"

namespace sonde::detail {

namespace {

using nlohmann::json;

[[noreturn]] void wrong(const ConfigInput& input, const std::string& takes) {
  throw ConfigError(input.where + ": takes " + takes);
}

std::string textOf(const ConfigInput& input) {
  if (!input.value.is_string()) wrong(input, "a text");
  return input.value.get<std::string>();
}

// A number, also as text, because the environment and URIs have nothing else.
std::int64_t integerOf(const ConfigInput& input, std::int64_t least) {
  std::int64_t number = 0;
  bool fits = false;
  if (input.value.is_number_unsigned()) {
    const auto given = input.value.get<std::uint64_t>();
    fits = given <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    number = fits ? static_cast<std::int64_t>(given) : 0;
  } else if (input.value.is_number_integer()) {
    number = input.value.get<std::int64_t>();
    fits = true;
  } else if (input.value.is_string()) {
    const auto text = input.value.get<std::string>();
    const char* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    fits = error == std::errc() && at == end && !text.empty();
  }
  if (!fits || number < least) {
    wrong(input, least == std::numeric_limits<std::int64_t>::min()
                     ? std::string("a whole number")
                     : "a whole number of " + std::to_string(least) + " or more");
  }
  return number;
}

std::size_t sizeOf(const ConfigInput& input, std::int64_t least = 0) {
  return static_cast<std::size_t>(integerOf(input, least));
}

std::chrono::milliseconds millisecondsOf(const ConfigInput& input) {
  const std::int64_t ms = integerOf(input, 0);
  // Beyond this, adding it to the time of day would overflow.
  constexpr std::int64_t kTenYears = std::int64_t{10} * 366 * 24 * 3600 * 1000;
  if (ms > kTenYears) wrong(input, "milliseconds, at most ten years of them");
  return std::chrono::milliseconds(ms);
}

std::chrono::milliseconds positiveMillisecondsOf(const ConfigInput& input) {
  const auto ms = millisecondsOf(input);
  if (ms.count() == 0) wrong(input, "milliseconds, at least one");
  return ms;
}

bool boolOf(const ConfigInput& input) {
  if (input.value.is_boolean()) return input.value.get<bool>();
  if (input.value.is_string()) {
    const auto word = text::lower(input.value.get<std::string>());
    for (const std::string_view yes : {"true", "on", "yes", "1"}) {
      if (word == yes) return true;
    }
    for (const std::string_view no : {"false", "off", "no", "0"}) {
      if (word == no) return false;
    }
  }
  wrong(input, "true or false");
}

// An object; from the environment its JSON text.
json objectOf(const ConfigInput& input) {
  json value = input.value;
  if (value.is_string()) value = json::parse(value.get<std::string>(), nullptr, false);
  if (!value.is_object()) wrong(input, "an object");
  return value;
}

AccessMode accessOf(const ConfigInput& input) {
  static const std::vector<std::string> kNames{"readOnly", "readWrite", "createIfMissing"};
  const std::string given = textOf(input);
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text::equalsIgnoreCase(given, kNames[i])) return static_cast<AccessMode>(i);
  }
  wrong(input, "readOnly, readWrite or createIfMissing" + didYouMean(nearest(given, kNames, 1)));
}

void applyAttachments(Config& config, const ConfigInput& input) {
  const json object = objectOf(input);
  config.attachments.clear();
  for (const auto& [name, path] : object.items()) {
    config.attachments.push_back({name, textOf({path, input.where + "." + name})});
  }
}

// A list of texts; from the environment with colons between.
void applyDrivers(Config& config, const ConfigInput& input) {
  config.drivers.clear();
  if (input.value.is_array()) {
    for (const json& item : input.value) config.drivers.push_back(textOf({item, input.where}));
    return;
  }
  if (!input.value.is_string()) wrong(input, "a list of texts");
  const auto text = input.value.get<std::string>();
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t colon = rest.find(':');
    if (colon != 0) config.drivers.emplace_back(rest.substr(0, colon));
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
}

// A list of texts without white space; from the environment with white space between them.
std::vector<std::string> wordsOf(const ConfigInput& input, const char* takes) {
  std::vector<std::string> words;
  if (input.value.is_array()) {
    for (const json& item : input.value) words.push_back(textOf({item, input.where}));
    return words;
  }
  if (!input.value.is_string()) wrong(input, takes);
  std::istringstream text(input.value.get<std::string>());
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

std::uint16_t portOf(const ConfigInput& input) {
  const std::int64_t port = integerOf(input, 0);
  if (!std::in_range<std::uint16_t>(port)) wrong(input, "a port, 0 to 65535");
  return static_cast<std::uint16_t>(port);
}

void applySettings(Config& config, const ConfigInput& input) {
  const json object = objectOf(input);
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) {
      config.optimization.settings[name] = value.get<std::string>();
    } else if (value.is_number_integer() || value.is_boolean()) {
      config.optimization.settings[name] = value.dump();
    } else {
      wrong({value, input.where + "." + name}, "a text, a whole number, true or false");
    }
  }
}

void applyHealthChecks(Config& config, const ConfigInput& input) {
  const json checks = objectOf(input);
  for (const auto& [name, value] : checks.items()) {
    const std::string where = input.where + "." + name;
    const json fields = objectOf({value, where});
    CheckOptions& check = config.health.checks[name];
    for (const auto& [field, fieldValue] : fields.items()) {
      const ConfigInput in{fieldValue, where + "." + field};
      if (field == "enabled") {
        check.enabled = boolOf(in);
      } else if (field == "warn" || field == "fail") {
        if (!fieldValue.is_number()) wrong(in, "a number");
        (field == "warn" ? check.warn : check.fail) = fieldValue.get<double>();
      } else if (field == "timeoutMs") {
        check.timeout = positiveMillisecondsOf(in);
      } else {
        static const std::vector<std::string> kFields{"enabled", "fail", "timeoutMs", "warn"};
        throw ConfigError(input.where + ": unknown key " + quoteForMessage(field) +
                          " of the check " + quoteForMessage(name) +
                          didYouMean(nearest(field, kFields)));
      }
    }
  }
}

void applyRelations(Config& config, const ConfigInput& input) {
  const json tables = objectOf(input);
  for (const auto& [table, names] : tables.items()) {
    const std::string where = input.where + "." + table;
    const json renamed = objectOf({names, where});
    for (const auto& [inferred, name] : renamed.items()) {
      config.naming.relations[table][inferred] = textOf({name, where + "." + inferred});
    }
  }
}

void applyLogLevel(Config& config, const ConfigInput& input) {
  try {
    config.logging.level = parseLogLevel(textOf(input));
  } catch (const ConfigError& error) {
    throw ConfigError(input.where + ": " + error.what());
  }
}

using In = const ConfigInput&;

// Sorted by path. One line a key.
constexpr std::array kKeys{
    ConfigKey{"access", [](Config& c, In in) { c.access = accessOf(in); }},
    ConfigKey{"admin.address", [](Config& c, In in) { c.admin.address = textOf(in); }},
    ConfigKey{"admin.hosts",
              [](Config& c, In in) { c.admin.hosts = wordsOf(in, "a list of host names"); }},
    ConfigKey{"admin.port", [](Config& c, In in) { c.admin.port = portOf(in); }},
    ConfigKey{"admin.token", [](Config& c, In in) { c.admin.token = textOf(in); }},
    ConfigKey{"allowRawSql", [](Config& c, In in) { c.allowRawSql = boolOf(in); }},
    ConfigKey{"attachments", applyAttachments},
    ConfigKey{"backup.directory", [](Config& c, In in) { c.backup.directory = textOf(in); }},
    ConfigKey{"backup.everyMs",
              [](Config& c, In in) { c.backup.every = positiveMillisecondsOf(in); }},
    ConfigKey{"backup.fullCheck", [](Config& c, In in) { c.backup.fullCheck = boolOf(in); }},
    ConfigKey{"backup.keep", [](Config& c, In in) { c.backup.keep = sizeOf(in, 1); }},
    ConfigKey{"backup.vacuum", [](Config& c, In in) { c.backup.vacuum = boolOf(in); }},
    ConfigKey{"cache.statements", [](Config& c, In in) { c.cache.statements = sizeOf(in); }},
    ConfigKey{"drivers", applyDrivers},
    ConfigKey{"health.cacheMs", [](Config& c, In in) { c.health.cacheFor = millisecondsOf(in); }},
    ConfigKey{"health.checks", applyHealthChecks},
    ConfigKey{"health.confirmations",
              [](Config& c, In in) { c.health.confirmations = sizeOf(in, 1); }},
    ConfigKey{"health.deepIntervalMs",
              [](Config& c, In in) { c.health.deepInterval = millisecondsOf(in); }},
    ConfigKey{"health.deepTimeoutMs",
              [](Config& c, In in) { c.health.deepTimeout = positiveMillisecondsOf(in); }},
    ConfigKey{"health.description", [](Config& c, In in) { c.health.description = textOf(in); }},
    ConfigKey{"health.history", [](Config& c, In in) { c.health.history = sizeOf(in); }},
    ConfigKey{"health.intervalMs",
              [](Config& c, In in) { c.health.interval = millisecondsOf(in); }},
    ConfigKey{"health.moderateIntervalMs",
              [](Config& c, In in) { c.health.moderateInterval = millisecondsOf(in); }},
    ConfigKey{"health.releaseId", [](Config& c, In in) { c.health.releaseId = textOf(in); }},
    ConfigKey{"health.serviceId", [](Config& c, In in) { c.health.serviceId = textOf(in); }},
    ConfigKey{"health.version", [](Config& c, In in) { c.health.version = textOf(in); }},
    ConfigKey{"limits.maxResultBytes",
              [](Config& c, In in) { c.limits.maxResultBytes = sizeOf(in); }},
    ConfigKey{"logging.console", [](Config& c, In in) { c.logging.console = boolOf(in); }},
    ConfigKey{"logging.file", [](Config& c, In in) { c.logging.file = textOf(in); }},
    ConfigKey{"logging.jsonLines", [](Config& c, In in) { c.logging.jsonLines = boolOf(in); }},
    ConfigKey{"logging.level", applyLogLevel},
    ConfigKey{"logging.maxFileBytes",
              [](Config& c, In in) { c.logging.maxFileBytes = sizeOf(in, 1); }},
    ConfigKey{"logging.maxFiles", [](Config& c, In in) { c.logging.maxFiles = sizeOf(in, 1); }},
    ConfigKey{"naming.relations", applyRelations},
    ConfigKey{"optimization.analysisLimit",
              [](Config& c, In in) { c.optimization.analysisLimit = integerOf(in, 0); }},
    ConfigKey{"optimization.busyTimeoutMs",
              [](Config& c, In in) { c.optimization.busyTimeout = millisecondsOf(in); }},
    ConfigKey{"optimization.cacheSize",
              [](Config& c, In in) {
                c.optimization.cacheSize = integerOf(in, std::numeric_limits<std::int64_t>::min());
              }},
    ConfigKey{"optimization.cellSizeCheck",
              [](Config& c, In in) { c.optimization.cellSizeCheck = boolOf(in); }},
    ConfigKey{"optimization.defensive",
              [](Config& c, In in) { c.optimization.defensive = boolOf(in); }},
    ConfigKey{"optimization.foreignKeys",
              [](Config& c, In in) { c.optimization.foreignKeys = boolOf(in); }},
    ConfigKey{"optimization.journalMode",
              [](Config& c, In in) { c.optimization.journalMode = textOf(in); }},
    ConfigKey{"optimization.journalSizeLimit",
              [](Config& c, In in) { c.optimization.journalSizeLimit = integerOf(in, -1); }},
    ConfigKey{"optimization.mmapSize",
              [](Config& c, In in) { c.optimization.mmapSize = integerOf(in, 0); }},
    ConfigKey{"optimization.profile",
              [](Config& c, In in) { c.optimization.profile = textOf(in); }},
    ConfigKey{"optimization.settings", applySettings},
    ConfigKey{"optimization.synchronous",
              [](Config& c, In in) { c.optimization.synchronous = textOf(in); }},
    ConfigKey{"optimization.tempStore",
              [](Config& c, In in) { c.optimization.tempStore = textOf(in); }},
    ConfigKey{"optimization.trustedSchema",
              [](Config& c, In in) { c.optimization.trustedSchema = boolOf(in); }},
    ConfigKey{"optimization.walAutocheckpoint",
              [](Config& c, In in) { c.optimization.walAutocheckpoint = integerOf(in, 0); }},
    ConfigKey{"pool.acquireTimeoutMs",
              [](Config& c, In in) { c.pool.acquireTimeout = millisecondsOf(in); }},
    ConfigKey{"pool.connectTimeoutMs",
              [](Config& c, In in) { c.pool.connectTimeout = millisecondsOf(in); }},
    ConfigKey{"pool.idleTimeoutMs",
              [](Config& c, In in) { c.pool.idleTimeout = millisecondsOf(in); }},
    ConfigKey{"pool.leakWarningMs",
              [](Config& c, In in) { c.pool.leakWarning = millisecondsOf(in); }},
    ConfigKey{"pool.maxLifetimeMs",
              [](Config& c, In in) { c.pool.maxLifetime = millisecondsOf(in); }},
    ConfigKey{"pool.minIdle", [](Config& c, In in) { c.pool.minIdle = sizeOf(in); }},
    ConfigKey{"pool.readers", [](Config& c, In in) { c.pool.readers = sizeOf(in); }},
    ConfigKey{"pool.size", [](Config& c, In in) { c.pool.size = sizeOf(in, 1); }},
    ConfigKey{"pool.validateAfterMs",
              [](Config& c, In in) { c.pool.validateAfter = millisecondsOf(in); }},
    ConfigKey{"replicas.checkIntervalMs",
              [](Config& c, In in) { c.replicas.checkInterval = positiveMillisecondsOf(in); }},
    ConfigKey{"replicas.maxLagMs",
              [](Config& c, In in) { c.replicas.maxLag = millisecondsOf(in); }},
    ConfigKey{"replicas.uris",
              [](Config& c, In in) { c.replicas.uris = wordsOf(in, "a list of URIs"); }},
    ConfigKey{"schema.checkIntervalMs",
              [](Config& c, In in) { c.schema.checkInterval = millisecondsOf(in); }},
    ConfigKey{"schema.watchIntervalMs",
              [](Config& c, In in) { c.schema.watchInterval = millisecondsOf(in); }},
    ConfigKey{"statistics.enabled", [](Config& c, In in) { c.statistics.enabled = boolOf(in); }},
    ConfigKey{"statistics.maxFingerprints",
              [](Config& c, In in) { c.statistics.maxFingerprints = sizeOf(in, 1); }},
    ConfigKey{"statistics.slowQueryMs",
              [](Config& c, In in) { c.statistics.slowQuery = millisecondsOf(in); }},
    ConfigKey{"uri", [](Config& c, In in) { c.uri = textOf(in); }},
};

bool isGroup(std::string_view path) {
  const std::string prefix = std::string(path) + ".";
  return std::any_of(kKeys.begin(), kKeys.end(),
                     [&](const ConfigKey& key) { return key.path.starts_with(prefix); });
}

[[noreturn]] void unknown(std::string_view path, std::string_view origin) {
  throw ConfigError(std::string(origin) + ": unknown key " + quoteForMessage(path) +
                    didYouMean(nearest(path, Config::keys())));
}

void applyGroup(Config& config, const json& object, const std::string& prefix,
                std::string_view origin) {
  for (const auto& [name, value] : object.items()) {
    const std::string path = prefix + name;
    if (const ConfigKey* key = findConfigKey(path); key != nullptr) {
      key->apply(config, {value, std::string(origin) + ": " + path});
    } else if (isGroup(path)) {
      if (!value.is_object()) wrong({value, std::string(origin) + ": " + path}, "an object");
      applyGroup(config, value, path + ".", origin);
    } else {
      unknown(path, origin);
    }
  }
}

}  // namespace

std::span<const ConfigKey> configKeys() { return kKeys; }

const ConfigKey* findConfigKey(std::string_view path) {
  for (const ConfigKey& key : kKeys) {
    if (key.path == path) return &key;
  }
  return nullptr;
}

std::string variableOf(std::string_view path) {
  std::string name = "SONDE_";
  for (const char c : text::toSnakeCase(path)) {
    const bool lower = c >= 'a' && c <= 'z';
    name += c == '.' ? '_' : (lower ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

void applyJson(Config& config, const json& object, std::string_view origin) {
  if (!object.is_object()) {
    throw ConfigError(std::string(origin) + ": the configuration is not a JSON object");
  }
  applyGroup(config, object, "", origin);
}

void applyText(Config& config, std::string_view path, std::string_view text,
               std::string_view origin) {
  const ConfigKey* key = findConfigKey(path);
  if (key == nullptr) unknown(path, origin);
  const json value = std::string(text);
  key->apply(config, {value, std::string(origin) + ": " + std::string(path)});
}

}  // namespace sonde::detail
