// The two real databases that sonde is tried on, where they are to be had.
#pragma once

#include <optional>
#include <string>

#include "../support/temporary_folder.hpp"

namespace sonde::test {

/// @return The path of PROJ's database (Debian's package proj-data); empty when it is not
/// installed.
[[nodiscard]] std::optional<std::string> projDatabase();

/// @return The path of Chinook's script for "Sqlite", "PostgreSql" or "MySql"; empty when it is not
/// to be found in $SONDE_TEST_SHARED_DATA or in `shared/data` beside the source tree.
[[nodiscard]] std::optional<std::string> chinookScript(const std::string& engine);

/// Makes Chinook from its SQL script in `folder`. The script is looked for in
/// $SONDE_TEST_SHARED_DATA and in `shared/data` beside the source tree.
/// @return The path of the database; empty when the script is nowhere.
[[nodiscard]] std::optional<std::string> chinookDatabase(const TemporaryFolder& folder);

}  // namespace sonde::test
