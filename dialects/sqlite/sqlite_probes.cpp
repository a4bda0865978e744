#include "sqlite_probes.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "sqlite_connection.hpp"
#include "sqlite_open.hpp"
#include "sqlite_settings.hpp"
#include "sqlite_wal_state.hpp"

namespace sonde {
namespace {

using ProbePtr = std::shared_ptr<const Probe>;

constexpr double kMiB = 1024.0 * 1024.0;
constexpr double kPercent = 100;

SqliteHandle& handleOf(Connection& connection) {
  return dynamic_cast<SqliteConnection&>(connection).handle();
}

std::int64_t numberOf(Connection& connection, const char* sql) {
  const auto statement = connection.prepare(sql, false);
  const Cell* const cells = statement->step();
  const std::int64_t number = cells == nullptr ? 0 : cells[0].integer;
  statement->reset();
  return number;
}

std::string mebibytes(double bytes) {
  return std::to_string(static_cast<std::uint64_t>(bytes / kMiB)) + " MiB";
}

ProbePtr connectivity() {
  ProbeInfo info{.name = "connectivity",
                 .component = "sqlite",
                 .measurement = "connectivity",
                 .criticality = Criticality::Critical,
                 .whenSilent = HealthStatus::Fail,
                 .advice =
                     "see what happened to the file; restore it from a backup where it is "
                     "damaged"};
  return makeProbe(std::move(info), [](Connection& connection) {
    SqliteHandle& handle = handleOf(connection);
    int moved = 0;
    sqlite3_file_control(handle.db(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved != 0) {
      return Reading::judged(HealthStatus::Fail,
                             "the file was moved, replaced or deleted while it is open: what is "
                             "written now is lost");
    }
    // Not SELECT 1, which succeeds on a file of random bytes.
    static_cast<void>(numberOf(connection, "SELECT count(*) FROM main.sqlite_schema"));
    return Reading::judged(HealthStatus::Pass, "the schema can be read");
  });
}

ProbePtr writable(const std::string& path) {
  ProbeInfo info{.name = "writable",
                 .component = "sqlite",
                 .measurement = "writable",
                 .advice =
                     "give this user the right to write the file and its folder, or open the "
                     "database with mode=ro"};
  return makeProbe(std::move(info), [path](Connection&) {
    // The folder too: the journal stands beside the file.
    const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
    for (const std::string& name : {path, folder.string()}) {
      if (access(name.c_str(), W_OK) == 0) continue;
      return Reading::judged(HealthStatus::Fail,
                             name + " cannot be written: " + std::strerror(errno));
    }
    return Reading::judged(HealthStatus::Pass, {});
  });
}

ProbePtr walSize(const std::string& path) {
  ProbeInfo info{.name = "wal-size",
                 .component = "wal",
                 .measurement = "size",
                 .unit = "bytes",
                 .limits = {.warn = 1024 * kMiB},
                 .advice =
                     "the log keeps the size of the largest burst of writes: empty it when "
                     "nobody reads, and set journal_size_limit",
                 .remedy = "PRAGMA wal_checkpoint(TRUNCATE)"};
  return makeProbe(std::move(info), [path](Connection&) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(path + "-wal", missing);
    return Reading::of(missing ? 0 : static_cast<double>(size));
  });
}

std::string readersText(const std::string& path) {
  std::string text;
  for (const int process : sqliteWalReaders(path)) {
    text += text.empty() ? "; an older state is read by " : ", ";
    text += process == getpid() ? "this process" : "process " + std::to_string(process);
  }
  return text;
}

ProbePtr walBacklog(const std::string& path) {
  ProbeInfo info{.name = "wal-backlog",
                 .component = "wal",
                 .measurement = "backlog",
                 .unit = "bytes",
                 .limits = {.warn = 64 * kMiB, .fail = 1024 * kMiB},
                 .advice =
                     "end the transactions that read for long: no page after the state that "
                     "they see can move into the database",
                 .remedy = "PRAGMA wal_checkpoint(TRUNCATE)"};
  return makeProbe(std::move(info), [path](Connection& connection) {
    SqliteHandle& handle = handleOf(connection);
    if (sqliteJournalMode(handle, "main") != "wal") {
      return Reading::judged(HealthStatus::Pass, "there is no write-ahead log");
    }
    // Has the header mapped, and read anew.
    static_cast<void>(numberOf(connection, "SELECT count(*) FROM main.sqlite_schema"));
    const auto state = readSqliteWalState(handle.db());
    if (!state) {
      return Reading::judged(HealthStatus::Unknown, "the state of the log cannot be read");
    }
    Reading reading = Reading::of(static_cast<double>(state->waitingBytes()));
    reading.finding = std::to_string(state->moved) + " of " + std::to_string(state->frames) +
                      " frames moved into the database";
    if (state->frames > state->moved) reading.finding += readersText(path);
    return reading;
  });
}

// What a user without root's rights can still write; empty where the system does not say.
std::optional<double> freeBytes(const std::filesystem::path& folder) {
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (error) return std::nullopt;
  return static_cast<double>(space.available);
}

ProbePtr freeDisk(const std::string& path) {
  ProbeInfo info{.name = "free-disk",
                 .component = "disk",
                 .measurement = "free",
                 .unit = "bytes",
                 .limits = {.warn = 256 * kMiB, .fail = 32 * kMiB, .low = true},
                 .advice =
                     "make room on the file system of the database: a write that finds none "
                     "fails"};
  return makeProbe(std::move(info), [path](Connection&) {
    const auto folder = std::filesystem::absolute(path).parent_path();
    const auto free = freeBytes(folder);
    if (!free) return Reading::judged(HealthStatus::Unknown, "the system does not say");
    return Reading::of(*free, "at " + folder.string());
  });
}

// Where SQLite puts what it sorts and its temporary tables, in the order that it looks.
std::filesystem::path temporaryFolder() {
  for (const char* name : {"SQLITE_TMPDIR", "TMPDIR"}) {
    const char* const folder = std::getenv(name);
    if (folder != nullptr && std::filesystem::is_directory(folder)) return folder;
  }
  for (const char* folder : {"/var/tmp", "/usr/tmp", "/tmp"}) {
    if (std::filesystem::is_directory(folder)) return folder;
  }
  return ".";
}

ProbePtr freeTemporary(const std::string& path) {
  ProbeInfo info{.name = "free-temp",
                 .component = "disk",
                 .measurement = "freeTemporary",
                 .unit = "bytes",
                 .limits = {.warn = 128 * kMiB, .fail = 16 * kMiB, .low = true},
                 .advice = "make room where SQLite sorts, or name another folder in SQLITE_TMPDIR"};
  return makeProbe(std::move(info), [path](Connection&) {
    const auto folder = temporaryFolder();
    struct stat file {};
    struct stat temporary {};
    if (stat(path.c_str(), &file) == 0 && stat(folder.c_str(), &temporary) == 0 &&
        file.st_dev == temporary.st_dev) {
      return Reading::judged(HealthStatus::Pass, "on the file system of the database");
    }
    const auto free = freeBytes(folder);
    if (!free) return Reading::judged(HealthStatus::Unknown, "the system does not say");
    return Reading::of(*free, "at " + folder.string());
  });
}

ProbePtr freeList() {
  ProbeInfo info{.name = "free-list",
                 .component = "sqlite",
                 .measurement = "freeList",
                 .unit = "%",
                 .limits = {.warn = 30},
                 .advice =
                     "give the pages back that hold nothing: it needs as much free disk as "
                     "the database, and keeps others from writing meanwhile",
                 .remedy = "VACUUM"};
  return makeProbe(std::move(info), [](Connection& connection) {
    // Less than this is not worth a rewrite of the file.
    constexpr double kWorthwhile = 16 * kMiB;
    const auto pages = static_cast<double>(numberOf(connection, "PRAGMA main.page_count"));
    const auto free = static_cast<double>(numberOf(connection, "PRAGMA main.freelist_count"));
    const auto page = static_cast<double>(numberOf(connection, "PRAGMA main.page_size"));
    Reading reading = Reading::of(pages == 0 ? 0 : kPercent * free / pages);
    reading.finding = mebibytes(free * page) + " of " + mebibytes(pages * page) + " hold nothing";
    if (free * page < kWorthwhile) reading.status = HealthStatus::Pass;
    return reading;
  });
}

}  // namespace

std::vector<ProbePtr> sqliteProbes(const DriverOptions& options) {
  const std::string& path = options.uri.path;
  const SqliteRequests requests = readSqliteRequests(options);
  std::vector<ProbePtr> probes{connectivity(), freeList()};
  if (sqliteHome(path) == SqliteHome::File) {
    if (requests.access != AccessMode::ReadOnly) probes.push_back(writable(path));
    probes.push_back(freeDisk(path));
    probes.push_back(freeTemporary(path));
    if (!requests.immutable) {
      probes.push_back(walSize(path));
      probes.push_back(walBacklog(path));
    }
  }
  for (ProbePtr& deep : sqliteDeepProbes()) probes.push_back(std::move(deep));
  return probes;
}

}  // namespace sonde
