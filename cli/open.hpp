// Opens the database that a command was given.
#pragma once

#include <string>

#include "../db/database.hpp"

namespace sonde::cli {

/// @return The database of this URI, or of this path of a SQLite file, opened so that nothing in it
/// can change. @throws ConnectionError, ConfigError.
[[nodiscard]] Database openForReading(const std::string& uri);
/// @return The same, opened for writing; it must exist unless the URI says mode=rwc.
[[nodiscard]] Database openForWriting(const std::string& uri);

}  // namespace sonde::cli
