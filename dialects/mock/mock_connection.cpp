#include "mock_connection.hpp"

#include "../../core/error.hpp"
#include "../../query/lexer.hpp"
#include "mock_driver.hpp"
#include "mock_statement.hpp"

namespace sonde {

MockConnection::MockConnection(std::shared_ptr<MockDatabase> database, bool readOnly,
                               std::vector<std::pair<std::string, std::string>> settings)
    : database_(std::move(database)),
      settings_(std::move(settings)),
      number_(database_->openConnection()),
      readOnly_(readOnly) {}

void MockConnection::check() {
  broken_ = broken_ || database_->isBroken(number_);
  if (broken_) throw ConnectionError("the mock connection was broken");
  if (context_ != nullptr) context_->check();
  if (interrupted_.exchange(false)) throw Cancelled("the statement was interrupted");
}

void MockConnection::disarm() noexcept {
  context_ = nullptr;
  interrupted_ = false;
}

std::shared_ptr<const MockReply> MockConnection::run(std::string sql, std::vector<Value> args) {
  check();
  auto reply = database_->run({std::move(sql), std::move(args), number_});
  if (reply->error) std::rethrow_exception(reply->error);
  if (reply->lastInsertId != 0) lastInsertId_ = reply->lastInsertId;
  return reply;
}

std::unique_ptr<Statement> MockConnection::prepare(std::string_view sql, bool) {
  check();
  const auto& rules = MockDialect::instance().lexerRules();
  if (query::splitScript(sql, rules).size() != 1) {
    throw ValidationError("exactly one statement can be prepared");
  }
  return std::make_unique<MockStatement>(*this, std::string(sql));
}

void MockConnection::executeScript(std::string_view sql) {
  const auto& rules = MockDialect::instance().lexerRules();
  for (const query::ScriptPart& part : query::splitScript(sql, rules)) {
    run(std::string(part.sql), {});
  }
}

void MockConnection::begin(const BeginOptions& options) {
  run(options.mode == TransactionMode::Write ? "BEGIN IMMEDIATE" : "BEGIN", {});
  inTransaction_ = true;
}

void MockConnection::commit() {
  run("COMMIT", {});
  inTransaction_ = false;
}

void MockConnection::rollback() {
  inTransaction_ = false;
  run("ROLLBACK", {});
}

void MockConnection::savepoint(int depth) { run("SAVEPOINT sonde_" + std::to_string(depth), {}); }

void MockConnection::releaseSavepoint(int depth) {
  run("RELEASE sonde_" + std::to_string(depth), {});
}

void MockConnection::rollbackToSavepoint(int depth) {
  run("ROLLBACK TO sonde_" + std::to_string(depth), {});
}

Catalog MockConnection::readCatalog() {
  check();
  return database_->catalog();
}

std::optional<std::uint64_t> MockConnection::schemaCounter() {
  check();
  return database_->schemaCounter();
}

std::vector<SettingReport> MockConnection::settings() {
  std::vector<SettingReport> reports;
  for (const auto& [name, value] : settings_) reports.push_back({name, value, value});
  return reports;
}

std::vector<std::string> MockConnection::explain(std::string_view sql) {
  check();
  return {"MOCK " + std::string(sql)};
}

}  // namespace sonde
