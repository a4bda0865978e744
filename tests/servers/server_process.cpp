#include "server_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>

namespace sonde::test {
namespace {

struct Account {
  bool change = false;
  uid_t user = 0;
  gid_t group = 0;
};

Account accountOf(const std::string& name) {
  if (geteuid() != 0) return {};
  const passwd* const entry = getpwnam(name.c_str());
  if (entry == nullptr) throw std::runtime_error("there is no user " + name);
  return {true, entry->pw_uid, entry->pw_gid};
}

// In the child: only what may be called between fork and exec.
[[noreturn]] void become(char* const* words, const Account& account, int log) {
  setsid();
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  close(STDIN_FILENO);
  open("/dev/null", O_RDONLY);
  close_range(3, ~0U, 0);
  if (account.change &&
      (setgroups(0, nullptr) != 0 || setgid(account.group) != 0 || setuid(account.user) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  execvp(words[0], words);
  _exit(127);
}

// What the kernel calls the state of a process or thread; 'X' where there is none.
char stateOf(const std::string& folder) {
  std::ifstream file(folder + "/stat");
  std::string stat;
  if (!std::getline(file, stat)) return 'X';
  const std::size_t name = stat.rfind(") ");
  return name == std::string::npos ? 'X' : stat[name + 2];
}

bool alive(int pid) {
  const char state = stateOf("/proc/" + std::to_string(pid));
  return state != 'Z' && state != 'X';
}

bool stopped(int pid) {
  std::error_code gone;
  const std::filesystem::directory_iterator threads("/proc/" + std::to_string(pid) + "/task", gone);
  if (gone) return true;
  return std::all_of(begin(threads), end(threads), [](const auto& thread) {
    const char state = stateOf(thread.path().string());
    return state == 'T' || state == 'Z' || state == 'X';
  });
}

}  // namespace

ServerProcess::ServerProcess(std::vector<std::string> words, const std::string& user,
                             const std::string& log) {
  const Account account = accountOf(user);
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) throw std::runtime_error("cannot write " + log);
  std::promise<int> started;
  std::future<int> pid = started.get_future();
  parent_ = std::thread([this, words = std::move(words), account, output, &started]() mutable {
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const pid_t child = fork();
    if (child == 0) become(arguments.data(), account, output);
    started.set_value(child);  // `started` is gone from here on
    if (child < 0) return;
    siginfo_t info;
    waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);
    const std::lock_guard lock(mutex_);
    ended_ = true;
    waitpid(child, nullptr, 0);
  });
  pid_ = pid.get();
  close(output);
  if (pid_ < 0) {
    parent_.join();
    throw std::runtime_error("cannot start a process");
  }
}

ServerProcess::~ServerProcess() {
  signalAll(SIGKILL);
  parent_.join();
}

bool ServerProcess::running() const {
  const std::lock_guard lock(mutex_);
  return !ended_;
}

void ServerProcess::signal(int number) const {
  const std::lock_guard lock(mutex_);
  if (!ended_) kill(pid_, number);
}

void ServerProcess::signalAll(int number) const {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  left_ = children();
  kill(pid_, number);
  for (const int child : left_) kill(child, number);
}

void ServerProcess::freeze() const {
  signalAll(SIGSTOP);
  // The signal reaches each thread when it next runs, and until then it may answer.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  const auto frozen = [this] {
    const std::lock_guard lock(mutex_);
    return ended_ || (stopped(pid_) && std::all_of(left_.begin(), left_.end(), stopped));
  };
  while (!frozen()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("it does not stop");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

bool ServerProcess::endsWithin(std::chrono::milliseconds timeout) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const auto ended = [this] {
    const std::lock_guard lock(mutex_);
    return ended_ && std::none_of(left_.begin(), left_.end(), alive);
  };
  while (!ended()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

std::vector<int> ServerProcess::children() const {
  const std::string id = std::to_string(pid_);
  std::vector<int> pids;
  std::ifstream file("/proc/" + id + "/task/" + id + "/children");
  for (int pid = 0; file >> pid;) pids.push_back(pid);
  return pids;
}

}  // namespace sonde::test
