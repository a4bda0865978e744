#include "test_database.hpp"

#include <unistd.h>

#include <atomic>
#include <exception>

namespace sonde::test {
namespace {

// Tests run in several processes at once.
std::string freshName() {
  static std::atomic<int> counter{0};
  return "sonde_test_" + std::to_string(getpid()) + "_" + std::to_string(++counter);
}

void endSession(RawSession& admin, const std::string& id) {
  try {
    admin.run("KILL " + id);
  } catch (const std::exception&) {
    // It went by itself meanwhile.
  }
}

}  // namespace

TestDatabase::TestDatabase(const Server& server, std::string_view options)
    : server_(server), name_(freshName()) {
  openRaw(server_, server_.adminDatabase())
      ->run("CREATE DATABASE " + name_ + " " + std::string(options));
}

TestDatabase::~TestDatabase() {
  session_.reset();
  try {
    const auto admin = openRaw(server_, server_.adminDatabase());
    if (server_.kind == ServerKind::Postgres) {
      admin->run("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
      return;
    }
    for (const RawSession::Row& row :
         admin->run("SELECT id FROM information_schema.processlist WHERE db = '" + name_ + "'")) {
      endSession(*admin, row.front().value_or("0"));
    }
    // A session just killed may hold its locks for a moment.
    admin->run("SET lock_wait_timeout = 10; DROP DATABASE IF EXISTS " + name_);
  } catch (const std::exception&) {
    // The server is gone, or goes with everything in it when the test run ends.
  }
}

std::string TestDatabase::uri(std::string_view options) const {
  return server_.uri(name_, options);
}

std::string TestDatabase::tcpUri(std::string_view options, std::string_view asUser) const {
  return server_.tcpUri(name_, options, asUser);
}

std::vector<RawSession::Row> TestDatabase::run(const std::string& sql) { return raw().run(sql); }

std::string TestDatabase::value(const std::string& sql) { return raw().value(sql); }

RawSession& TestDatabase::raw() {
  if (!session_) session_ = openRaw(server_, name_);
  return *session_;
}

}  // namespace sonde::test
