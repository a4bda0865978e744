#include "profiles.hpp"

#include <array>
#include <cstddef>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"

namespace sonde {
namespace {

constexpr std::array<std::string_view, 6> kNames{"development", "production", "readMostly",
                                                 "bulkLoad",    "safest",     "untrustedFile"};

}  // namespace

Profile parseProfile(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text::equalsIgnoreCase(name, kNames[i])) return static_cast<Profile>(i);
  }
  throw ConfigError("there is no profile " + quoteForMessage(name) +
                    didYouMean(nearest(name, profileNames(), 1)));
}

std::string_view profileName(Profile profile) noexcept {
  return kNames[static_cast<std::size_t>(profile)];
}

std::vector<std::string> profileNames() { return {kNames.begin(), kNames.end()}; }

void refuseProfile(std::string_view engine, std::string_view name, std::string_view why) {
  ErrorDetails details;
  details.hint = why;
  throw ConfigError("profile " + quoteForMessage(name) + " means nothing on " + std::string(engine),
                    std::move(details));
}

}  // namespace sonde
