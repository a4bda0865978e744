// A client of HTTP over a bare socket, which sends what no library would.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sonde::test {

/// What a server sent: the whole text, and parts of it.
struct RawResponse {
  std::string text;
  int status = 0;  ///< 0 where there was no response.

  /// @return The value of a header; empty for none. The name must be as it was sent.
  [[nodiscard]] std::string header(const std::string& name) const {
    const std::size_t at = text.find("\r\n" + name + ": ");
    if (at == std::string::npos || at > text.find("\r\n\r\n")) return {};
    const std::size_t from = at + name.size() + 4;
    return text.substr(from, text.find("\r\n", from) - from);
  }
  [[nodiscard]] std::string body() const {
    const std::size_t end = text.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : text.substr(end + 4);
  }
};

/// One connection to a port of 127.0.0.1.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket_ < 0 ||
        connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ::close(socket_);
      throw std::runtime_error("cannot connect");
    }
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  /// Sends bytes. @return False when the server has closed.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// @return One response, whose length its header tells; what came until the end of the connection
  /// where there is none. `withBody` is false for the answer to HEAD.
  RawResponse receive(bool withBody = true) {
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos && more()) {
    }
    RawResponse response;
    if (end == std::string::npos) {
      response.text = std::exchange(buffer_, {});
      return response;
    }
    response.text = buffer_.substr(0, end + 4);
    response.status = std::stoi(response.text.substr(9, 3));
    const std::string length = response.header("Content-Length");
    std::size_t size = end + 4;
    if (withBody && !length.empty()) size += std::stoul(length);
    while (buffer_.size() < size && more()) {
    }
    response.text = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return response;
  }

  RawResponse ask(std::string_view request, bool withBody = true) {
    send(request);
    return receive(withBody);
  }
  RawResponse get(const std::string& target, const std::string& headers = {}) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n");
  }

  /// @return Whether the server closes the connection; it is waited for.
  [[nodiscard]] bool closes() {
    buffer_.clear();
    while (more()) buffer_.clear();
    return ended_;
  }

 private:
  // Waits far longer than any server under test takes. @return Whether something came.
  bool more() {
    constexpr int kPatienceMs = 30'000;
    pollfd wanted{socket_, POLLIN, 0};
    if (ended_ || poll(&wanted, 1, kPatienceMs) != 1) return false;
    char bytes[4096];
    const ssize_t got = recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) {
      ended_ = true;
      return false;
    }
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  std::string buffer_;
  bool ended_ = false;
};

}  // namespace sonde::test
