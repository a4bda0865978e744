// One connection of an HTTP client.
//
// Invariant: everything here runs on the listener's thread, one step at a time; every step that
// waits for the client has a deadline. A session lives as long as one of its steps, and tells its
// owner when it ends. Internal to http_listener.cpp and http_session.cpp.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "http_limits.hpp"
#include "http_message.hpp"

namespace sonde::detail {

class HttpSession;

/// What a session needs of the listener. Called on its thread.
class HttpSessionOwner {
 public:
  virtual ~HttpSessionOwner() = default;
  [[nodiscard]] virtual const HttpLimits& limits() const noexcept = 0;
  [[nodiscard]] virtual bool stopping() const noexcept = 0;
  /// Has the request answered: HttpSession::answer() is called with `turn`, now or later.
  virtual void dispatch(std::shared_ptr<HttpSession> session, HttpRequest request,
                        std::uint64_t turn) = 0;
  /// The session is over.
  virtual void ended(HttpSession& session) noexcept = 0;
};

/// See the file comment.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  using Clock = std::chrono::steady_clock;

  HttpSession(boost::asio::ip::tcp::socket socket, HttpSessionOwner& owner);

  /// Begins to read.
  void start();
  /// Answers once without reading, then closes.
  void refuse(const HttpResponse& response);
  /// Gives the answer of a request; one that comes too late, or a second one, is thrown away.
  void answer(const HttpResponse& response, std::uint64_t turn);
  /// Closes a connection at rest now, another one after the response in flight.
  void finish();
  /// Closes at once.
  void close() noexcept;

  /// @return Since when nothing of a request is there; empty while one is read or answered.
  [[nodiscard]] std::optional<Clock::time_point> idleSince() const noexcept { return idleSince_; }
  /// @return How many requests it has brought.
  [[nodiscard]] std::size_t requests() const noexcept { return requests_; }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Failure = boost::beast::error_code;

  void awaitRequest();
  void readHeader();
  void onHeader(Failure failure);
  void readBody();
  void onRequest(Failure failure);
  void onHandlerTimeout(std::uint64_t turn);
  void readFailed(Failure failure);
  void problem(int status, std::string_view code, std::string_view detail);
  void write(const HttpResponse& response, bool keepAlive, bool headOnly);
  void onWritten(bool keepAlive);
  void linger();
  void discard(std::size_t left);
  [[nodiscard]] HttpRequest request() const;

  HttpSessionOwner& owner_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  boost::asio::steady_timer handlerTimer_;
  std::optional<Parser> parser_;
  std::optional<Clock::time_point> idleSince_;
  std::size_t requests_ = 0;
  std::uint64_t turn_ = 0;  // of the request that waits for its answer; odd only then
  bool ended_ = false;
};

}  // namespace sonde::detail
