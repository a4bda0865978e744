// Servers that belong to one test, which may kill, freeze, restart and configure them. They are set
// up as the shared ones are (servers.hpp): same accounts, passwords and certificates.
//
// Invariant: gone, files and all, with the object or with the test program. Starting one takes a
// few tenths of a second. Not thread-safe, except that one thread may use a server that another
// kills.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server_process.hpp"
#include "servers.hpp"

namespace sonde::test {

class PrivateServer;

/// @return Whether servers of this kind can be started; whyNoServer() says why not.
[[nodiscard]] bool canStartPrivateServer(ServerKind kind);

/// How a server differs from the shared one.
struct PrivateOptions {
  /// Lines of postgresql.conf, of my.cnf, or of PgBouncer's section.
  std::vector<std::string> config{};
  /// PostgreSQL: lines of pg_hba.conf that stand before the others.
  std::vector<std::string> access{};
  /// PostgreSQL: makes a hot standby that streams from this one, which runs.
  const PrivateServer* primary = nullptr;
};

/// See the file comment.
class PrivateServer {
 public:
  virtual ~PrivateServer();
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  /// @return How to reach it. Socket, port and password stay the same over restarts.
  [[nodiscard]] const Server& server() const noexcept { return server_; }

  /// Starts it, unless it runs, and waits until it answers.
  /// @throws std::runtime_error with the end of its log when it does not.
  void start();
  /// Shuts it down in order: sessions are ended, their transactions rolled back.
  void stop();
  /// Ends all its processes at once, as a crash would. Committed work survives it.
  void kill();
  void restart();
  [[nodiscard]] bool running() const;

  /// Stops all its processes where they are, so that connections are accepted by the kernel and
  /// nothing ever answers; and lets them go on.
  void freeze() const;
  void thaw() const;

  /// Adds a line to its configuration, which holds from the next start on.
  virtual void configure(const std::string& line) = 0;
  /// @return What it wrote to its log.
  [[nodiscard]] std::string log() const;

 protected:
  PrivateServer(ServerKind kind, const PrivateOptions& options);

  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_ + "/" + name; }
  /// @return The account it runs as.
  [[nodiscard]] const std::string& account() const noexcept { return account_; }
  /// Appends to a file of the folder.
  void append(const std::string& name, const std::string& text) const;
  /// Copies a folder that the servers of the test run made.
  void copy(const std::string& from, const std::string& name) const;
  /// Runs a program as the account. @throws std::runtime_error with its output when it fails.
  void runAsAccount(std::vector<std::string> words) const;

  [[nodiscard]] virtual std::vector<std::string> command() const = 0;
  [[nodiscard]] virtual bool answers() const;
  /// The signal that means stop().
  [[nodiscard]] virtual int stopSignal() const noexcept = 0;
  /// Gives back what killed processes could not.
  virtual void afterKill() {}
  /// Ends it when the object goes; derived destructors call it, as it needs what they are.
  void end() noexcept;

  Server server_;

 private:
  std::string account_;
  std::string folder_;
  std::unique_ptr<ServerProcess> process_;
};

class PrivatePostgres final : public PrivateServer {
 public:
  /// Started when the constructor returns.
  explicit PrivatePostgres(const PrivateOptions& options = {});
  ~PrivatePostgres() override { end(); }
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  void configure(const std::string& line) override;

 private:
  [[nodiscard]] std::vector<std::string> command() const override;
  [[nodiscard]] int stopSignal() const noexcept override;
  void afterKill() override;
};

class PrivateMariaDb final : public PrivateServer {
 public:
  /// Started when the constructor returns.
  explicit PrivateMariaDb(const PrivateOptions& options = {});
  ~PrivateMariaDb() override { end(); }
  PrivateMariaDb(const PrivateMariaDb&) = delete;
  PrivateMariaDb& operator=(const PrivateMariaDb&) = delete;

  void configure(const std::string& line) override;

 private:
  [[nodiscard]] std::vector<std::string> command() const override;
  [[nodiscard]] int stopSignal() const noexcept override;
};

/// A PgBouncer before a PostgreSQL of this test run, in transaction mode, reached like a server.
class PrivatePgBouncer final : public PrivateServer {
 public:
  /// Started when the constructor returns.
  explicit PrivatePgBouncer(const Server& behind, const PrivateOptions& options = {});
  ~PrivatePgBouncer() override { end(); }
  PrivatePgBouncer(const PrivatePgBouncer&) = delete;
  PrivatePgBouncer& operator=(const PrivatePgBouncer&) = delete;

  void configure(const std::string& line) override;

 private:
  [[nodiscard]] std::vector<std::string> command() const override;
  [[nodiscard]] int stopSignal() const noexcept override;
};

}  // namespace sonde::test

/// As SONDE_NEEDS_SERVER, for a test that starts servers of its own.
#define SONDE_NEEDS_PRIVATE_SERVER(kind)                         \
  do {                                                           \
    if (!::sonde::test::canStartPrivateServer(kind)) {           \
      const auto sondeWhyNot = ::sonde::test::whyNoServer(kind); \
      if (::sonde::test::serversAreRequired()) {                 \
        FAIL() << sondeWhyNot;                                   \
      }                                                          \
      GTEST_SKIP() << sondeWhyNot;                               \
    }                                                            \
  } while (false)
