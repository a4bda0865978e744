#include "sqlite_handle.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "sqlite_file.hpp"

namespace sonde {
namespace {

using std::chrono::milliseconds;

// Virtual-machine instructions between two looks at the clock: 10 to 20 microseconds of work,
// against about 30 nanoseconds for the look.
constexpr int kProgressInstructions = 1000;

// A constant pause keeps waiters fair: with SQLite's own growing pauses the oldest waiter is the
// last to look again.
constexpr milliseconds kBusyPause{1};

/// The last connection that may write removes the log as it closes, under SQLite's own locks, so
/// one is opened and closed. An empty log means that the database file itself is not written.
void removeEmptyWal(const std::string& path) noexcept {
  if (!sqliteWalIsEmpty(path)) return;
  sqlite3* db = nullptr;
  const std::string name = path.starts_with("file:") ? "./" + path : path;
  if (sqlite3_open_v2(name.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) ==
      SQLITE_OK) {
    sqlite3_exec(db, "SELECT 1 FROM sqlite_schema LIMIT 1", nullptr, nullptr, nullptr);
  }
  sqlite3_close_v2(db);
}

}  // namespace

SqliteHandle::SqliteHandle(sqlite3* db, milliseconds busyTimeout) noexcept
    : db_(db), busyTimeout_(busyTimeout) {
  sqlite3_busy_handler(db_, &SqliteHandle::onBusy, this);
}

SqliteHandle::~SqliteHandle() {
  sqlite3_close_v2(db_);
  for (const std::string& path : walPaths_) removeEmptyWal(path);
}

void SqliteHandle::arm(const Context& context) {
  if (!context.interruptible()) return;
  context.check();
  armed_ = &context;
  sqlite3_progress_handler(db_, kProgressInstructions, &SqliteHandle::onProgress, this);
}

void SqliteHandle::disarm() noexcept {
  if (armed_ == nullptr) return;
  armed_ = nullptr;
  sqlite3_progress_handler(db_, 0, nullptr, nullptr);
}

void SqliteHandle::interrupt() noexcept { sqlite3_interrupt(db_); }

SqliteStop SqliteHandle::armedStop() const noexcept {
  if (armed_ == nullptr) return SqliteStop::None;
  if (armed_->stopToken().stop_requested()) return SqliteStop::Cancelled;
  const auto deadline = armed_->deadline();
  if (deadline && Context::Clock::now() >= *deadline) return SqliteStop::Deadline;
  return SqliteStop::None;
}

int SqliteHandle::onProgress(void* self) noexcept {
  auto& handle = *static_cast<SqliteHandle*>(self);
  handle.stop_ = handle.armedStop();
  return handle.stop_ == SqliteStop::None ? 0 : 1;
}

int SqliteHandle::onBusy(void* self, int attempts) noexcept {
  auto& handle = *static_cast<SqliteHandle*>(self);
  const auto now = Context::Clock::now();
  if (attempts == 0) handle.busySince_ = now;
  handle.stop_ = handle.armedStop();
  if (handle.stop_ == SqliteStop::None && now - handle.busySince_ >= handle.busyTimeout_) {
    handle.stop_ = SqliteStop::LockWait;
  }
  if (handle.stop_ != SqliteStop::None) return 0;
  std::this_thread::sleep_for(kBusyPause);
  return 1;
}

void SqliteHandle::fail(int code, std::string_view sql, Args args, std::string_view script) {
  if (fileBacked_ && sqliteConnectionLost(code)) broken_ = true;
  const SqliteStop stop = std::exchange(stop_, SqliteStop::None);
  throwSqliteError(db_, code, {sql, args, stop, busyTimeout_, script});
}

}  // namespace sonde
