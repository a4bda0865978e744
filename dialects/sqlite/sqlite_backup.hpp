// Copies a SQLite database with SQLite's online backup.
//
// Invariant: the copy is what one read transaction of the source sees. In WAL mode that transaction
// lasts from the first page to the end and keeps no writer waiting; with a rollback journal it
// begins with the last step, because writers wait for readers there. Used by the driver.
#pragma once

#include <memory>

#include "../backup.hpp"

namespace sonde {

/// @return The maker of SQLite's copies.
[[nodiscard]] std::unique_ptr<BackupMaker> makeSqliteBackup();

}  // namespace sonde
