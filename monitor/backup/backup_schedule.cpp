#include "backup_schedule.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../dialects/backup.hpp"

namespace sonde {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

// After a failure, unless backups are made more often than this anyway.
constexpr milliseconds kRetry{60'000};

// "shop" for shop.db; what has no file is called after where it is.
std::string nameOf(Runtime& runtime) {
  const std::string& path = runtime.options().driver.uri.path;
  const std::string stem = std::filesystem::path(path).stem().string();
  return stem.empty() || path.starts_with(':') ? "memory" : stem;
}

std::string checked(Runtime& runtime, std::string folder) {
  static_cast<void>(runtime.driver().backup());  // throws for an engine that has none
  std::error_code none;
  if (std::filesystem::is_directory(folder, none)) return folder;
  throw ConfigError("backup.directory: there is no folder " + quoteForMessage(folder));
}

// Names hold whole seconds.
BackupPlan atMostEachSecond(BackupPlan plan) {
  plan.every = std::max(plan.every, milliseconds(1'000));
  return plan;
}

}  // namespace

BackupSchedule::BackupSchedule(std::shared_ptr<Runtime> runtime, BackupPlan plan)
    : runtime_(std::move(runtime)),
      plan_(atMostEachSecond(std::move(plan))),
      store_(checked(*runtime_, plan_.folder), nameOf(*runtime_)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

BackupSchedule::~BackupSchedule() { stop(); }

void BackupSchedule::stop() noexcept {
  thread_.request_stop();
  std::call_once(stopped_, [this] { thread_.join(); });
}

BackupState BackupSchedule::state() const {
  BackupState state;
  state.newest = store_.newest();
  state.every = plan_.every;
  const std::lock_guard lock(mutex_);
  state.failure = failure_;
  return state;
}

milliseconds BackupSchedule::untilDue() const {
  const auto newest = store_.newest();
  if (!newest) return milliseconds(0);
  const auto age = std::chrono::duration_cast<milliseconds>(system_clock::now() - newest->time);
  // One from the future, by a clock that was set back, is taken for one made now.
  return plan_.every - std::clamp(age, milliseconds(0), plan_.every);
}

void BackupSchedule::run(const std::stop_token& stop) {
  milliseconds pause = untilDue();
  while (!stop.stop_requested() && !runtime_->pool().closed()) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, pause, [] { return false; });
    lock.unlock();
    if (stop.stop_requested()) return;
    pause = untilDue();
    if (pause.count() > 0) continue;
    backUp(stop);
    lock.lock();
    const bool failed = !failure_.empty();
    lock.unlock();
    pause = failed ? std::min(plan_.every, kRetry) : untilDue();
  }
}

void BackupSchedule::backUp(const std::stop_token& stop) {
  std::string failure;
  try {
    Context context;
    context.stopToken(stop);
    const BackupReport report =
        backupDatabase(*runtime_, store_.pathAt(system_clock::now()), plan_.options, context);
    for (const std::string& path : store_.prune(plan_.keep, report.path)) {
      runtime_->logger().log(LogLevel::Info, "removed an old backup", {{"path", path}});
    }
  } catch (const Cancelled&) {
    return;
  } catch (const std::exception& error) {
    failure = error.what();
    runtime_->logger().log(LogLevel::Error, "a backup failed", {{"error", failure}});
  }
  const std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
}

}  // namespace sonde
