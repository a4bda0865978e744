#include "sqlite_backup.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "sqlite_connection.hpp"
#include "sqlite_driver.hpp"

namespace sonde {
namespace {

constexpr const char* kMain = "main";
// More findings than this would not say more.
constexpr const char* kQuickCheck = "PRAGMA main.quick_check(20)";
constexpr const char* kFullCheck = "PRAGMA main.integrity_check(20)";

struct CloseDatabase {
  void operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
};
using OwnedDatabase = std::unique_ptr<sqlite3, CloseDatabase>;

struct FinishBackup {
  void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};
using OwnedBackup = std::unique_ptr<sqlite3_backup, FinishBackup>;

SqliteConnection& sqliteOf(Connection& connection) {
  auto* const found = dynamic_cast<SqliteConnection*>(&connection);
  if (found == nullptr) throw ValidationError("not a connection of the SQLite driver");
  return *found;
}

[[noreturn]] void cannotWrite(sqlite3* target, int code, const std::string& path) {
  const int systemError = sqlite3_system_errno(target);
  std::string why = sqlite3_errstr(code);
  if (systemError != 0) why = std::generic_category().message(systemError);
  ErrorDetails details;
  details.nativeCode = code;
  details.hint = "see the disk, the file system and its quota";
  if ((code & 0xFF) == SQLITE_FULL || systemError == ENOSPC) {
    why = "no space is left";
    details.hint = "free space there, or take another folder";
  }
  throw BackupError("the copy cannot be written to " + quoteForMessage(path) + ": " + why,
                    std::move(details));
}

// Whether a code is about the file that is written; SQLite reports both files through the target.
bool isAboutTarget(int code) noexcept {
  switch (code) {
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ:
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_RDLOCK:
    case SQLITE_IOERR_CORRUPTFS:
      return false;
    default:
      break;
  }
  const int primary = code & 0xFF;
  return primary == SQLITE_FULL || primary == SQLITE_IOERR || primary == SQLITE_READONLY ||
         primary == SQLITE_CANTOPEN;
}

// The file is thrown away unless all goes well, so nothing of it is journalled or synced here.
OwnedDatabase openTarget(const std::string& path) {
  sqlite3* db = nullptr;
  const std::string name = path.starts_with("file:") ? "./" + path : path;
  int code =
      sqlite3_open_v2(name.c_str(), &db,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  OwnedDatabase owned(db);
  if (code == SQLITE_OK) {
    code = sqlite3_exec(db, "PRAGMA journal_mode = off; PRAGMA synchronous = off", nullptr, nullptr,
                        nullptr);
  }
  if (code != SQLITE_OK) cannotWrite(db, code, path);
  return owned;
}

// Takes the snapshot: a transaction sees nothing until it reads.
void beginReading(SqliteConnection& source) {
  source.begin(TransactionMode::Read);
  source.executeScript("SELECT 1 FROM main.sqlite_schema LIMIT 1");
}

class PageCopy {
 public:
  PageCopy(SqliteConnection& source, sqlite3* target, const CopyRequest& request)
      : source_(source),
        target_(target),
        request_(request),
        backup_(sqlite3_backup_init(target, kMain, source.handle().db(), kMain)) {
    if (backup_ == nullptr) fail(sqlite3_extended_errcode(target));
  }

  void run() {
    SqliteHandle& handle = source_.handle();
    const bool snapshots = sqliteJournalMode(handle, kMain) == "wal" ||
                           sqlite3_db_filename(handle.db(), kMain)[0] == '\0';
    if (snapshots) beginReading(source_);
    constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
    const int pages = static_cast<int>(std::clamp<std::size_t>(request_.pagesPerStep, 1, kMost));
    bool done = step(0);  // only looks how many pages there are
    while (!done) {
      const bool last = sqlite3_backup_remaining(backup_.get()) <= pages;
      // From here on nobody writes. If somebody has since the last step, all is copied again.
      if (last && !source_.inTransaction()) beginReading(source_);
      done = step(last && !snapshots ? -1 : pages);
      if (!done && request_.pause.count() > 0) std::this_thread::sleep_for(request_.pause);
    }
    if (!source_.inTransaction()) beginReading(source_);  // an empty file
    const int code = sqlite3_backup_finish(backup_.release());
    if (code != SQLITE_OK) fail(code);
  }

 private:
  // @return Whether it was the last one.
  bool step(int pages) {
    request_.context.check();
    source_.handle().started();
    const int code = sqlite3_backup_step(backup_.get(), pages);
    if (code != SQLITE_OK && code != SQLITE_DONE) fail(code);
    if (request_.progress) {
      const auto total = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup_.get()));
      const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup_.get()));
      request_.progress(total - left, total);
    }
    return code == SQLITE_DONE;
  }

  [[noreturn]] void fail(int code) {
    request_.context.check();
    if (isAboutTarget(code)) cannotWrite(target_, code, request_.path);
    // The message of the source's own last call would be about something else.
    const std::string why = sqlite3_errstr(code);
    if ((code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED) {
      throw Timeout("the database was locked by another connection for too long to be copied");
    }
    ErrorDetails details;
    details.nativeCode = code;
    throw BackupError("the database cannot be read to copy it: " + why, std::move(details));
  }

  SqliteConnection& source_;
  sqlite3* target_;
  const CopyRequest& request_;
  OwnedBackup backup_;
};

[[noreturn]] void cannotVacuum(const Error& error, const std::string& path) {
  ErrorDetails details;
  details.nativeCode = error.nativeCode();
  std::string why = error.what();
  if ((error.nativeCode() & 0xFF) == SQLITE_FULL) {
    why = "no space is left";
    details.hint = "a vacuumed copy needs twice the space while it is made";
  }
  throw BackupError("the copy cannot be written to " + quoteForMessage(path) + ": " + why,
                    std::move(details));
}

void vacuumInto(Connection& copy, const std::string& path) {
  const auto statement = copy.prepare("VACUUM main INTO ?", false);
  const Arg target(path);
  statement->bind({&target, 1});
  statement->run();
}

class SqliteBackup final : public BackupMaker {
 public:
  [[nodiscard]] std::vector<std::string> files(Connection& source) const override {
    std::vector<std::string> files;
    sqlite3* const db = sqliteOf(source).handle().db();
    if (const char* main = sqlite3_db_filename(db, kMain); main != nullptr && *main != '\0') {
      files.emplace_back(main);
    }
    return files;
  }

  [[nodiscard]] Catalog catalog(Connection& connection) const override {
    Catalog catalog = connection.readCatalog();
    std::erase_if(catalog.tables, [](const Table& table) { return table.schema != kMain; });
    return catalog;
  }

  // A view has none, and what a virtual table gives may come from anywhere.
  [[nodiscard]] bool ownsRows(const Table& table) const noexcept override {
    return !table.error && table.kind != TableKind::View && table.kind != TableKind::Virtual;
  }

  void copy(Connection& source, const CopyRequest& request) const override {
    const OwnedDatabase target = openTarget(request.path);
    PageCopy(sqliteOf(source), target.get(), request).run();
  }

  // VACUUM INTO reads the source from end to end inside a transaction of its own, which no other
  // one can be compared with. So the exact copy is made first, quickly, and rewritten at leisure.
  void rewrite(const std::string& copy, const std::string& path,
               const Context& context) const override {
    const auto connection = open(copy);
    connection->arm(context);
    try {
      vacuumInto(*connection, path);
    } catch (const Error& error) {
      if (isAboutTarget(error.nativeCode())) cannotVacuum(error, path);
      throw;
    }
  }

  [[nodiscard]] std::unique_ptr<Connection> open(const std::string& path) const override {
    DriverOptions options;
    options.uri.scheme = "sqlite";
    options.uri.path = path;
    options.uri.options.emplace_back("immutable", "1");
    options.access = AccessMode::ReadOnly;
    return makeSqliteDriver()->connect(options, TransactionMode::Read);
  }

  [[nodiscard]] std::vector<std::string> check(Connection& copy, bool full) const override {
    std::vector<std::string> problems;
    try {
      const auto statement = copy.prepare(full ? kFullCheck : kQuickCheck, false);
      while (const Cell* cells = statement->step()) {
        const std::string_view line = cells[0].view();
        if (line != "ok") problems.emplace_back(line);
      }
    } catch (const QueryError& error) {
      problems.emplace_back(error.what());  // too damaged to be checked
    }
    return problems;
  }
};

}  // namespace

std::unique_ptr<BackupMaker> makeSqliteBackup() { return std::make_unique<SqliteBackup>(); }

}  // namespace sonde
