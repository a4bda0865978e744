#include "mock_database.hpp"

#include <algorithm>
#include <map>

namespace sonde {

namespace {

struct Named {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<MockDatabase>, std::less<>> databases;
};

Named& named() {
  static Named instance;
  return instance;
}

}  // namespace

MockReply MockReply::table(const std::vector<std::string>& names,
                           std::vector<std::vector<Value>> rows) {
  MockReply reply;
  for (const std::string& name : names) {
    ColumnInfo column;
    column.name = name;
    reply.columns.push_back(std::move(column));
  }
  reply.rows = std::move(rows);
  return reply;
}

MockReply MockReply::changed(std::uint64_t affected, std::int64_t lastInsertId) {
  MockReply reply;
  reply.affected = affected;
  reply.lastInsertId = lastInsertId;
  return reply;
}

std::shared_ptr<MockDatabase> MockDatabase::named(std::string_view name) {
  Named& all = sonde::named();
  const std::lock_guard lock(all.mutex);
  auto found = all.databases.find(name);
  if (found == all.databases.end()) {
    found = all.databases.emplace(name, std::make_shared<MockDatabase>()).first;
  }
  return found->second;
}

void MockDatabase::forget(std::string_view name) {
  Named& all = sonde::named();
  const std::lock_guard lock(all.mutex);
  const auto found = all.databases.find(name);
  if (found != all.databases.end()) all.databases.erase(found);
}

void MockDatabase::setCatalog(Catalog catalog) {
  const std::lock_guard lock(mutex_);
  catalog_ = std::move(catalog);
  ++schemaCounter_;
}

void MockDatabase::setTopology(Topology topology) {
  const std::lock_guard lock(mutex_);
  topology_ = std::move(topology);
}

void MockDatabase::reply(std::string part, MockReply reply) {
  const std::lock_guard lock(mutex_);
  once_.push_back({std::move(part), std::make_shared<const MockReply>(std::move(reply))});
}

void MockDatabase::always(std::string part, MockReply reply) {
  const std::lock_guard lock(mutex_);
  always_.push_back({std::move(part), std::make_shared<const MockReply>(std::move(reply))});
}

void MockDatabase::breakConnections() {
  const std::lock_guard lock(mutex_);
  brokenUpTo_ = connections_;
}

std::vector<MockCall> MockDatabase::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::vector<std::string> MockDatabase::statements() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> statements;
  statements.reserve(calls_.size());
  for (const MockCall& call : calls_) statements.push_back(call.sql);
  return statements;
}

void MockDatabase::clearCalls() {
  const std::lock_guard lock(mutex_);
  calls_.clear();
}

std::size_t MockDatabase::pendingReplies() const {
  const std::lock_guard lock(mutex_);
  return once_.size();
}

std::shared_ptr<const MockReply> MockDatabase::run(MockCall call) {
  static const auto kNothing = std::make_shared<const MockReply>();
  const std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
  const std::string& sql = calls_.back().sql;
  const auto matches = [&](const Scripted& scripted) {
    return sql.find(scripted.part) != std::string::npos;
  };
  const auto once = std::find_if(once_.begin(), once_.end(), matches);
  if (once != once_.end()) {
    std::shared_ptr<const MockReply> reply = std::move(once->reply);
    once_.erase(once);
    return reply;
  }
  const auto always = std::find_if(always_.begin(), always_.end(), matches);
  return always == always_.end() ? kNothing : always->reply;
}

Catalog MockDatabase::catalog() const {
  const std::lock_guard lock(mutex_);
  return catalog_;
}

Topology MockDatabase::topology() const {
  const std::lock_guard lock(mutex_);
  return topology_;
}

std::uint64_t MockDatabase::schemaCounter() const {
  const std::lock_guard lock(mutex_);
  return schemaCounter_;
}

std::uint64_t MockDatabase::openConnection() {
  const std::lock_guard lock(mutex_);
  return ++connections_;
}

bool MockDatabase::isBroken(std::uint64_t connection) const {
  const std::lock_guard lock(mutex_);
  return connection <= brokenUpTo_;
}

}  // namespace sonde
