// Help for the tests of the SQLite driver: temporary folders, raw connections beside the driver's
// own, and work done by a process without root's rights.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sonde/core/error.hpp>
#include <sonde/core/result_set.hpp>
#include <sonde/dialects/sqlite/sqlite_driver.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::test {

/// A folder that goes away with this object.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sonde_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms(0755), ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string path() const { return path_.string(); }
  /// @return How many entries the folder has.
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
  }

 private:
  std::filesystem::path path_;
};

inline void writeFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A connection that knows nothing of sonde: somebody else at the same file.
class RawDatabase {
 public:
  explicit RawDatabase(const std::string& path) { sqlite3_open(path.c_str(), &db_); }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;
  ~RawDatabase() { sqlite3_close(db_); }
  /// Runs SQL. @return SQLite's result code.
  int run(const char* sql) { return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }
  [[nodiscard]] sqlite3* get() const { return db_; }

 private:
  sqlite3* db_ = nullptr;
};

inline void makeDatabase(const std::string& path, const char* sql) {
  RawDatabase db(path);
  ASSERT_EQ(db.run(sql), SQLITE_OK) << sqlite3_errmsg(db.get());
}

inline DriverOptions optionsFor(const std::string& path,
                                AccessMode access = AccessMode::ReadWrite) {
  DriverOptions options;
  options.uri.scheme = "sqlite";
  options.uri.path = path;
  options.access = access;
  options.busyTimeout = std::chrono::milliseconds(100);
  return options;
}

inline std::unique_ptr<Connection> open(const DriverOptions& options,
                                        TransactionMode mode = TransactionMode::Write) {
  return makeSqliteDriver()->connect(options, mode);
}

inline std::unique_ptr<Connection> openMemory() { return open(optionsFor(":memory:")); }

/// The rows of a statement, kept.
inline ResultSet query(Connection& connection, std::string_view sql,
                       std::initializer_list<Arg> args = {}) {
  const auto statement = connection.prepare(sql, false);
  statement->bind(Args(args.begin(), args.size()));
  return ResultSet(statement->fetch(0, 0));
}

inline std::uint64_t run(Connection& connection, std::string_view sql,
                         std::initializer_list<Arg> args = {}) {
  const auto statement = connection.prepare(sql, false);
  statement->bind(Args(args.begin(), args.size()));
  return statement->run();
}

/// What an action throws, as "code: message"; "no error" when it does not.
inline std::string errorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(errorCodeName(error.code())) + ": " + error.what();
  } catch (const std::exception& error) {
    return std::string("not typed: ") + error.what();
  }
  return "no error";
}

/// The error of the given type that an action throws; fails the test when it throws something else.
template <class E>
E caught(const std::function<void()>& action) {
  try {
    action();
  } catch (const E& error) {
    return error;
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another error: " << error.what();
    throw;
  }
  ADD_FAILURE() << "no error";
  throw std::logic_error("no error");
}

/// Runs an action in a process that is not root, because root may do anything to any file.
/// @return What errorOf() says there.
inline std::string errorWithoutRoot(const std::function<void()>& action) {
  if (geteuid() != 0) return errorOf(action);
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    static constexpr uid_t kNobody = 65534;
    std::string said = "cannot give up root";
    if (setgid(kNobody) == 0 && setuid(kNobody) == 0) said = errorOf(action);
    const auto written = write(ends[1], said.data(), said.size());
    _exit(written == static_cast<ssize_t>(said.size()) ? 0 : 1);
  }
  close(ends[1]);
  std::string said;
  char buffer[512];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    said.append(buffer, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return said;
}

}  // namespace sonde::test
