// What tests of the façade share: databases of every kind of pool, and
// another process that works on the same file.
#pragma once

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include <sonde/db/database.hpp>

#include "../support/sqlite_file.hpp"
#include "../support/temporary_folder.hpp"

namespace sonde::testing_db {

using test::TemporaryFolder;

/// The kinds of database that lead to different pools.
enum class Home { Wal, RollbackJournal, Memory };

inline std::string homeName(Home home) {
  switch (home) {
    case Home::Wal:
      return "Wal";
    case Home::RollbackJournal:
      return "RollbackJournal";
    case Home::Memory:
      break;
  }
  return "Memory";
}

inline Config configOf(Home home, const TemporaryFolder& folder) {
  Config config;
  config.access = AccessMode::CreateIfMissing;
  config.schema.checkInterval = std::chrono::milliseconds(0);
  config.optimization.synchronous = "off";
  config.uri = "sqlite:" + folder.file("app.db");
  if (home == Home::Wal) config.optimization.journalMode = "wal";
  if (home == Home::RollbackJournal) config.optimization.journalMode = "delete";
  if (home == Home::Memory) config.uri = "sqlite::memory:";
  return config;
}

inline void makeUsers(const Database& db, int rows = 0) {
  db.executeScript(
      "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE);"
      "CREATE TABLE posts (id INTEGER PRIMARY KEY,"
      " user_id INTEGER NOT NULL REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED);");
  db.transaction([&](Transaction& tx) {
    for (int i = 1; i <= rows; ++i) {
      tx.execute("INSERT INTO users (name, email) VALUES (?, ?)",
                 {"user " + std::to_string(i), "u" + std::to_string(i) + "@example.org"});
    }
  });
}

inline std::int64_t countOf(const View& view, std::string_view table) {
  return view.sql("SELECT count(*) AS n FROM " + std::string(table))
      .front()["n"]
      .as<std::int64_t>();
}

/// Another process with a connection of its own. Made before this process opens the file, because
/// SQLite must not be carried across fork().
class OtherProcess {
 public:
  explicit OtherProcess(const std::string& path) {
    int to[2];
    int from[2];
    if (pipe(to) != 0 || pipe(from) != 0) std::abort();
    child_ = fork();
    if (child_ == 0) {
      close(to[1]);
      close(from[0]);
      serve(path, to[0], from[1]);
    }
    close(to[0]);
    close(from[1]);
    send_ = to[1];
    receive_ = from[0];
  }
  ~OtherProcess() {
    close(send_);
    close(receive_);
    waitpid(child_, nullptr, 0);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;

  /// Runs SQL there. @return SQLite's result code.
  int run(std::string_view sql) const {
    const auto size = static_cast<std::uint32_t>(sql.size());
    int code = -1;
    if (write(send_, &size, sizeof(size)) != sizeof(size) ||
        write(send_, sql.data(), size) != static_cast<ssize_t>(size) ||
        read(receive_, &code, sizeof(code)) != sizeof(code)) {
      return -1;
    }
    return code;
  }

 private:
  [[noreturn]] static void serve(const std::string& path, int in, int out) {
    std::optional<test::RawDatabase> db;
    std::uint32_t size = 0;
    while (read(in, &size, sizeof(size)) == static_cast<ssize_t>(sizeof(size))) {
      std::string sql(size, '\0');
      if (read(in, sql.data(), size) != static_cast<ssize_t>(size)) break;
      if (!db) db.emplace(path);
      sqlite3_busy_timeout(db->get(), 5000);
      const int code = sqlite3_exec(db->get(), sql.c_str(), nullptr, nullptr, nullptr);
      if (write(out, &code, sizeof(code)) != static_cast<ssize_t>(sizeof(code))) break;
    }
    db.reset();
    _exit(0);
  }

  pid_t child_ = -1;
  int send_ = -1;
  int receive_ = -1;
};

}  // namespace sonde::testing_db
