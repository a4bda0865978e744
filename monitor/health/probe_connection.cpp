#include "probe_connection.hpp"

#include <algorithm>

#include "../../core/error.hpp"

namespace sonde::detail {

using std::chrono::milliseconds;

namespace {

// A lock that is held for longer is told as such, rather than as a deadline that passed.
constexpr milliseconds kBusyTimeout{500};

milliseconds leftOf(const Context& context, milliseconds atMost) {
  if (!context.deadline()) return atMost;
  const auto left = std::chrono::ceil<milliseconds>(*context.deadline() - Context::Clock::now());
  return std::clamp(left, milliseconds(1), atMost);
}

}  // namespace

void ProbeConnection::open(const Context& context) {
  const auto now = Context::Clock::now();
  const RuntimeOptions& options = runtime_.options();
  if (connection_ != nullptr && now - usedAt_ >= options.pool.validateAfter &&
      !connection_->ping(leftOf(context, options.driver.connectTimeout))) {
    connection_.reset();
  }
  if (connection_ != nullptr && !connection_->broken()) return;
  connection_.reset();
  DriverOptions own = options.driver;
  own.connectTimeout = leftOf(context, own.connectTimeout);
  own.busyTimeout = std::min(own.busyTimeout, kBusyTimeout);
  own.logger = Logger();  // what it has to say, the pool's connections said already
  if (own.access == AccessMode::CreateIfMissing) own.access = AccessMode::ReadWrite;
  connection_ = runtime_.driver().connect(own, TransactionMode::Read);
}

ProbeConnection::Use::Use(ProbeConnection& home, const Context& context) : home_(home) {
  if (home.runtime_.pool().topology().ownData) {
    try {
      lease_.emplace(home.runtime_.pool().lease(LeaseKind::Read, context, "health check"));
    } catch (const Timeout&) {
      throw PoolTimeout("the only connection of the database is in use");
    }
    connection_ = &lease_->session().connection();
  } else {
    home.open(context);
    connection_ = home.connection_.get();
  }
  connection_->arm(context);
}

ProbeConnection::Use::~Use() {
  connection_->disarm();
  home_.usedAt_ = Context::Clock::now();
  if (!lease_ && connection_->broken()) home_.connection_.reset();
}

}  // namespace sonde::detail
