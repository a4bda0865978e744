#include "http_session.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <string>
#include <utility>

namespace sonde::detail {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kFirstRead = 4096;
// After a response that ends a connection: closing with unread bytes would reset the connection,
// and the client might lose the response.
constexpr std::chrono::seconds kLinger{1};
constexpr std::size_t kLingerBytes = std::size_t{256} << 10U;

template <class Body>
std::shared_ptr<http::response<Body>> messageOf(const HttpResponse& response, bool keepAlive) {
  auto message = std::make_shared<http::response<Body>>();
  message->version(11);
  message->result(static_cast<unsigned>(response.status));
  message->reason(std::string(httpReason(response.status)));
  message->set(http::field::date, httpDate(std::chrono::system_clock::now()));
  for (const HttpHeader& header : response.headers) message->insert(header.name, header.value);
  message->keep_alive(keepAlive);
  if (response.status != 304) message->content_length(response.body.size());
  return message;
}

}  // namespace

HttpSession::HttpSession(boost::asio::ip::tcp::socket socket, HttpSessionOwner& owner)
    : owner_(owner),
      stream_(std::move(socket)),
      buffer_(owner.limits().maxHeaderBytes + owner.limits().maxBodyBytes + kFirstRead),
      handlerTimer_(stream_.get_executor()) {}

void HttpSession::start() { awaitRequest(); }

void HttpSession::refuse(const HttpResponse& response) { write(response, false, false); }

// Waits for the first byte, which may take longer than the rest of a request.
void HttpSession::awaitRequest() {
  if (owner_.stopping()) return close();
  if (buffer_.size() != 0) return readHeader();  // the client did not wait for the last response
  idleSince_ = Clock::now();
  const HttpLimits& limits = owner_.limits();
  stream_.expires_after(requests_ == 0 ? limits.requestTimeout : limits.idleTimeout);
  stream_.async_read_some(buffer_.prepare(kFirstRead),
                          [self = shared_from_this()](Failure failure, std::size_t bytes) {
                            self->idleSince_.reset();
                            if (failure) return self->close();
                            self->buffer_.commit(bytes);
                            self->readHeader();
                          });
}

void HttpSession::readHeader() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(owner_.limits().maxHeaderBytes));
  parser_->body_limit(owner_.limits().maxBodyBytes);
  // For all of the request: a client that sends a byte now and then gains nothing by it.
  stream_.expires_after(owner_.limits().requestTimeout);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Failure failure, std::size_t) { self->onHeader(failure); });
}

void HttpSession::onHeader(Failure failure) {
  if (failure) return readFailed(failure);
  readBody();
}

void HttpSession::readBody() {
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Failure failure, std::size_t) { self->onRequest(failure); });
}

void HttpSession::onRequest(Failure failure) {
  if (failure) return readFailed(failure);
  ++requests_;
  const std::uint64_t turn = ++turn_;
  stream_.expires_never();
  handlerTimer_.expires_after(owner_.limits().handlerTimeout);
  handlerTimer_.async_wait([self = shared_from_this(), turn](Failure stopped) {
    if (!stopped) self->onHandlerTimeout(turn);
  });
  owner_.dispatch(shared_from_this(), request(), turn);
}

void HttpSession::onHandlerTimeout(std::uint64_t turn) {
  answer(httpProblem(503, "timeout", "the answer took too long to find"), turn);
}

HttpRequest HttpSession::request() const {
  const auto& message = parser_->get();
  HttpRequest request;
  request.method = message.method_string();
  request.target = message.target();
  for (const auto& field : message) {
    request.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  request.context.timeout(owner_.limits().handlerTimeout);
  return request;
}

void HttpSession::readFailed(Failure failure) {
  if (failure == http::error::header_limit || failure == http::error::buffer_overflow) {
    return problem(431, "headerTooLarge", "the request line and headers are too large");
  }
  if (failure == http::error::body_limit) {
    return problem(413, "bodyTooLarge", "the body of the request is too large");
  }
  if (failure == http::error::bad_version) {
    return problem(505, "badVersion", "only HTTP/1.0 and HTTP/1.1 are answered");
  }
  const bool gone = failure == http::error::end_of_stream ||
                    failure == http::error::partial_message ||
                    failure.category() != make_error_code(http::error::bad_target).category();
  if (gone) return close();
  problem(400, "badRequest", "this is no request of HTTP/1.1");
}

void HttpSession::problem(int status, std::string_view code, std::string_view detail) {
  write(httpProblem(status, code, detail), false, false);
}

void HttpSession::answer(const HttpResponse& response, std::uint64_t turn) {
  if (ended_ || turn != turn_ || !parser_) return;
  ++turn_;
  handlerTimer_.cancel();
  const bool keepAlive = parser_->get().keep_alive() && !owner_.stopping() &&
                         requests_ < owner_.limits().maxRequestsPerConnection;
  const bool headOnly = parser_->get().method() == http::verb::head;
  parser_.reset();
  write(response, keepAlive, headOnly);
}

void HttpSession::write(const HttpResponse& response, bool keepAlive, bool headOnly) {
  stream_.expires_after(owner_.limits().writeTimeout);
  const auto send = [&](auto message) {
    auto& sent = *message;
    http::async_write(stream_, sent,
                      [self = shared_from_this(), message = std::move(message), keepAlive](
                          Failure failure, std::size_t) {
                        if (failure) return self->close();
                        self->onWritten(keepAlive);
                      });
  };
  if (headOnly || response.status == 304)
    return send(messageOf<http::empty_body>(response, keepAlive));
  auto message = messageOf<http::string_body>(response, keepAlive);
  message->body() = response.body;
  send(std::move(message));
}

void HttpSession::onWritten(bool keepAlive) {
  if (keepAlive) return awaitRequest();
  linger();
}

void HttpSession::linger() {
  Failure ignored;
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  idleSince_ = Clock::time_point::min();  // the first to go where there are too many
  stream_.expires_after(kLinger);
  discard(kLingerBytes);
}

void HttpSession::discard(std::size_t left) {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kFirstRead),
                          [self = shared_from_this(), left](Failure failure, std::size_t bytes) {
                            if (failure || bytes >= left || self->ended_) return self->close();
                            self->discard(left - bytes);
                          });
}

void HttpSession::finish() {
  if (idleSince_ && *idleSince_ != Clock::time_point::min()) close();
}

void HttpSession::close() noexcept {
  if (ended_) return;
  ended_ = true;
  handlerTimer_.cancel();
  stream_.close();
  owner_.ended(*this);
}

}  // namespace sonde::detail
