#include "sqlite_profiles.hpp"

namespace sonde {
namespace {

// A log that a busy moment made long is cut back to this, 64 MiB.
constexpr const char* kLogLimit = "67108864";

// Readers beside a writer; a commit writes once and waits for the disk only at checkpoints, so that
// a power loss may take the last commits with it, never the file.
EngineSettings writeAheadLog() {
  return {{"journal_mode", "wal"},
          {"synchronous", "normal"},
          {"foreign_keys", "on"},
          {"journal_size_limit", kLogLimit},
          {"defensive", "on"}};
}

EngineSettings with(EngineSettings settings, EngineSettings more) {
  for (auto& setting : more) settings.push_back(std::move(setting));
  return settings;
}

}  // namespace

EngineSettings sqliteProfile(Profile profile) {
  switch (profile) {
    case Profile::Production:
      return writeAheadLog();
    case Profile::Development:
      return with(writeAheadLog(), {{"cell_size_check", "on"}, {"trusted_schema", "off"}});
    case Profile::ReadMostly:
      return with(writeAheadLog(), {{"mmap_size", "268435456"}});  // 256 MiB
    case Profile::BulkLoad:
      // Room for the pages of indexes that are written all over, and fewer checkpoints, which
      // write the same pages again: 64 MiB each.
      return with(writeAheadLog(), {{"cache_size", "-65536"}, {"wal_autocheckpoint", "16384"}});
    case Profile::Safest:
      return {{"synchronous", "extra"}, {"fullfsync", "on"},       {"foreign_keys", "on"},
              {"mmap_size", "0"},       {"cell_size_check", "on"}, {"trusted_schema", "off"},
              {"defensive", "on"}};
    case Profile::UntrustedFile:
      return {{"mmap_size", "0"},
              {"cell_size_check", "on"},
              {"trusted_schema", "off"},
              {"defensive", "on"},
              {"foreign_keys", "on"}};
  }
  return {};
}

}  // namespace sonde
