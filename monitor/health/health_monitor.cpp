#include "health_monitor.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../session/periodic.hpp"
#include "builtin_checks.hpp"
#include "check_board.hpp"
#include "probe_lanes.hpp"

namespace sonde {

using detail::CheckBoard;
using detail::CheckCall;
using detail::CheckPlace;
using detail::HealthCheck;
using detail::ProbeConnection;
using detail::ProbeLanes;
using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr std::string_view kConnectivity = "connectivity";

// How long after the last deadline a run still waits for drivers to notice it.
constexpr milliseconds kGrace{300};

LogLevel levelOf(HealthStatus status) noexcept {
  if (status == HealthStatus::Fail) return LogLevel::Error;
  return status == HealthStatus::Pass ? LogLevel::Info : LogLevel::Warn;
}

constexpr const char* kAway = "the database cannot be reached";
constexpr std::string_view kLocked = "55P03";
constexpr const char* kInUse = "the only connection of the database is in use";

// Whether the database could be reached in this run: where it could not, what else was asked ends.
class Reach {
 public:
  explicit Reach(const std::stop_token& monitor) : byMonitor_(monitor, Pass{stop_}) {}

  void lost(const char* why) {
    why_.store(why, std::memory_order_relaxed);
    stop_.request_stop();
  }
  /// @return Why it could not; nullptr while it can.
  [[nodiscard]] const char* why() const noexcept { return why_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::stop_token token() const noexcept { return stop_.get_token(); }

 private:
  struct Pass {
    std::stop_source stop;
    void operator()() noexcept { stop.request_stop(); }
  };

  std::stop_source stop_;
  std::atomic<const char*> why_{nullptr};
  std::stop_callback<Pass> byMonitor_;
};

// Runs `call` and keeps what it gave or threw. It may move the beginning, behind what is none of
// the check's own time.
template <class Call>
void keepOf(CheckBoard& board, const HealthCheck& check, Call call) {
  SteadyClock::time_point began = SteadyClock::now();
  Reading reading;
  try {
    reading = call(began);
  } catch (const Cancelled& error) {
    reading = Reading::judged(HealthStatus::Unknown, error.what());  // it was told to end
  } catch (const std::exception& error) {
    reading = Reading::judged(check.info.whenSilent, error.what());
  } catch (...) {
    reading = Reading::judged(check.info.whenSilent, "it failed without saying why");
  }
  board.end(check, std::move(reading), duration_cast<microseconds>(SteadyClock::now() - began));
}

// Interrupts a connection when its context ends, where the engine itself does not look while it
// works: SQLite 3.40 walks the pages of a whole database without.
class InterruptAtEnd {
 public:
  InterruptAtEnd(Connection& connection, const Context& context)
      : thread_([&connection, deadline = *context.deadline(),
                 stop = context.stopToken()](const std::stop_token& done) {
          std::mutex mutex;
          std::condition_variable_any ended;
          std::stop_source either;
          const auto pass = [&either] { either.request_stop(); };
          const std::stop_callback byCheck(done, pass);
          const std::stop_callback byCaller(stop, pass);
          std::unique_lock lock(mutex);
          ended.wait_until(lock, either.get_token(), deadline, [] { return false; });
          // Again and again: what runs next is to end too.
          while (!done.stop_requested()) {
            connection.interrupt();
            ended.wait_for(lock, done, kGrace, [] { return false; });
          }
        }) {}

 private:
  std::jthread thread_;
};

// Asks on a connection, and once more on a new one where one that was kept turns out to be dead: a
// server that was started again is well.
Reading askOn(ProbeConnection& home, const HealthCheck& check, const Context& context,
              SteadyClock::time_point& began) {
  while (true) {
    const bool kept = home.isOpen();
    try {
      const ProbeConnection::Use use(home, context);
      began = SteadyClock::now();
      return check.measure({context, &use.connection()});
    } catch (const ConnectionError&) {
      if (!kept) throw;
      home.close();
    }
  }
}

Reading silent(const ProbeInfo& info, const char* why) {
  return Reading::judged(info.whenSilent, why);
}

}  // namespace

struct HealthMonitor::Impl {
  Impl(std::shared_ptr<Runtime> opened, HealthOptions wanted, const std::string& fingerprint)
      : runtime(std::move(opened)),
        options(std::move(wanted)),
        board(options),
        baseline(std::make_shared<detail::SchemaBaseline>(
            fingerprint.empty() ? runtime->schemas().current()->fingerprint() : fingerprint)),
        lanes(*runtime) {
    addChecks();
  }
  ~Impl() {
    {
      const std::lock_guard lock(stopMutex);
      stop.request_stop();
    }
    watches.clear();
    disconnect();
  }

  void addChecks();
  void addProbe(const std::shared_ptr<const Probe>& probe);

  void measure();
  void noteClosed();
  void measureHere(const HealthCheck& check);
  [[nodiscard]] ProbeLanes::Job jobOf(const CheckBoard::CheckPtr& check,
                                      const std::shared_ptr<Reach>& reach);
  void measureOn(ProbeConnection& home, const HealthCheck& check, Reach& reach);
  void measureApart(const HealthCheck& check);
  void measureDeep(const HealthCheck& check, ProbeConnection& home, const Context& context,
                   const DeepProgress& progress);
  void tellChanges();
  void tellUnknownOptions();
  void disconnect();

  [[nodiscard]] HealthReport report() const;
  [[nodiscard]] HealthReport measured(bool mayBeOld);
  [[nodiscard]] Context contextOf(const HealthCheck& check) const {
    return Context().timeout(check.info.deadline).stopToken(stopToken());
  }
  [[nodiscard]] std::stop_token stopToken() const {
    const std::lock_guard lock(stopMutex);
    return stop.get_token();
  }

  std::shared_ptr<Runtime> runtime;
  const HealthOptions options;
  CheckBoard board;
  std::shared_ptr<detail::SchemaBaseline> baseline;
  Listeners<const HealthChange&> listeners;

  mutable std::mutex stopMutex;
  std::stop_source stop;  // ends what runs now

  std::mutex mutex;  // of the fields up to the next blank line
  std::condition_variable ended;
  bool running = false;
  std::optional<CheckBoard::Clock::time_point> lastRun;
  microseconds lastDuration{0};
  std::chrono::system_clock::time_point lastTime{};

  std::mutex deepMutex;  // one deep run at a time
  std::once_flag optionsTold;
  ProbeLanes lanes;  // of the run; before what they use ends
  std::vector<std::unique_ptr<Periodic>> watches;
};

void HealthMonitor::Impl::addProbe(const std::shared_ptr<const Probe>& probe) {
  HealthCheck check;
  check.info = probe->info();
  check.place = CheckPlace::Connection;
  check.measure = [probe](const CheckCall& call) {
    static const ProbeProgress kNobody;
    return probe->measure(*call.connection, call.progress == nullptr ? kNobody : *call.progress);
  };
  board.add(std::move(check));
}

void HealthMonitor::Impl::addChecks() {
  auto probes = runtime->driver().probes(runtime->options().driver);
  if (!probes.empty() && probes.front()->info().name == kConnectivity) {
    addProbe(probes.front());
    probes.erase(probes.begin());
  } else {
    board.add(detail::connectivityCheck());
  }
  board.add(detail::responseTimeCheck(board));
  board.add(detail::poolCheck(*runtime));
  board.add(detail::poolWaitCheck(*runtime, [this] { return board.now(); }));
  for (const auto& probe : probes) addProbe(probe);
  board.add(detail::schemaCheck(*runtime, baseline));
  if (runtime->replicas() != nullptr) board.add(detail::replicasCheck(*runtime->replicas()));
}

HealthMonitor::HealthMonitor(std::shared_ptr<Runtime> runtime, HealthOptions options,
                             const std::string& startFingerprint)
    : impl_(std::make_unique<Impl>(std::move(runtime), std::move(options), startFingerprint)) {
  const auto every = [this](milliseconds interval, auto work) {
    if (interval.count() == 0) return;
    impl_->watches.push_back(std::make_unique<Periodic>(interval, [this, work] {
      try {
        work();
      } catch (const std::exception& error) {
        logger().log(LogLevel::Error, "a health check could not be run", {{"error", error.what()}});
      }
    }));
  };
  every(impl_->options.interval, [this] { static_cast<void>(refresh()); });
  every(impl_->options.deepInterval, [this] { static_cast<void>(runDeep()); });
}

HealthMonitor::~HealthMonitor() = default;

const HealthOptions& HealthMonitor::options() const noexcept { return impl_->options; }
const Logger& HealthMonitor::logger() const noexcept { return impl_->runtime->logger(); }

void HealthMonitor::addCheck(ProbeInfo info, std::function<Reading(const Context&)> measure) {
  if (info.name.empty()) throw ConfigError("a health check has no name");
  if (info.component.empty()) info.component = info.name;
  if (info.measurement.empty()) info.measurement = "value";
  HealthCheck check;
  check.info = std::move(info);
  check.place = CheckPlace::Apart;
  check.measure = [measure = std::move(measure)](const CheckCall& call) {
    return measure(call.context);
  };
  impl_->board.add(std::move(check));
}

std::vector<HealthPoint> HealthMonitor::history(std::string_view check) const {
  return impl_->board.history(check);
}

Subscription HealthMonitor::onChange(std::function<void(const HealthChange&)> listener) {
  return impl_->listeners.add(std::move(listener));
}

void HealthMonitor::acceptSchema() {
  const auto session = impl_->runtime;
  ProbeConnection home(*session);
  const Context context = Context().timeout(std::chrono::seconds(30));
  const ProbeConnection::Use use(home, context);
  impl_->baseline->set(session->schemas().readPrivately(use.connection())->fingerprint());
}

HealthReport HealthMonitor::report() { return impl_->measured(true); }
HealthReport HealthMonitor::refresh() { return impl_->measured(false); }
HealthReport HealthMonitor::lastReport() const { return impl_->report(); }
void HealthMonitor::disconnect() { impl_->disconnect(); }

HealthReport HealthMonitor::Impl::report() const {
  HealthReport report;
  report.dialect = runtime->dialect().name();
  report.uri = runtime->options().driver.uri.toString();
  report.checks = board.results();
  report.pool = runtime->pool().stats();
  report.judge();
  return report;
}

HealthReport HealthMonitor::Impl::measured(bool mayBeOld) {
  const auto stamped = [this] {
    HealthReport report = this->report();
    report.time = lastTime;
    report.duration = lastDuration;
    return report;
  };
  std::unique_lock lock(mutex);
  const auto fresh = [&] { return lastRun && board.now() - *lastRun < options.cacheFor; };
  if (mayBeOld && fresh()) return stamped();
  while (running) {
    ended.wait(lock);
    if (mayBeOld && !running) return stamped();  // what ended just now is as good as new
  }
  running = true;
  const bool isClosed = runtime->pool().closed();
  lock.unlock();
  const auto began = SteadyClock::now();
  if (isClosed) {
    noteClosed();
  } else {
    measure();
  }
  lock.lock();
  running = false;
  lastRun = board.now();
  lastTime = std::chrono::system_clock::now();
  lastDuration = duration_cast<microseconds>(SteadyClock::now() - began);
  ended.notify_all();
  HealthReport report = stamped();
  lock.unlock();
  tellChanges();
  return report;
}

void HealthMonitor::Impl::measure() {
  std::call_once(optionsTold, [this] { tellUnknownOptions(); });
  const auto reach = std::make_shared<Reach>(stopToken());
  std::vector<ProbeLanes::Job> jobs;
  std::vector<CheckBoard::CheckPtr> here;
  milliseconds longest{0};
  for (const CheckBoard::CheckPtr& check : board.due()) {
    if (!board.begin(*check)) continue;
    if (check->place == CheckPlace::Here) {
      here.push_back(check);
      continue;
    }
    longest = std::max(longest, check->info.deadline);
    jobs.push_back(jobOf(check, reach));
  }
  lanes.run(std::move(jobs), SteadyClock::now() + longest + kGrace);
  for (const CheckBoard::CheckPtr& check : here) measureHere(*check);
  board.noteSilent();
}

ProbeLanes::Job HealthMonitor::Impl::jobOf(const CheckBoard::CheckPtr& check,
                                           const std::shared_ptr<Reach>& reach) {
  ProbeLanes::Job job;
  job.apart = check->place == CheckPlace::Apart;
  job.run = [this, check, reach](ProbeConnection& home) {
    if (check->place == CheckPlace::Apart) {
      measureApart(*check);
    } else {
      measureOn(home, *check, *reach);
    }
  };
  job.abandon = [this, check] {
    board.end(*check, silent(check->info, "not asked: what was asked before did not answer"),
              check->info.deadline);
  };
  return job;
}

void HealthMonitor::Impl::measureHere(const HealthCheck& check) {
  const Context context;
  keepOf(board, check, [&](auto&) { return check.measure({context}); });
}

void HealthMonitor::Impl::measureApart(const HealthCheck& check) {
  const Context context = contextOf(check);
  keepOf(board, check, [&](auto&) { return check.measure({context}); });
}

void HealthMonitor::Impl::measureOn(ProbeConnection& home, const HealthCheck& check, Reach& reach) {
  const bool first = check.info.name == kConnectivity;
  const Context context =
      Context().timeout(check.info.deadline).stopToken(first ? stopToken() : reach.token());
  keepOf(board, check, [&](SteadyClock::time_point& began) {
    try {
      if (reach.why() != nullptr) return Reading::judged(HealthStatus::Unknown, reach.why());
      return askOn(home, check, context, began);
    } catch (const Timeout& error) {
      // Locked is not down either: somebody is there, and at work.
      if (first && error.sqlState() == kLocked) {
        return Reading::judged(HealthStatus::Warn, error.what());
      }
      throw;
    } catch (const PoolTimeout&) {
      reach.lost(kInUse);  // which is not down
      return Reading::judged(HealthStatus::Unknown, kInUse);
    } catch (const std::exception&) {
      if (!first && reach.why() != nullptr) {
        return Reading::judged(HealthStatus::Unknown, reach.why());
      }
      throw;
    }
  });
  if (first && board.result(kConnectivity)->status == HealthStatus::Fail) reach.lost(kAway);
}

void HealthMonitor::Impl::noteClosed() {
  for (const CheckBoard::CheckPtr& check : board.due()) {
    if (!board.begin(*check)) continue;
    const auto status =
        check->info.name == kConnectivity ? HealthStatus::Fail : HealthStatus::Unknown;
    board.end(*check, Reading::judged(status, "the database was closed"), {});
  }
}

HealthReport HealthMonitor::runDeep(const Context& context, const DeepProgress& progress) {
  {
    const std::lock_guard lock(impl_->deepMutex);
    std::stop_source stop;
    const auto pass = [&stop] { stop.request_stop(); };
    const std::stop_callback byCaller(context.stopToken(), pass);
    const std::stop_callback byMonitor(impl_->stopToken(), pass);
    ProbeConnection home(*impl_->runtime);
    for (const CheckBoard::CheckPtr& check : impl_->board.deep()) {
      if (stop.stop_requested() || !impl_->board.begin(*check)) continue;
      Context own = Context().timeout(check->info.deadline).stopToken(stop.get_token());
      if (context.deadline() && *context.deadline() < *own.deadline()) {
        own.deadline(*context.deadline());
      }
      impl_->measureDeep(*check, home, own, progress);
    }
  }
  impl_->tellChanges();
  return impl_->report();
}

void HealthMonitor::Impl::measureDeep(const HealthCheck& check, ProbeConnection& home,
                                      const Context& context, const DeepProgress& progress) {
  const ProbeProgress share = [&](double done) {
    if (progress) progress(check.info.name, done);
  };
  share(0);
  keepOf(board, check, [&](auto&) {
    try {
      if (check.place != CheckPlace::Connection) return check.measure({context, nullptr, &share});
      const ProbeConnection::Use use(home, context);
      const InterruptAtEnd watch(use.connection(), context);
      return check.measure({context, &use.connection(), &share});
    } catch (const Error&) {
      if (SteadyClock::now() < *context.deadline()) throw;
      return Reading::judged(HealthStatus::Unknown, "it was not done when its time was over");
    }
  });
  share(1);
}

void HealthMonitor::Impl::tellChanges() {
  for (const HealthChange& change : board.takeChanges()) {
    const CheckResult& after = change.after;
    runtime->logger().log(levelOf(after.status), "a health check changed",
                          {{"check", after.info.name},
                           {"before", healthStatusName(change.before)},
                           {"after", healthStatusName(after.status)},
                           {"finding", after.finding}});
    listeners.tell(runtime->logger(), "HealthMonitor::onChange", change);
  }
}

void HealthMonitor::Impl::tellUnknownOptions() {
  for (const std::string& name : board.unknownOptions()) {
    runtime->logger().log(LogLevel::Warn,
                          "health.checks names no check" + didYouMean(nearest(name, board.names())),
                          {{"name", name}});
  }
}

void HealthMonitor::Impl::disconnect() {
  {
    const std::lock_guard lock(stopMutex);
    stop.request_stop();
  }
  {
    std::unique_lock lock(mutex);
    ended.wait(lock, [&] { return !running; });
    running = true;  // none begins while the lanes end
  }
  lanes.close();
  {
    const std::lock_guard deepEnded(deepMutex);
    const std::lock_guard lock(stopMutex);
    stop = std::stop_source();
  }
  const std::lock_guard lock(mutex);
  running = false;
  ended.notify_all();
}

}  // namespace sonde
