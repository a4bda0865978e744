// Makes database files with SQLite's C API, so that a test does not depend on what it tests.
#pragma once

#include <sqlite3.h>

#include <stdexcept>
#include <string>

namespace sonde::test {

/// A raw connection for the length of a scope.
class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path,
                       int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) {
    if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
      const std::string message = sqlite3_errmsg(db_);
      sqlite3_close(db_);
      throw std::runtime_error(path + ": " + message);
    }
  }
  ~RawDatabase() { sqlite3_close(db_); }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;

  void run(const std::string& sql) const {
    char* message = nullptr;
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK) {
      const std::string text = message == nullptr ? "unknown error" : message;
      sqlite3_free(message);
      throw std::runtime_error(text + " in " + sql.substr(0, 200));
    }
  }
  [[nodiscard]] sqlite3* get() const noexcept { return db_; }

 private:
  sqlite3* db_ = nullptr;
};

/// Runs a script on the file, which is made when it is missing.
inline void runSql(const std::string& path, const std::string& script) {
  RawDatabase(path).run(script);
}

}  // namespace sonde::test
