#include "postgres_locks.hpp"

#include <string>
#include <thread>

#include "../../core/error.hpp"
#include "postgres_pipeline.hpp"

namespace sonde {
namespace {

using std::chrono::milliseconds;
using Clock = Context::Clock;

constexpr milliseconds kAskAgain{20};

constexpr const char* kTry =
    "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 0))";
constexpr const char* kWait =
    "SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended($1, 0))";
constexpr const char* kUnlock =
    "SELECT pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended($1, 0)) "
    "WHERE EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' "
    "AND pid = pg_catalog.pg_backend_pid() AND objsubid = 1 AND granted "
    "AND (classid::int8 << 32 | objid::int8) = pg_catalog.hashtextextended($1, 0))";

std::string checked(std::string_view name) {
  if (name.find('\0') == std::string_view::npos) return std::string(name);
  throw ValidationError("the name of a lock cannot hold a NUL");
}

bool tryLock(PostgresSession& session, const std::string& name) {
  const char* const parameter = name.c_str();
  return session.handle().exec(kTry, {&parameter, 1}).boolean(0, 0);
}

bool askUntil(PostgresSession& session, const std::string& name, Clock::time_point end) {
  while (Clock::now() < end) {
    // Ends early when the context does.
    static_cast<void>(session.handle().waitForInput(std::min(end, Clock::now() + kAskAgain)));
    if (tryLock(session, name)) return true;
  }
  return false;
}

/// A lock of the session outlives the transaction that bounds the wait for it.
bool waitUntil(PostgresSession& session, const std::string& name, milliseconds timeout) {
  PostgresHandle& handle = session.handle();
  const char* const parameter = name.c_str();
  PostgresPipeline pipeline(handle, kWait);
  pipeline.send("BEGIN");
  pipeline.sendSettings({{"lock_timeout", std::to_string(timeout.count())}});
  pipeline.send(kWait, {&parameter, 1});
  pipeline.send("COMMIT");
  pipeline.sync();
  PostgresResult result;
  for (int i = 0; i < 4 && pipeline.takeGood(result); ++i) {
  }
  pipeline.finish();
  if (!pipeline.failed()) return true;
  if (handle.inTransaction()) handle.execWithin("ROLLBACK", kRollbackTimeout);
  if (postgresSqlState(pipeline.failed().get()) == "55P03") return false;
  handle.fail(pipeline.failed(), kWait);
}

}  // namespace

bool postgresLock(PostgresSession& session, std::string_view name, milliseconds timeout) {
  const std::string text = checked(name);
  if (tryLock(session, text)) return true;
  if (timeout <= milliseconds::zero()) return false;
  if (session.handle().inTransaction()) return askUntil(session, text, Clock::now() + timeout);
  return waitUntil(session, text, timeout);
}

void postgresUnlock(PostgresSession& session, std::string_view name) {
  const std::string text = checked(name);
  const char* const parameter = text.c_str();
  session.handle().exec(kUnlock, {&parameter, 1});
}

}  // namespace sonde
