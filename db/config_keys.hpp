// The table of configuration keys: what each is called, what it takes, where it goes.
//
// Invariant: one row a key; the file, the environment and the URI all go through it. Internal to
// db/.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "config.hpp"

namespace sonde::detail {

/// Replaces `${NAME}`; `$${` stands for a literal `${`.
using Interpolate = std::function<std::string(std::string_view text)>;

/// A value on its way into a key, with what an error has to say.
struct ConfigInput {
  const nlohmann::json& value;
  std::string where;  ///< "app.json: pool.readers"
};

struct ConfigKey {
  std::string_view path;
  void (*apply)(Config& config, const ConfigInput& input);
};

/// @return Every key, sorted by path.
[[nodiscard]] std::span<const ConfigKey> configKeys();
/// @return The key; nullptr when there is none.
[[nodiscard]] const ConfigKey* findConfigKey(std::string_view path);
/// @return The variable of a key: SONDE_POOL_ACQUIRE_TIMEOUT_MS for pool.acquireTimeoutMs.
[[nodiscard]] std::string variableOf(std::string_view path);

/// Applies every key of a JSON object. @throws ConfigError.
void applyJson(Config& config, const nlohmann::json& object, std::string_view origin);
/// Applies one key given as text. @throws ConfigError.
void applyText(Config& config, std::string_view path, std::string_view text,
               std::string_view origin);

}  // namespace sonde::detail
