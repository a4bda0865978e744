#include "postgres_connection.hpp"

#include <libpq-fe.h>

#include <utility>

#include "../../core/error.hpp"
#include "../../query/lexer.hpp"
#include "../../query/sql_check.hpp"
#include "postgres_catalog.hpp"
#include "postgres_copy.hpp"
#include "postgres_dialect.hpp"
#include "postgres_locks.hpp"
#include "postgres_notifications.hpp"
#include "postgres_schema_hash.hpp"
#include "postgres_statement.hpp"

namespace sonde {
namespace {}  // namespace

PostgresConnection::PostgresConnection(std::shared_ptr<PostgresHandle> handle,
                                       std::shared_ptr<PostgresTypeCache> types,
                                       PostgresRequests requests)
    : session_(std::make_shared<PostgresSession>(std::move(handle), std::move(types),
                                                 requests.pgbouncer)),
      requests_(std::move(requests)),
      transactions_(*session_) {}

PostgresConnection::~PostgresConnection() = default;

std::unique_ptr<Statement> PostgresConnection::prepare(std::string_view sql, bool persistent) {
  return std::make_unique<PostgresStatement>(session_, sql, persistent);
}

// One by one, so that each statement commits on its own, as those of a script do that is typed in,
// and those that refuse to run in a transaction (VACUUM, CREATE DATABASE) run too.
void PostgresConnection::executeScript(std::string_view sql) {
  query::checkNoNul(sql);
  PostgresHandle& server = handle();
  for (const query::ScriptPart& part :
       query::splitScript(sql, PostgresDialect::instance().lexerRules())) {
    server.execScriptPart(std::string(part.sql), sql, part.offset);
  }
  session_->types().clear();
}

bool PostgresConnection::broken() const noexcept {
  const PostgresHandle& server = session_->handle();
  return server.broken() || (server.demoted() && !transactions_.active());
}

bool PostgresConnection::readOnly() const noexcept {
  return requests_.readOnly || session_->handle().serverTakesNoWrites();
}

Catalog PostgresConnection::readCatalog() { return readPostgresCatalog(handle()); }

std::optional<std::uint64_t> PostgresConnection::schemaHash() {
  return postgresSchemaHash(handle());
}

bool PostgresConnection::ping(std::chrono::milliseconds timeout) noexcept {
  if (broken() || !handle().execWithin("", timeout)) return false;
  handle().noticeDemotion();
  return !broken();
}

std::optional<ReplicationState> PostgresConnection::replicationState() {
  // A standby that has replayed nothing yet has no position.
  const PostgresResult result = handle().exec(
      "SELECT s, coalesce(CASE WHEN s THEN pg_last_wal_replay_lsn() "
      "ELSE pg_current_wal_insert_lsn() END - '0/0', 0) FROM pg_is_in_recovery() AS s");
  ReplicationState state;
  state.standby = result.boolean(0, 0);
  state.position = static_cast<std::uint64_t>(result.integer(0, 1));
  return state;
}

void PostgresConnection::resetState() {
  PostgresHandle& server = handle();
  if (server.inTransaction()) transactions_.rollback();
  notifications_.reset();
  if (session_->pooled()) {
    applyPgbouncerSettings(server);
    return;
  }
  server.exec(
      "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; RESET ALL; UNLISTEN *; "
      "SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES");
}

std::uint64_t PostgresConnection::bulkInsert(const Table& table,
                                             const std::vector<std::string>& columns,
                                             FunctionRef<Args()> next) {
  PostgresHandle& server = handle();
  if (session_->wantedSettings().empty()) {
    return postgresCopy(server, table, columns, next);
  }
  transactions_.begin(TransactionMode::Write);
  try {
    const std::uint64_t rows = postgresCopy(server, table, columns, next);
    transactions_.commit();
    return rows;
  } catch (...) {
    transactions_.rollback();
    throw;
  }
}

// --- locks and messages ---

void PostgresConnection::refuseWhenPooled(std::string_view what) const {
  if (!session_->pooled()) return;
  ErrorDetails details;
  details.hint = "connect to the server itself for this";
  throw Unsupported(std::string(what) +
                        " belong to a session of the server, which PgBouncer gives to others after "
                        "each transaction",
                    std::move(details));
}

bool PostgresConnection::lock(std::string_view name, std::chrono::milliseconds timeout) {
  refuseWhenPooled("named locks");
  return postgresLock(*session_, name, timeout);
}

void PostgresConnection::unlock(std::string_view name) {
  refuseWhenPooled("named locks");
  postgresUnlock(*session_, name);
}

PostgresNotifications& PostgresConnection::notifications() {
  refuseWhenPooled("notifications");
  if (notifications_ == nullptr) notifications_ = std::make_unique<PostgresNotifications>(handle());
  return *notifications_;
}

void PostgresConnection::listen(std::string_view channel) { notifications().listen(channel); }

void PostgresConnection::unlisten(std::string_view channel) { notifications().unlisten(channel); }

std::optional<Notification> PostgresConnection::waitForNotification(
    std::chrono::milliseconds timeout) {
  return notifications().wait(timeout);
}

void PostgresConnection::notify(std::string_view channel, std::string_view payload) {
  const std::string name(channel);
  const std::string text(payload);
  if (name.find('\0') != std::string::npos || text.find('\0') != std::string::npos) {
    query::refuseSql("a notification cannot hold a NUL", {});
  }
  const char* const parameters[] = {name.c_str(), text.c_str()};
  handle().exec("SELECT pg_catalog.pg_notify($1, $2)", parameters);
}

// --- telling ---

std::vector<SettingReport> PostgresConnection::settings() {
  return reportPostgresSettings(handle(), requests_);
}

std::vector<std::string> PostgresConnection::explain(std::string_view sql) {
  const PostgresStatement checked(session_, sql, false);  // Refuses several statements.
  PostgresHandle& server = handle();
  PostgresResult plan;
  if (checked.parameterCount() == 0) {
    plan = server.exec("EXPLAIN " + std::string(sql));
  } else {
    // The plan for any values: those of a statement that is prepared and run with NULLs.
    const std::string name = session_->newName();
    std::string nulls = "NULL";
    for (std::size_t i = 1; i < checked.parameterCount(); ++i) nulls += ", NULL";
    server.exec("PREPARE " + name + " AS " + std::string(sql));
    session_->forget(name);
    plan = server.exec("SET LOCAL plan_cache_mode = force_generic_plan; EXPLAIN EXECUTE " + name +
                       "(" + nulls + ")");
    if (server.inTransaction()) server.exec("SET LOCAL plan_cache_mode TO DEFAULT");
  }
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < plan.rows(); ++i) lines.emplace_back(plan.text(i, 0));
  return lines;
}

}  // namespace sonde
