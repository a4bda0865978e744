// The rules by which the tuner judges a PostgreSQL server and database, a topic a function.
//
// Invariant: plain data read once, and functions that only look and advise. Internal to the tuner.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "../tuner_reading.hpp"

namespace sonde {

/// A line of pg_settings.
struct PostgresSetting {
  std::string value;       ///< As the server writes it, in `unit`.
  std::string shown;       ///< With its unit, for people: "128MB".
  std::string unit;        ///< "8kB", "kB", "ms", …; empty for none.
  std::string source;      ///< "default", "configuration file", "client", …
  std::string sourceFile;  ///< Only shown to those who may see it.
  bool pendingRestart = false;
};

/// See the file comment.
struct PostgresFacts {
  std::map<std::string, PostgresSetting> settings;
  bool sameHost = false;  ///< Reached over a socket, so that the memory of this machine is its own.
  std::int64_t memory = 0;          ///< Of that machine; 0 where it is not known.
  std::int64_t blocksHit = 0;       ///< Of this database, found in shared_buffers.
  std::int64_t blocksRead = 0;      ///< … and read from the system.
  std::int64_t countedSeconds = 0;  ///< For how long the counters have been running.

  /// @return The setting in bytes; 0 where it is not known.
  [[nodiscard]] std::int64_t bytes(const std::string& name) const;
  [[nodiscard]] bool is(const std::string& name, std::string_view value) const;
};

[[nodiscard]] PostgresFacts readPostgresFacts(TunerReading& reading);

/// Settings with which a crash damages data or loses it.
void judgePostgresDangers(const PostgresFacts& facts, TunerReading& reading);
/// Memory, compared with what the machine has, and with what was read past the cache.
void judgePostgresMemory(const PostgresFacts& facts, TunerReading& reading);
/// Timeouts, statistics of statements, settings that wait for a restart.
void judgePostgresSessions(const PostgresFacts& facts, TunerReading& reading);
/// Dead rows, and tables that the planner knows nothing of.
void judgePostgresTables(TunerReading& reading);
/// Indexes that are invalid, bloated, or never used.
void judgePostgresIndexes(TunerReading& reading);

}  // namespace sonde
