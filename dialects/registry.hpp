// Which driver serves which URI scheme. The only place in sonde that names engines.
//
// Invariant: the engines built in are there from the start; a scheme has one driver, and a second
// one is refused unless overriding is asked for, which the log then tells. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver.hpp"

namespace sonde {

/// What to do with a scheme that has a driver already.
enum class OnDuplicate : std::uint8_t { Refuse, Replace };

struct RegisterOptions {
  OnDuplicate onDuplicate = OnDuplicate::Refuse;
  /// Where the driver comes from, such as the path of its library; messages name it. A driver may
  /// be registered again from the origin it has: that is no duplicate. Empty for the program.
  std::string origin{};
  Logger logger{};  ///< Is told of a replaced driver at level warn.
};

/// Registers a driver for a URI scheme, such as "csv" or "sqlite". Databases that are open keep the
/// driver they have.
/// @throws ConfigError naming the scheme and what serves it, when that is not to be replaced; when
/// the scheme is not a valid one or the factory is empty. Thread-safe.
void registerDriver(std::string_view scheme, const DriverFactory& factory,
                    const RegisterOptions& options = {});
/// The same for a driver that serves several schemes: all are registered, or none.
void registerDriver(std::span<const std::string> schemes, const DriverFactory& factory,
                    const RegisterOptions& options = {});

/// Forgets a registered driver and brings back the built-in one of that name, if there is one.
/// @return Whether anything was registered under the name. Thread-safe.
bool unregisterDriver(std::string_view scheme);

/// @return A new driver for the scheme.
/// @throws ConfigError naming the schemes there are and the nearest one; says so when the engine
/// was left out of this build. Thread-safe.
[[nodiscard]] std::unique_ptr<Driver> makeDriver(std::string_view scheme);

/// @return Whether the scheme has a driver. Thread-safe.
[[nodiscard]] bool hasDriver(std::string_view scheme);

/// @return The schemes that have a driver, sorted. Thread-safe.
[[nodiscard]] std::vector<std::string> driverSchemes();

}  // namespace sonde
