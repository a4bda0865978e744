#include "postgres_handle.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace sonde {
namespace {

using std::chrono::milliseconds;
using Clock = Context::Clock;

// How long a cancelled statement may take to end. A server looks for cancellations at least
// thousands of times a second, so one that has not after this is not going to answer.
constexpr milliseconds kCancelGrace{3000};

// Results that are read rather than cancelled.
constexpr int kCheapResults = 100;

/// For poll(): milliseconds rounded up, so that a wait never ends before its time and spins.
int pollTimeout(Clock::time_point until) noexcept {
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

std::string trimmedMessage(const PGconn* connection) {
  std::string message = PQerrorMessage(connection);
  while (!message.empty() && message.back() == '\n') message.pop_back();
  return message.empty() ? "the connection to the server is lost" : message;
}

}  // namespace

/// A cancellation under way. It has a connection of its own, which blocks for as long as the server
/// leaves it open, so it runs on a thread of its own that nobody has to wait for.
class PostgresHandle::CancelRequest {
 public:
  static std::shared_ptr<CancelRequest> start(std::shared_ptr<pg_cancel> cancel) {
    auto request = std::make_shared<CancelRequest>();
    std::thread([request, cancel = std::move(cancel)] {
      std::array<char, 256> error{};
      PQcancel(cancel.get(), error.data(), static_cast<int>(error.size()));
      const std::lock_guard lock(request->mutex_);
      request->done_ = true;
      request->changed_.notify_all();
    }).detach();
    return request;
  }

  /// @return Whether the server took it before `until`.
  bool waitUntil(Clock::time_point until) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, until, [this] { return done_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
};

PostgresHandle::PostgresHandle(pg_conn* connection)
    : connection_(connection), socket_(PQsocket(connection)), tookWrites_(!serverTakesNoWrites()) {
  PQsetnonblocking(connection_, 1);
  // Notices go to nobody: what matters is an error, and libpq's default writes to stderr.
  PQsetNoticeReceiver(
      connection_, [](void*, const PGresult*) {}, nullptr);
  cancel_ = std::shared_ptr<pg_cancel>(PQgetCancel(connection_), &PQfreeCancel);
}

PostgresHandle::~PostgresHandle() {
  onStop_.reset();
  PQfinish(connection_);
}

PostgresResult PostgresHandle::exec(const std::string& sql) {
  started();
  requireSent(PQsendQuery(connection_, sql.c_str()), sql);
  PostgresResult last;
  while (PostgresResult result = nextGood(sql)) last = std::move(result);
  return last;
}

PostgresResult PostgresHandle::exec(const std::string& sql,
                                    std::span<const char* const> parameters) {
  started();
  requireSent(PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(parameters.size()),
                                nullptr, parameters.data(), nullptr, nullptr, 0),
              sql);
  PostgresResult last;
  while (PostgresResult result = nextGood(sql)) last = std::move(result);
  return last;
}

void PostgresHandle::execScriptPart(const std::string& sql, std::string_view script,
                                    std::size_t offset) {
  started();
  requireSent(PQsendQuery(connection_, sql.c_str()), sql);
  while (PostgresResult result = next(sql)) {
    switch (PQresultStatus(result.get())) {
      case PGRES_COPY_IN:
      case PGRES_COPY_OUT:
      case PGRES_COPY_BOTH:
        refuseCopy(sql);
      case PGRES_FATAL_ERROR:
      case PGRES_BAD_RESPONSE: {
        PostgresScene scene;
        scene.sql = sql;
        scene.script = script;
        scene.scriptOffset = offset;
        failWith(result, scene);
      }
      default:
        break;
    }
  }
}

bool PostgresHandle::execWithin(const std::string& sql, milliseconds timeout) noexcept {
  Context bounded;
  bounded.timeout(timeout);
  const Context* const armed = std::exchange(armed_, &bounded);
  const PostgresStop stop = stop_;
  bool good = true;
  try {
    exec(sql);
  } catch (const std::exception&) {
    good = false;
    if (stop_ == PostgresStop::Deadline) broken_ = true;
  }
  armed_ = armed;
  stop_ = stop;
  return good;
}

// --- results ---

PostgresResult PostgresHandle::next(std::string_view sql) {
  waitForResult(sql);
  PostgresResult result(PQgetResult(connection_));
  if (!result) [[unlikely]] {
    if (PQpipelineStatus(connection_) == PQ_PIPELINE_OFF) settle();
    running_.store(false, std::memory_order_relaxed);
    // A connection that was lost while a statement was sent has no result to tell it by, and must
    // not look like the end of the rows.
    if (PQstatus(connection_) == CONNECTION_BAD) failConnection(sql);
  } else if (PQstatus(connection_) == CONNECTION_BAD &&
             PQresultStatus(result.get()) == PGRES_COMMAND_OK && *PQcmdStatus(result.get()) == '\0')
      [[unlikely]] {
    // What libpq 15 makes of a statement whose connection went before its answer was whole.
    failConnection(sql);
  }
  return result;
}

PostgresResult PostgresHandle::nextGood(std::string_view sql, Args args) {
  PostgresResult result = next(sql);
  if (!result) return result;
  switch (PQresultStatus(result.get())) {
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE:
      fail(result, sql, args);
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      refuseCopy(sql);
    default:
      return result;
  }
}

void PostgresHandle::refuseCopy(std::string_view sql) {
  drain();
  ErrorDetails details;
  details.sql = sql;
  details.hint = "insert many rows with bulkInsert";
  throw Unsupported("COPY from or to the client does not go through SQL", std::move(details));
}

void PostgresHandle::drain() noexcept {
  try {
    while (PostgresResult result = next({})) {
      const ExecStatusType status = PQresultStatus(result.get());
      if (status == PGRES_COPY_IN || status == PGRES_COPY_BOTH) {
        while (PQputCopyEnd(connection_, "not wanted") == 0) flush({});
      }
      if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
        char* line = nullptr;
        while (PQgetCopyData(connection_, &line, 0) > 0) PQfreemem(line);
      }
      if (PQstatus(connection_) == CONNECTION_BAD) break;
    }
  } catch (const std::exception&) {
    broken_ = true;
  }
  running_.store(false, std::memory_order_relaxed);
}

void PostgresHandle::abandon() noexcept {
  // A cancellation costs a connection of its own, so what has arrived already is read first.
  for (int i = 0; i < kCheapResults && PQisBusy(connection_) == 0; ++i) {
    const PostgresResult result(PQgetResult(connection_));
    if (!result) break;
  }
  if (PQtransactionStatus(connection_) == PQTRANS_ACTIVE && stop_ == PostgresStop::None) {
    stop_ = PostgresStop::Interrupted;
    sendCancel();
  }
  drain();
}

void PostgresHandle::fail(const PostgresResult& result, std::string_view sql, Args args) {
  PostgresScene scene;
  scene.sql = sql;
  scene.args = args;
  failWith(result, scene);
}

void PostgresHandle::failHidingValues(const PostgresResult& result, std::string_view sql) {
  PostgresScene scene;
  scene.sql = sql;
  scene.hideValues = true;
  failWith(result, scene);
}

void PostgresHandle::failWith(const PostgresResult& result, PostgresScene scene) {
  const std::string_view sql = scene.sql;
  const std::string_view sqlState = postgresSqlState(result.get());
  const bool tooLarge = std::exchange(tooLarge_, false) && sqlState == "57014";
  drain();
  receiveLimit_ = 0;
  if (PQstatus(connection_) == CONNECTION_BAD || postgresSessionEnds(sqlState)) {
    broken_ = true;
    if (sqlState.empty()) failConnection(sql);
  }
  if (sqlState == "25006") noticeDemotion();
  if (tooLarge) {
    ErrorDetails details;
    details.sql = sql;
    details.hint = "stream the rows, or ask for fewer";
    throw ResultTooLarge("the result is larger than the limit", std::move(details));
  }
  scene.stop = stop_;
  throwPostgresError(result.get(), scene);
}

void PostgresHandle::failConnection(std::string_view sql) {
  ErrorDetails details;
  details.sqlState = "08006";
  details.sql = sql;
  if (PQstatus(connection_) == CONNECTION_BAD) {
    broken_ = true;
    details.hint = postgresHint("08");
    throw ConnectionError(trimmedMessage(connection_), std::move(details));
  }
  // libpq refused the call itself: another statement is under way, or memory is short.
  details.sqlState.clear();
  throw QueryError(trimmedMessage(connection_), std::move(details));
}

// --- waiting ---

void PostgresHandle::flush(std::string_view sql) {
  while (true) {
    const int left = PQflush(connection_);
    if (left == 0) return;
    // The server may have said why it closed the connection: that is read as a result.
    if (left < 0) return;
    pollOnce(sql, true);
    if (PQconsumeInput(connection_) == 0) return;
  }
}

void PostgresHandle::waitForResult(std::string_view sql) {
  flush(sql);
  while (PQisBusy(connection_) != 0) {
    pollOnce(sql, false);
    if (receiveLimit_ != 0) countReceived(sql);
    // A lost connection is told by the result that follows.
    if (PQconsumeInput(connection_) == 0) return;
    // A decrypted record may be larger than what libpq took of it, and the rest makes no socket
    // readable. Only where the result is not whole yet: reading on to the end of a connection that
    // the server closed would make libpq 15 forget why it did.
    if (PQsslInUse(connection_) != 0 && PQisBusy(connection_) != 0) PQconsumeInput(connection_);
  }
}

void PostgresHandle::pollOnce(std::string_view sql, bool writing) {
  noticeStops();
  int timeout = -1;
  if (stop_ != PostgresStop::None || tooLarge_) {
    timeout = pollTimeout(graceEnd_);
    if (timeout == 0) giveUp(sql);
  } else if (armed_ != nullptr && armed_->deadline()) {
    timeout = pollTimeout(*armed_->deadline());
  }
  const auto events = static_cast<short>(writing ? POLLIN | POLLOUT : POLLIN);
  std::array<pollfd, 2> waits{{{socket_, events, 0}, {waker_.descriptor(), POLLIN, 0}}};
  poll(waits.data(), waits.size(), timeout);
  if (waits[1].revents != 0) waker_.clear();
}

void PostgresHandle::noticeStops() {
  if (stop_ != PostgresStop::None || tooLarge_) return;
  if (interrupted_.exchange(false, std::memory_order_relaxed)) {
    stop_ = PostgresStop::Interrupted;
  } else if (armed_ != nullptr && armed_->stopToken().stop_requested()) {
    stop_ = PostgresStop::Cancelled;
  } else if (armed_ != nullptr && armed_->deadline() && Clock::now() >= *armed_->deadline()) {
    stop_ = PostgresStop::Deadline;
  } else {
    return;
  }
  sendCancel();
}

void PostgresHandle::sendCancel() noexcept {
  graceEnd_ = Clock::now() + kCancelGrace;
  if (cancel_ == nullptr) return;
  try {
    cancelRequest_ = CancelRequest::start(cancel_);
  } catch (const std::exception&) {
    // No thread to be had: the grace passes, and the connection is given up.
  }
}

// A cancellation may still be on its way: the statement ended by itself, or was hit by the first of
// the two signals that the server sends for it (to the process and to its group). It must not hit
// the next statement: an empty one takes it.
void PostgresHandle::settleAfterCancel() noexcept {
  const auto request = std::exchange(cancelRequest_, nullptr);
  const PostgresStop stop = std::exchange(stop_, PostgresStop::Interrupted);
  if (!request->waitUntil(graceEnd_)) {
    broken_ = true;
  } else if (PQsendQuery(connection_, "") == 1) {
    drain();
  }
  stop_ = stop;
}

void PostgresHandle::giveUp(std::string_view sql) {
  broken_ = true;
  if (std::exchange(tooLarge_, false)) {
    throw ResultTooLarge("the result is larger than the limit, and the server does not stop it");
  }
  PostgresScene scene;
  scene.sql = sql;
  scene.stop = stop_;
  throwPostgresStop(scene, "57014");
}

// libpq keeps a buffered result to itself until it is whole, so what the kernel has for it is
// counted instead; the exact sum is made when the rows are kept.
void PostgresHandle::countReceived(std::string_view) {
  int waiting = 0;
  if (ioctl(socket_, FIONREAD, &waiting) != 0 || waiting <= 0) return;
  received_ += static_cast<std::size_t>(waiting);
  if (received_ <= receiveLimit_ || tooLarge_ || stop_ != PostgresStop::None) return;
  tooLarge_ = true;
  sendCancel();
}

bool PostgresHandle::waitForInput(Clock::time_point until) {
  running_.store(true, std::memory_order_relaxed);
  stop_ = PostgresStop::None;
  const auto ended = [this](bool readable) {
    running_.store(false, std::memory_order_relaxed);
    return readable;
  };
  while (true) {
    if (interrupted_.exchange(false, std::memory_order_relaxed)) return ended(false);
    auto end = until;
    if (armed_ != nullptr) {
      armed_->check();
      if (armed_->deadline()) end = std::min(end, *armed_->deadline());
    }
    std::array<pollfd, 2> waits{{{socket_, POLLIN, 0}, {waker_.descriptor(), POLLIN, 0}}};
    poll(waits.data(), waits.size(), pollTimeout(end));
    if (waits[1].revents != 0) waker_.clear();
    if (waits[0].revents != 0) return ended(true);
    if (Clock::now() >= until) return ended(false);
  }
}

// --- stopping ---

void PostgresHandle::arm(const Context& context) {
  disarm();
  if (!context.interruptible()) return;
  context.check();
  armed_ = &context;
  if (context.stopToken().stop_possible()) {
    onStop_.emplace(context.stopToken(), WakeOnStop{&waker_});
  }
}

void PostgresHandle::disarm() noexcept {
  onStop_.reset();
  armed_ = nullptr;
}

void PostgresHandle::interrupt() noexcept {
  if (!running_.load(std::memory_order_relaxed)) return;
  interrupted_.store(true, std::memory_order_relaxed);
  waker_.wake();
}

bool PostgresHandle::broken() const noexcept {
  return broken_ || PQstatus(connection_) == CONNECTION_BAD;
}

bool PostgresHandle::serverTakesNoWrites() const noexcept {
  const auto isOn = [&](const char* parameter) {
    const char* const value = PQparameterStatus(connection_, parameter);
    return value != nullptr && std::string_view(value) == "on";
  };
  return isOn("in_hot_standby") || isOn("default_transaction_read_only");
}

bool PostgresHandle::inTransaction() const noexcept {
  switch (PQtransactionStatus(connection_)) {
    case PQTRANS_INTRANS:
    case PQTRANS_INERROR:
      return true;
    default:
      return false;
  }
}

bool PostgresHandle::transactionFailed() const noexcept {
  return PQtransactionStatus(connection_) == PQTRANS_INERROR;
}

}  // namespace sonde
