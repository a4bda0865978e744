#include "mysql_connection.hpp"

#include <mysql.h>

#include <algorithm>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/result_set.hpp"
#include "../../core/text.hpp"
#include "../../introspect/hash128.hpp"
#include "../../query/lexer.hpp"
#include "../../query/sql_check.hpp"
#include "mysql_bulk.hpp"
#include "mysql_catalog.hpp"
#include "mysql_open.hpp"
#include "mysql_statement.hpp"

namespace sonde {
namespace {

constexpr std::size_t kLongestLockName = 64;

std::string lockName(std::string_view name) {
  if (name.empty()) throw ValidationError("a lock needs a name");
  if (name.size() <= kLongestLockName) return MysqlHandle::literal(name);
  return MysqlHandle::literal("sonde:" + detail::hash128(name).hex());
}

}  // namespace

MysqlConnection::MysqlConnection(std::shared_ptr<MysqlHandle> handle)
    : handle_(std::move(handle)), transactions_(*handle_) {}

std::unique_ptr<Statement> MysqlConnection::prepare(std::string_view sql, bool) {
  const std::string_view only = query::onlyStatement(sql, mysqlLexerRules());
  const bool readOnly = !query::looksLikeWrite(only, mysqlLexerRules());
  return std::make_unique<MysqlStatement>(handle_, std::string(only), readOnly);
}

void MysqlConnection::executeScript(std::string_view sql) {
  for (const query::ScriptPart& part : query::splitScript(sql, mysqlLexerRules())) {
    handle_->execute(part.sql);
  }
}

std::int64_t MysqlConnection::lastInsertId() const noexcept {
  return static_cast<std::int64_t>(handle_->insertId());
}

Catalog MysqlConnection::readCatalog() { return readMysqlCatalog(*handle_); }

std::optional<std::uint64_t> MysqlConnection::schemaHash() { return mysqlSchemaHash(*handle_); }

bool MysqlConnection::ping(std::chrono::milliseconds timeout) noexcept {
  if (handle_->broken()) return false;
  MysqlWaitUntil wait(MysqlWait::Clock::now() + timeout);
  const MysqlWaitScope scope(wait);
  if (mysql_ping(handle_->db()) == 0) return true;
  handle_->markBroken();
  return false;
}

void MysqlConnection::resetState() {
  handle_->started();
  {
    const MysqlWaitScope scope(handle_->wait());
    if (mysql_reset_connection(handle_->db()) != 0) handle_->fail({});
  }
  handle_->sessionWasReset();
  setUpMysqlSession(*handle_);
}

std::uint64_t MysqlConnection::bulkInsert(const Table& table,
                                          const std::vector<std::string>& columns,
                                          FunctionRef<Args()> next) {
  return mysqlBulkInsert(handle_, mysqlBulkWay(*handle_), table, columns, next);
}

bool MysqlConnection::lock(std::string_view name, std::chrono::milliseconds timeout) {
  const double seconds =
      std::chrono::duration<double>(std::max(timeout, std::chrono::milliseconds(0))).count();
  // MySQL takes whole seconds and rounds; MariaDB takes fractions.
  MysqlRows rows =
      handle_->query("SELECT GET_LOCK(" + lockName(name) + ", " + std::to_string(seconds) + ")");
  return rows.next() && rows.integer(0) == 1;
}

void MysqlConnection::unlock(std::string_view name) {
  handle_->execute("DO RELEASE_LOCK(" + lockName(name) + ")");
}

std::vector<SettingReport> MysqlConnection::settings() {
  std::vector<SettingReport> reports;
  const MysqlOptions& options = handle_->options();
  MysqlRows wait = handle_->query("SELECT @@SESSION.innodb_lock_wait_timeout");
  if (wait.next()) {
    const auto asked = std::max<std::int64_t>(
        1, std::chrono::ceil<std::chrono::seconds>(options.busyTimeout).count());
    reports.push_back(
        {"busy_timeout", std::to_string(asked * 1000), std::to_string(wait.integer(0) * 1000)});
  }
  for (const auto& [name, value] : options.settings) {
    MysqlRows rows = handle_->query("SELECT @@SESSION." + name);
    if (!rows.next()) continue;
    std::string effective(rows.text(0));
    const bool on = text::equalsIgnoreCase(value, "on") || text::equalsIgnoreCase(value, "true");
    const bool off = text::equalsIgnoreCase(value, "off") || text::equalsIgnoreCase(value, "false");
    // A switch is read back as a number.
    if ((on && effective == "1") || (off && effective == "0") ||
        text::equalsIgnoreCase(value, effective)) {
      effective = value;
    }
    reports.push_back({name, value, std::move(effective)});
    if (!reports.back().honoured()) {
      reports.back().reason = "the server keeps it within its own limits, or it was changed since";
    }
  }
  return reports;
}

std::vector<std::string> MysqlConnection::explain(std::string_view sql) {
  MysqlStatement statement(
      handle_, "EXPLAIN " + std::string(query::onlyStatement(sql, mysqlLexerRules())), true);
  // The server plans for values only. A text goes with columns of any type, and NULL, or a number
  // beside a text, would keep it from the index.
  const std::vector<Arg> values(statement.parameterCount(), Arg("1"));
  statement.bind(values);
  std::vector<std::string> lines;
  const ResultSet rows(statement.fetch(0, 0));
  statement.reset();
  for (const RowView row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      const ValueView value = row[column];
      if (value.isNull()) continue;
      if (!line.empty()) line += " ";
      line.append(value.column().name).append("=").append(value.as<std::string>());
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace sonde
