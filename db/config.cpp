#include "config.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tuple>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/uri.hpp"
#include "config_keys.hpp"
#include "env_file.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace sonde {

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

Variables readEnvironment() {
  Variables variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::string readFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  // A folder can be opened, and reads as if it were empty.
  if (!in.is_open() || std::filesystem::is_directory(path)) {
    throw ConfigError(path + ": the file cannot be read");
  }
  return std::move(text).str();
}

// Replaces ${NAME}; $${ stands for ${.
std::string interpolate(std::string_view text, const Variables& variables,
                        const std::string& where) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text.substr(i).starts_with("$${")) {
      out += "${";
      i += 3;
    } else if (text.substr(i).starts_with("${")) {
      const std::size_t end = text.find('}', i);
      if (end == std::string_view::npos)
        throw ConfigError(where + ": \"${\" is not closed by \"}\"");
      const std::string_view name = text.substr(i + 2, end - i - 2);
      const auto found = variables.find(name);
      if (found == variables.end()) {
        throw ConfigError(where + ": the variable " + quoteForMessage(name) + " is not set");
      }
      out += found->second;
      i = end + 1;
    } else {
      out += text[i++];
    }
  }
  return out;
}

void interpolateAll(nlohmann::json& value, const Variables& variables, const std::string& origin,
                    const std::string& path) {
  if (value.is_string()) {
    value = interpolate(value.get_ref<const std::string&>(), variables, origin + ": " + path);
    return;
  }
  if (!value.is_structured()) return;
  for (auto it = value.begin(); it != value.end(); ++it) {
    const std::string name = value.is_object() ? it.key() : std::string("[]");
    interpolateAll(*it, variables, origin, path.empty() ? name : path + "." + name);
  }
}

void applyFile(Config& config, const std::string& path, const Variables& variables) {
  nlohmann::json object;
  try {
    object = nlohmann::json::parse(readFile(path), nullptr, true, true);
  } catch (const nlohmann::json::parse_error& error) {
    // Its message quotes the text, which may be a secret; the position does not.
    throw ConfigError(path + ": not JSON, at byte " + std::to_string(error.byte));
  }
  interpolateAll(object, variables, path, "");
  detail::applyJson(config, object, path);
}

constexpr std::string_view kEnvironment = "environment";

// Whether a variable steers the building and testing of sonde, not a database.
bool isForDevelopers(std::string_view name) {
  return name.starts_with("SONDE_DEV_") || name.starts_with("SONDE_TEST_");
}

// Applies a SONDE_ variable; another's name is none of ours.
void applyVariable(Config& config, std::string_view name, std::string_view value,
                   const std::string& origin) {
  if (!name.starts_with("SONDE_") || isForDevelopers(name)) return;
  // Of the process, not of a database: loadDriver reads it.
  if (name == "SONDE_DRIVER_PATH" && origin == kEnvironment) return;
  std::vector<std::string> names;
  for (const detail::ConfigKey& key : detail::configKeys()) {
    names.push_back(detail::variableOf(key.path));
    if (names.back() == name) {
      detail::applyText(config, key.path, value, origin + " (" + std::string(name) + ")");
      return;
    }
  }
  throw ConfigError(origin + ": unknown variable " + quoteForMessage(name) +
                    didYouMean(nearest(name, names)));
}

auto tied(const PoolConfig& c) {
  return std::tie(c.readers, c.acquireTimeout, c.leakWarning, c.size, c.minIdle, c.connectTimeout,
                  c.idleTimeout, c.maxLifetime, c.validateAfter);
}
auto tied(const OptimizationConfig& c) {
  return std::tie(c.profile, c.busyTimeout, c.journalMode, c.synchronous, c.cacheSize, c.mmapSize,
                  c.tempStore, c.foreignKeys, c.journalSizeLimit, c.walAutocheckpoint,
                  c.analysisLimit, c.trustedSchema, c.cellSizeCheck, c.defensive, c.settings);
}
auto tied(const HealthOptions& c) {
  return std::tie(c.cacheFor, c.moderateInterval, c.interval, c.deepInterval, c.deepTimeout,
                  c.confirmations, c.history, c.checks, c.serviceId, c.version, c.releaseId,
                  c.description);
}
auto tied(const LogConfig& c) {
  return std::tie(c.level, c.console, c.file, c.maxFileBytes, c.maxFiles, c.jsonLines);
}
auto tied(const AdminConfig& c) { return std::tie(c.address, c.port, c.token, c.hosts); }
auto tied(const BackupConfig& c) {
  return std::tie(c.directory, c.every, c.keep, c.vacuum, c.fullCheck);
}
auto tied(const StatisticsConfig& c) { return std::tie(c.enabled, c.maxFingerprints, c.slowQuery); }
auto tied(const Config& c) {
  return std::tie(c.uri, c.access, c.drivers, c.cache.statements, c.naming.relations,
                  c.limits.maxResultBytes, c.replicas.uris, c.replicas.maxLag,
                  c.replicas.checkInterval, c.schema.checkInterval, c.schema.watchInterval,
                  c.allowRawSql);
}

}  // namespace

Config Config::load(const ConfigSources& sources) {
  const Variables environment = readEnvironment();
  Variables variables = environment;
  std::vector<detail::EnvEntry> entries;
  if (!sources.envFile.empty()) {
    entries = detail::parseEnvFile(readFile(sources.envFile), sources.envFile);
    for (detail::EnvEntry& entry : entries) {
      const std::string where = sources.envFile + ":" + std::to_string(entry.line);
      if (!entry.literal) entry.value = interpolate(entry.value, variables, where);
      // The environment wins over the file, for ${NAME} too.
      if (environment.find(entry.name) == environment.end()) variables[entry.name] = entry.value;
    }
  }

  Config config;
  if (!sources.file.empty()) applyFile(config, sources.file, variables);
  for (const detail::EnvEntry& entry : entries) {
    applyVariable(config, entry.name, entry.value,
                  sources.envFile + ":" + std::to_string(entry.line));
  }
  if (sources.environment) {
    for (const auto& [name, value] : environment) {
      applyVariable(config, name, value, std::string(kEnvironment));
    }
  }
  return config;
}

Config Config::fromJson(const nlohmann::json& object, std::string_view origin) {
  Config config;
  nlohmann::json filled = object;
  interpolateAll(filled, readEnvironment(), std::string(origin), "");
  detail::applyJson(config, filled, origin);
  return config;
}

void Config::set(std::string_view key, std::string_view value, std::string_view origin) {
  detail::applyText(*this, key, value, origin);
}

Config Config::resolved(Uri& parsed) const {
  if (uri.empty()) {
    ErrorDetails details;
    details.hint = "set uri, such as \"sqlite:app.db\"";
    throw ConfigError("the configuration names no database", std::move(details));
  }
  Config config = *this;
  parsed = Uri::parse(uri);
  std::vector<std::pair<std::string, std::string>> others;
  for (auto& option : parsed.options) {
    if (option.first.find('.') == std::string::npos) {
      others.push_back(std::move(option));
    } else {
      detail::applyText(config, option.first, option.second, "URI");
    }
  }
  parsed.options = std::move(others);
  return config;
}

bool Config::sameAs(const Config& other) const {
  const auto sameAttachment = [](const Attachment& a, const Attachment& b) {
    return a.name == b.name && a.path == b.path;
  };
  return tied(*this) == tied(other) && tied(pool) == tied(other.pool) &&
         tied(optimization) == tied(other.optimization) && tied(logging) == tied(other.logging) &&
         tied(admin) == tied(other.admin) && tied(backup) == tied(other.backup) &&
         tied(statistics) == tied(other.statistics) && tied(health) == tied(other.health) &&
         static_cast<bool>(logging.callback) == static_cast<bool>(other.logging.callback) &&
         std::equal(attachments.begin(), attachments.end(), other.attachments.begin(),
                    other.attachments.end(), sameAttachment);
}

std::vector<std::string> Config::keys() {
  std::vector<std::string> names;
  for (const detail::ConfigKey& key : detail::configKeys()) names.emplace_back(key.path);
  return names;
}

}  // namespace sonde
