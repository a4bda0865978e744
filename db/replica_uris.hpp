// What the URIs of a primary and its replicas mean together. Used by Database::open.
#pragma once

#include <string>
#include <vector>

#include "../core/uri.hpp"

namespace sonde::detail {

/// Reads the URIs of replicas; what one leaves out (user, password, database, options) it has from
/// the primary. Adds their hosts to those of the primary, which is then whichever of them takes
/// writes (`target_session_attrs=read-write`), so that a promoted standby is found.
/// @return The replicas. @throws ConfigError for a URI that is wrong or of another engine.
[[nodiscard]] std::vector<Uri> replicaUris(const std::vector<std::string>& texts, Uri& primary);

}  // namespace sonde::detail
