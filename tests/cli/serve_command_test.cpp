// `sonde serve`, as the program that it is.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <vector>

#include "../server/raw_client.hpp"
#include "../support/process.hpp"
#include "command_fixture.hpp"

namespace sonde::test {
namespace {

using testing::HasSubstr;

/// The command while it runs, and what it prints.
class RunningCommand {
 public:
  explicit RunningCommand(const std::vector<std::string>& words) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    child_ = fork();
    if (child_ == 0) {
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      close(ends[1]);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    close(ends[1]);
    output_ = ends[0];
  }
  ~RunningCommand() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
    close(output_);
  }
  RunningCommand(const RunningCommand&) = delete;
  RunningCommand& operator=(const RunningCommand&) = delete;

  /// @return The next line; what there was where no more comes.
  std::string line() const {
    std::string text;
    char c = 0;
    while (read(output_, &c, 1) == 1 && c != '\n') text += c;
    return text;
  }
  void signal(int number) const { kill(child_, number); }
  /// @return The exit code, 128 + the signal where one ended it.
  int wait() {
    int status = 0;
    waitpid(child_, &status, 0);
    child_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t child_ = -1;
  int output_ = -1;
};

class ServeCommand : public CommandTest {
 protected:
  static std::uint16_t portIn(const std::string& line) {
    return static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
  }
  std::string source_ = database("CREATE TABLE users(id INTEGER PRIMARY KEY)");
};

TEST_F(ServeCommand, ServesUntilItIsToldToStop) {
  for (const int number : {SIGTERM, SIGINT}) {
    RunningCommand command({SONDE_COMMAND, "serve", source_, "--admin", "127.0.0.1:0"});
    const std::string line = command.line();
    ASSERT_THAT(line, HasSubstr("listening on http://127.0.0.1:"));
    RawClient resting(portIn(line));
    EXPECT_EQ(resting.get("/livez").status, 200);
    EXPECT_EQ(RawClient(portIn(line)).get("/schema").status, 200);
    const ProcessResult second = runProcess(
        {SONDE_COMMAND, "serve", source_, "--admin", "127.0.0.1:" + std::to_string(portIn(line))});
    EXPECT_EQ(second.exitCode, 1);
    EXPECT_THAT(second.err, HasSubstr("the port is in use"));
    command.signal(number);
    EXPECT_EQ(command.line(), "stopped");
    EXPECT_EQ(command.wait(), 0);
    EXPECT_TRUE(resting.closes());
  }
  EXPECT_EQ(folder_.entries(), 1U);  // nothing beside the database
}

TEST_F(ServeCommand, AsksForTheTokenOfAVariable) {
  setenv("SERVE_COMMAND_TOKEN", "hush", 1);
  RunningCommand command({SONDE_COMMAND, "serve", source_, "--admin", "[::1]:0", "--token-env",
                          "SERVE_COMMAND_TOKEN"});
  const std::string line = command.line();
  unsetenv("SERVE_COMMAND_TOKEN");
  EXPECT_THAT(line, HasSubstr("http://[::1]:"));
  EXPECT_THAT(line, testing::EndsWith("(a token is asked for)"));
  EXPECT_THAT(line, testing::Not(HasSubstr("hush")));
  command.signal(SIGTERM);
  EXPECT_EQ(command.wait(), 0);
}

TEST_F(ServeCommand, RefusesWhatItCannotServe) {
  for (const char* const wrong : {"9090", "localhost", ":9090", "localhost:", "localhost:http",
                                  "localhost:70000", "::1:9090", "127.0.0.1:-1"}) {
    const CommandResult result = sondeCommand({"serve", source_, "--admin", wrong});
    EXPECT_EQ(result.code, 1) << wrong;
    EXPECT_THAT(result.err, HasSubstr("--admin takes HOST:PORT")) << wrong;
  }
  const CommandResult unset = sondeCommand(
      {"serve", source_, "--admin", "localhost:0", "--token-env", "NO_SUCH_VARIABLE_HERE"});
  EXPECT_THAT(unset.err, HasSubstr("\"NO_SUCH_VARIABLE_HERE\""));
  EXPECT_EQ(sondeCommand({"serve", source_}).code, 2);
  EXPECT_EQ(sondeCommand({"serve", folder_.file("none.db"), "--admin", "localhost:0"}).code, 1);
}

}  // namespace
}  // namespace sonde::test
