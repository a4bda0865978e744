// Help for the tests of the SQLite driver: connections opened by the
// driver itself, and work done by a process without root's rights.
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

#include "../../support/sqlite_file.hpp"
#include "../../support/temporary_folder.hpp"

namespace sonde::test {

inline void writeFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
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
