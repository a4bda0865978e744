// libpqxx over a connection that the driver opened itself. The only place that knows libpqxx's
// versions apart: how a PGconn is lent to it, and how channels are heard.
//
// Invariant: the PGconn stays the handle's: libpqxx neither closes it nor opens it again. Written
// for libpqxx 6.4 and for 7.7 and later; 6.4.5 is what runs (docs/postgresql.md).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct pg_conn;

namespace sonde {

/// See the file comment. Errors are libpqxx's, turned into ConnectionError and QueryError.
class PostgresPqxx {
 public:
  using OnMessage = std::function<void(const std::string& channel, const std::string& payload)>;

  explicit PostgresPqxx(pg_conn* lent);
  ~PostgresPqxx();
  PostgresPqxx(const PostgresPqxx&) = delete;
  PostgresPqxx& operator=(const PostgresPqxx&) = delete;

  /// Hears a channel until forget() or the end of this: LISTEN "channel".
  void hear(const std::string& channel, OnMessage onMessage);
  /// UNLISTEN "channel"; one that is not heard is no error.
  void forget(const std::string& channel);
  /// Calls back for every message that has come; never waits.
  void deliver();

  /// @return The identifier in quotes.
  [[nodiscard]] std::string quoteName(std::string_view name) const;

 private:
  struct Lent;
  std::unique_ptr<Lent> lent_;
};

}  // namespace sonde
