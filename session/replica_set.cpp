#include "replica_set.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "../core/error.hpp"

namespace sonde {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

// A server that takes longer to say where it stands is no good for reads.
constexpr milliseconds kAskTimeout{1'000};

constexpr std::int64_t kUnproven = std::numeric_limits<std::int64_t>::min();

std::int64_t inMs(Clock::time_point at) noexcept {
  return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

}  // namespace

class ReplicaSet::Replica {
 public:
  explicit Replica(Uri where) : uri(std::move(where)) {}

  const Uri uri;
  std::atomic<bool> ready{false};  // answers, replays, and its pool is open
  std::atomic<std::uint64_t> position{0};
  std::atomic<std::int64_t> provenMs{kUnproven};  // nothing committed before is missing
  std::atomic<std::uint64_t> reads{0};
  std::unique_ptr<SessionPool> pool;  // made once, before `ready` is first true

  void setReason(std::string text) {
    const std::lock_guard lock(mutex_);
    reason_ = std::move(text);
  }
  [[nodiscard]] std::string reason() const {
    const std::lock_guard lock(mutex_);
    return reason_;
  }

  std::unique_ptr<Connection> connection;  // of the watch only

 private:
  mutable std::mutex mutex_;
  std::string reason_ = "not reached yet";
};

ReplicaSet::ReplicaSet(const Driver& driver, const DriverOptions& base, PoolOptions pool,
                       ReplicaOptions options)
    : driver_(driver), base_(base), poolOptions_(pool), options_(std::move(options)) {
  for (const Uri& uri : options_.uris) replicas_.push_back(std::make_unique<Replica>(uri));
  // A state is proven by a sample before it, so a limit needs a few samples to be of use.
  auto interval = options_.checkInterval;
  if (options_.maxLag.count() > 0) {
    interval = std::clamp(options_.maxLag / 4, milliseconds(1), interval);
  }
  watches_.push_back(std::make_unique<Periodic>(interval, [this] { watchPrimary(); }));
  for (const auto& replica : replicas_) {
    Replica* one = replica.get();
    watches_.push_back(std::make_unique<Periodic>(interval, [this, one] { watchReplica(*one); }));
  }
}

ReplicaSet::~ReplicaSet() = default;

SessionPool& ReplicaSet::poolOf(Replica& replica) noexcept {
  replica.reads.fetch_add(1, std::memory_order_relaxed);
  return *replica.pool;
}

ReplicaSet::Replica* ReplicaSet::choose(const CommitMark& mark) noexcept {
  const std::uint64_t wanted = mark.position();
  const std::int64_t oldest =
      options_.maxLag.count() > 0 ? inMs(Clock::now()) - options_.maxLag.count() : kUnproven;
  const std::size_t count = replicas_.size();
  const std::uint32_t first = turn_.fetch_add(1, std::memory_order_relaxed);
  for (std::size_t i = 0; i < count; ++i) {
    Replica& replica = *replicas_[(first + i) % count];
    if (replica.ready.load(std::memory_order_acquire) &&
        replica.position.load(std::memory_order_acquire) >= wanted &&
        replica.provenMs.load(std::memory_order_relaxed) >= oldest) {
      return &replica;
    }
  }
  return nullptr;
}

void ReplicaSet::failed(Replica& replica, const std::string& why) noexcept {
  try {
    replica.setReason(why);
  } catch (const std::bad_alloc&) {
    // The reason is for people; the replica is out without it.
  }
  if (!replica.ready.exchange(false, std::memory_order_acq_rel)) return;
  base_.logger.log(LogLevel::Warn, "a replica takes no more reads",
                   {{"uri", replica.uri.toString()}, {"why", why}});
}

std::optional<ReplicationState> ReplicaSet::ask(std::unique_ptr<Connection>& connection,
                                                const Uri& uri) const {
  if (connection == nullptr || connection->broken()) {
    DriverOptions options = base_;
    options.uri = uri;
    options.connectTimeout = std::min(options.connectTimeout, kAskTimeout);
    connection = driver_.connect(options, TransactionMode::Read);
  }
  const Context context = Context().timeout(kAskTimeout);
  connection->arm(context);
  try {
    const auto state = connection->replicationState();
    connection->disarm();
    return state;
  } catch (...) {
    connection.reset();
    throw;
  }
}

void ReplicaSet::watchPrimary() noexcept {
  try {
    // Both before the server is asked: what was committed by now is at or before its answer.
    const auto at = Clock::now();
    const std::size_t unknown = countUnknown();
    const auto state = ask(primary_, base_.uri);
    // A standby here is what a switch-over left: the next connection looks for the primary again.
    if (!state || state->standby) {
      primary_.reset();
      return;
    }
    clock_.sample(at, state->position);
    settleMarks(unknown, state->position);
  } catch (const std::exception& error) {
    base_.logger.log(LogLevel::Debug, "the primary does not say where it stands",
                     {{"error", error.what()}});
  }
}

void ReplicaSet::watchReplica(Replica& replica) noexcept {
  try {
    const auto state = ask(replica.connection, replica.uri);
    if (!state) return failed(replica, "the engine does not tell how far it has replayed");
    if (!state->standby) return failed(replica, "it is a primary itself");
    replica.position.store(state->position, std::memory_order_release);
    if (const auto proven = clock_.provenAt(state->position)) {
      replica.provenMs.store(inMs(*proven), std::memory_order_relaxed);
    }
    if (replica.ready.load(std::memory_order_acquire)) return;
    if (replica.pool == nullptr) {
      DriverOptions options = base_;
      options.uri = replica.uri;
      options.access = AccessMode::ReadOnly;
      replica.pool = std::make_unique<SessionPool>(driver_, std::move(options), poolOptions_);
    }
    replica.setReason({});
    replica.ready.store(true, std::memory_order_release);
    base_.logger.log(LogLevel::Info, "a replica takes reads", {{"uri", replica.uri.toString()}});
  } catch (const std::exception& error) {
    failed(replica, error.what());
  }
}

void ReplicaSet::committed(Connection& connection,
                           const std::shared_ptr<CommitMark>& mark) noexcept {
  try {
    if (const auto state = connection.replicationState(); state && !state->standby) {
      mark->advance(state->position);
      return;
    }
  } catch (const std::exception& error) {
    base_.logger.log(LogLevel::Warn, "the position of a commit is not known",
                     {{"error", error.what()}});
  }
  mark->advance(CommitMark::kUnknown);
  try {
    const std::lock_guard lock(marksMutex_);
    unknownMarks_.push_back(mark);
  } catch (const std::bad_alloc&) {
    // The mark stays unknown: its reads stay with the primary.
  }
}

std::size_t ReplicaSet::countUnknown() const {
  const std::lock_guard lock(marksMutex_);
  return unknownMarks_.size();
}

// Gives the first `count` marks that wait for one a position.
void ReplicaSet::settleMarks(std::size_t count, std::uint64_t position) {
  const std::lock_guard lock(marksMutex_);
  const auto end = unknownMarks_.begin() + static_cast<std::ptrdiff_t>(count);
  for (auto each = unknownMarks_.begin(); each != end; ++each) {
    if (const auto mark = each->lock()) mark->settle(position);
  }
  unknownMarks_.erase(unknownMarks_.begin(), end);
}

std::vector<ReplicaStatus> ReplicaSet::status() const {
  std::vector<ReplicaStatus> all;
  const std::int64_t now = inMs(Clock::now());
  for (const auto& replica : replicas_) {
    ReplicaStatus status;
    status.uri = replica->uri.toString();
    status.position = replica->position.load(std::memory_order_relaxed);
    status.reads = replica->reads.load(std::memory_order_relaxed);
    status.reason = replica->reason();
    const std::int64_t proven = replica->provenMs.load(std::memory_order_relaxed);
    if (proven != kUnproven) status.lag = milliseconds(now - proven);
    status.inRotation = replica->ready.load(std::memory_order_acquire);
    if (status.inRotation && options_.maxLag.count() > 0 &&
        (!status.lag || *status.lag > options_.maxLag)) {
      status.inRotation = false;
      status.reason = "further behind than the limit";
    }
    all.push_back(std::move(status));
  }
  return all;
}

void ReplicaSet::close() {
  watches_.clear();
  for (const auto& replica : replicas_) {
    replica->ready.store(false, std::memory_order_release);
    if (replica->pool != nullptr) replica->pool->close();
    replica->connection.reset();
  }
  primary_.reset();
}

}  // namespace sonde
