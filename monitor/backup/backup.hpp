// Verified backups of a running database.
//
// Invariant: a file stands under the name asked for only once it was copied, checked by the engine,
// compared with the source and synced to disk; until then it is called NAME.partial, and it is
// taken away when anything fails. The source is only read. docs/backup.md says the rest.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "../../core/context.hpp"
#include "../../session/runtime.hpp"
#include "backup_report.hpp"

namespace sonde {

/// What a backup is doing.
enum class BackupStage : std::uint8_t { Copying, Rewriting, Checking, Comparing };

/// @return "copying", "rewriting", "checking" or "comparing". Thread-safe.
[[nodiscard]] std::string_view backupStageName(BackupStage stage) noexcept;

/// How far it is. `total` is 0 where nobody knows.
struct BackupProgress {
  BackupStage stage = BackupStage::Copying;
  std::uint64_t done = 0;   ///< Pages or tables.
  std::uint64_t total = 0;  ///< May grow while a writer adds pages.
};

/// How a backup is made. Plain data.
struct BackupOptions {
  bool vacuum = false;     ///< Written anew, without free pages; needs twice the space meanwhile.
  bool fullCheck = false;  ///< Compares indexes with their tables too, which takes longer.
  bool overwrite = false;  ///< Replaces a file of that name, once the new one is complete.
  bool countRows = true;   ///< Counts the rows of each table in source and copy.
  std::size_t pagesPerStep = 1024;
  std::chrono::milliseconds pause{0};  ///< Between two steps, for disks that others need.
  std::function<void(const BackupProgress&)> progress{};  ///< Called on the calling thread.
};

/// Copies the database into a file and verifies the copy. In SQLite's WAL mode writers go on all
/// the while; with a rollback journal they wait while rows are counted; a database in memory is
/// kept from other threads until the copy is made.
/// SQL: PRAGMA quick_check or integrity_check on the copy, SELECT count(*) on each table of both.
/// @return What was made. @throws BackupError saying why there is none: a file in the way, a folder
/// that is missing or may not be written, no space, a source that is damaged; Unsupported naming
/// the engine's own tool; Timeout, Cancelled by the context; ConnectionError. Thread-safe.
BackupReport backupDatabase(Runtime& runtime, const std::string& path,
                            const BackupOptions& options = {}, const Context& context = {});

}  // namespace sonde
