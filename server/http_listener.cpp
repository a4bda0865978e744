#include "http_listener.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <set>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "http_session.hpp"

namespace sonde::detail {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// Where there are no more file descriptors, accepting again at once would only burn time.
constexpr std::chrono::milliseconds kAcceptPause{100};

[[noreturn]] void cannotListen(const HttpEndpoint& endpoint, const std::string& why,
                               std::string hint) {
  ErrorDetails details;
  details.hint = std::move(hint);
  throw ConnectionError("cannot listen on " + quoteForMessage(endpoint.address) + " port " +
                            std::to_string(endpoint.port) + ": " + why,
                        std::move(details));
}

tcp::endpoint resolve(asio::io_context& io, const HttpEndpoint& wanted) {
  boost::system::error_code failure;
  const auto address = asio::ip::make_address(wanted.address, failure);
  if (!failure) return {address, wanted.port};
  tcp::resolver resolver(io);
  const auto found = resolver.resolve(wanted.address, std::to_string(wanted.port), failure);
  if (failure || found.empty()) {
    cannotListen(wanted, "it is no address and no name of one", "such as 127.0.0.1 or ::1");
  }
  return *found.begin();
}

tcp::acceptor listenOn(asio::io_context& io, const HttpEndpoint& wanted) {
  const tcp::endpoint endpoint = resolve(io, wanted);
  tcp::acceptor acceptor(io);
  boost::system::error_code failure;
  acceptor.open(endpoint.protocol(), failure);
  if (!failure) acceptor.set_option(asio::socket_base::reuse_address(true), failure);
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (!failure) return acceptor;
  if (failure == asio::error::address_in_use) {
    cannotListen(wanted, "the port is in use",
                 "stop the program that listens there, or take another port; 0 takes any free one");
  }
  if (failure == asio::error::access_denied) {
    cannotListen(wanted, "this user may not take the port", "take a port of 1024 or more");
  }
  cannotListen(wanted, std::generic_category().message(failure.value()), {});
}

class BeastListener final : public HttpListener, private HttpSessionOwner {
 public:
  BeastListener(const HttpEndpoint& wanted, const HttpLimits& limits, const Router& router,
                Logger logger)
      : limits_(limits),
        router_(router),
        logger_(std::move(logger)),
        acceptor_(listenOn(io_, wanted)),
        pause_(io_),
        workers_(std::max<std::size_t>(limits.handlerThreads, 1)) {
    const tcp::endpoint bound = acceptor_.local_endpoint();
    endpoint_ = {bound.address().to_string(), bound.port()};
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }
  ~BeastListener() override { BeastListener::stop(); }
  BeastListener(const BeastListener&) = delete;
  BeastListener& operator=(const BeastListener&) = delete;

  void stop() noexcept override {
    if (stopped_.exchange(true)) return;
    asio::post(io_, [this] { beginStop(); });
    thread_.join();
    workers_.join();
  }
  [[nodiscard]] const HttpEndpoint& endpoint() const noexcept override { return endpoint_; }

 private:
  [[nodiscard]] const HttpLimits& limits() const noexcept override { return limits_; }
  [[nodiscard]] bool stopping() const noexcept override { return stopping_; }
  void dispatch(std::shared_ptr<HttpSession> session, HttpRequest request,
                std::uint64_t turn) override;
  void ended(HttpSession& session) noexcept override;

  void accept();
  void take(tcp::socket socket);
  [[nodiscard]] bool makeRoom();
  void beginStop();
  void endStop();
  void log(const HttpRequest& request, const HttpResponse& response) const;

  const HttpLimits limits_;
  const Router& router_;
  Logger logger_;
  HttpEndpoint endpoint_;
  std::atomic<bool> stopped_{false};
  std::stop_source stop_;  // of the handlers
  // Only on the thread that reads and writes.
  std::set<std::shared_ptr<HttpSession>> sessions_;
  std::size_t waiting_ = 0;  // requests that were handed to the workers
  bool stopping_ = false;

  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;  // of accepting, and of the stop
  asio::thread_pool workers_;
  std::thread thread_;
};

void BeastListener::accept() {
  acceptor_.async_accept([this](boost::system::error_code failure, tcp::socket socket) {
    if (stopping_ || failure == asio::error::operation_aborted) return;
    if (!failure) {
      take(std::move(socket));
      return accept();
    }
    logger_.log(LogLevel::Warn, "a connection could not be accepted",
                {{"error", std::generic_category().message(failure.value())}});
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](boost::system::error_code stopped) {
      if (!stopped) accept();
    });
  });
}

void BeastListener::take(tcp::socket socket) {
  const bool room = sessions_.size() < limits_.maxConnections || makeRoom();
  // Beyond twice as many, not even a refusal.
  if (!room && sessions_.size() >= 2 * limits_.maxConnections) return;
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const auto session =
      std::make_shared<HttpSession>(std::move(socket), static_cast<HttpSessionOwner&>(*this));
  sessions_.insert(session);
  if (room) return session->start();
  HttpResponse refusal = httpProblem(503, "tooManyConnections", "too many connections are open");
  refusal.headers.push_back({"Retry-After", "1"});
  session->refuse(refusal);
}

// Closes the connection that has rested longest. @return Whether there was one.
bool BeastListener::makeRoom() {
  std::shared_ptr<HttpSession> oldest;
  for (const auto& session : sessions_) {
    if (session->requests() == 0 || !session->idleSince()) continue;
    if (oldest == nullptr || *session->idleSince() < *oldest->idleSince()) oldest = session;
  }
  if (oldest == nullptr) return false;
  oldest->close();
  return true;
}

void BeastListener::dispatch(std::shared_ptr<HttpSession> session, HttpRequest request,
                             std::uint64_t turn) {
  request.context.stopToken(stop_.get_token());
  if (!router_.mayWait(request)) {
    const HttpResponse response = router_.handle(request);
    log(request, response);
    return session->answer(response, turn);
  }
  if (waiting_ >= limits_.maxWaiting) {
    HttpResponse busy = httpProblem(503, "tooManyRequests", "too many requests are waiting");
    busy.headers.push_back({"Retry-After", "1"});
    log(request, busy);
    return session->answer(busy, turn);
  }
  ++waiting_;
  asio::post(
      workers_, [this, session = std::move(session), request = std::move(request), turn]() mutable {
        HttpResponse response = router_.handle(request);
        log(request, response);
        // Moved, so that the session never ends on this thread.
        asio::post(io_, [this, session = std::move(session), response = std::move(response), turn] {
          --waiting_;
          session->answer(response, turn);
        });
      });
}

void BeastListener::ended(HttpSession& session) noexcept {
  sessions_.erase(session.shared_from_this());
  if (stopping_ && sessions_.empty()) endStop();
}

void BeastListener::beginStop() {
  stopping_ = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.expires_after(limits_.stopTimeout);
  pause_.async_wait([this](boost::system::error_code stopped) {
    if (stopped) return;
    stop_.request_stop();
    const auto left = sessions_;
    for (const auto& session : left) session->close();
  });
  const auto open = sessions_;
  for (const auto& session : open) session->finish();
  if (sessions_.empty()) endStop();
}

// Nothing is left to read or write: the thread ends once what is under way was cancelled.
void BeastListener::endStop() {
  stop_.request_stop();
  pause_.cancel();
  work_.reset();
}

void BeastListener::log(const HttpRequest& request, const HttpResponse& response) const {
  if (!logger_.enabled(LogLevel::Debug)) return;
  const std::string status = std::to_string(response.status);
  logger_.log(LogLevel::Debug, "answered a request",
              {{"method", request.method}, {"target", request.target}, {"status", status}});
}

}  // namespace

std::unique_ptr<HttpListener> listenHttp(const HttpEndpoint& endpoint, const HttpLimits& limits,
                                         const Router& router, const Logger& logger) {
  return std::make_unique<BeastListener>(endpoint, limits, router, logger);
}

}  // namespace sonde::detail
