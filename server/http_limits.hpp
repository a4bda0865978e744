// What one client, and all of them together, may ask of an HTTP listener.
//
// Invariant: every limit is in force on every connection; nothing a client does or leaves undone
// keeps a connection, a thread or memory beyond them. Plain data, used by AdminServer.
#pragma once

#include <chrono>
#include <cstddef>

namespace sonde {

/// See the file comment.
struct HttpLimits {
  std::size_t maxConnections = 64;    ///< Beyond them one at rest is closed, else 503 is answered.
  std::size_t maxHeaderBytes = 8192;  ///< Of the request line and the headers: 431.
  std::size_t maxBodyBytes = 16'384;  ///< Read and thrown away, since only GET and HEAD are: 413.
  std::size_t maxRequestsPerConnection = 1000;       ///< Then the connection is closed.
  std::size_t handlerThreads = 2;                    ///< Beside the one that reads and writes.
  std::size_t maxWaiting = 32;                       ///< Requests in those threads or waiting: 503.
  std::chrono::milliseconds requestTimeout{10'000};  ///< For the whole of a request to arrive.
  std::chrono::milliseconds idleTimeout{60'000};     ///< Between two requests of a connection.
  std::chrono::milliseconds writeTimeout{10'000};    ///< For the client to take a response.
  std::chrono::milliseconds handlerTimeout{30'000};  ///< For an answer to be found: 503.
  std::chrono::milliseconds stopTimeout{5'000};      ///< For requests in flight, when stopping.
};

}  // namespace sonde
