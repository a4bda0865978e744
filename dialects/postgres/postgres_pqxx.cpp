#include "postgres_pqxx.hpp"

#include <libpq-fe.h>

#include <map>
#include <pqxx/pqxx>
#include <utility>

#include "../../core/error.hpp"
#include "postgres_error.hpp"

namespace sonde {

#if PQXX_VERSION_MAJOR < 7

/// Gives libpqxx the connection there is, and keeps it from closing it.
class LendingPolicy final : public pqxx::connectionpolicy {
 public:
  explicit LendingPolicy(PGconn* lent) : connectionpolicy(""), lent_(lent) {}
  handle do_startconnect(handle) override { return lent_; }
  handle do_completeconnect(handle) override { return lent_; }
  handle do_dropconnect(handle) noexcept override { return nullptr; }
  handle do_disconnect(handle) noexcept override { return nullptr; }

 private:
  PGconn* lent_;
};

class LentConnection final : public pqxx::connection_base {
 public:
  explicit LentConnection(LendingPolicy& policy) : connection_base(policy) { init(); }
  ~LentConnection() { close(); }
  LentConnection(const LentConnection&) = delete;
  LentConnection& operator=(const LentConnection&) = delete;
};

#endif

namespace {

[[noreturn]] void throwTyped(const std::exception& error, const PGconn* connection) {
  ErrorDetails details;
  if (PQstatus(connection) == CONNECTION_BAD) {
    details.sqlState = "08006";
    details.hint = postgresHint("08");
    throw ConnectionError(error.what(), std::move(details));
  }
  if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error)) {
    details.sqlState = sql->sqlstate();
    details.sql = sql->query();
  }
  throw QueryError(error.what(), std::move(details));
}

}  // namespace

/// One channel that is heard.
class Receiver final : public pqxx::notification_receiver {
 public:
#if PQXX_VERSION_MAJOR < 7
  using Home = pqxx::connection_base;
#else
  using Home = pqxx::connection;
#endif
  Receiver(Home& home, const std::string& channel, PostgresPqxx::OnMessage onMessage)
      : notification_receiver(home, channel), onMessage_(std::move(onMessage)) {}
  void operator()(const std::string& payload, int) override { onMessage_(channel(), payload); }

 private:
  PostgresPqxx::OnMessage onMessage_;
};

struct PostgresPqxx::Lent {
#if PQXX_VERSION_MAJOR < 7
  explicit Lent(PGconn* lent) : raw(lent), policy(lent), connection(policy) {}
  PGconn* raw;
  LendingPolicy policy;
  LentConnection connection;
#else
  explicit Lent(PGconn* lent)
      : raw(lent), connection(pqxx::connection::seize_raw_connection(lent)) {}
  ~Lent() {
    receivers.clear();
    std::move(connection).release_raw_connection();
  }
  PGconn* raw;
  pqxx::connection connection;
#endif
  std::map<std::string, std::unique_ptr<Receiver>> receivers;
};

PostgresPqxx::PostgresPqxx(PGconn* lent) {
  try {
    lent_ = std::make_unique<Lent>(lent);
  } catch (const pqxx::failure& error) {
    throwTyped(error, lent);
  }
}

PostgresPqxx::~PostgresPqxx() = default;

void PostgresPqxx::hear(const std::string& channel, OnMessage onMessage) {
  if (lent_->receivers.contains(channel)) return;
  try {
    lent_->receivers.emplace(
        channel, std::make_unique<Receiver>(lent_->connection, channel, std::move(onMessage)));
  } catch (const pqxx::failure& error) {
    throwTyped(error, lent_->raw);
  }
}

void PostgresPqxx::forget(const std::string& channel) { lent_->receivers.erase(channel); }

void PostgresPqxx::deliver() {
  try {
    lent_->connection.get_notifs();
  } catch (const pqxx::failure& error) {
    throwTyped(error, lent_->raw);
  }
}

std::string PostgresPqxx::quoteName(std::string_view name) const {
  return lent_->connection.quote_name(std::string(name));
}

}  // namespace sonde
