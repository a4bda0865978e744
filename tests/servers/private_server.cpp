#include "private_server.hpp"

#include <arpa/inet.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

#include "../support/process.hpp"
#include "raw_session.hpp"

namespace sonde::test {
namespace {

constexpr std::chrono::seconds kPatience{60};

// Below the ports that the kernel gives to clients, so that it stays free while the server is down.
std::uint16_t freePort() {
  static std::minstd_rand random(std::random_device{}());
  for (;;) {
    const auto port = static_cast<std::uint16_t>(10000 + random() % 10000);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    if (free) return port;
  }
}

std::string readFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

void checked(const std::vector<std::string>& words) {
  const ProcessResult result = runProcess(words);
  if (result.exitCode != 0) throw std::runtime_error(words.front() + ": " + result.err);
}

}  // namespace

bool canStartPrivateServer(ServerKind kind) {
  return !serverState(stateName(kind) + "_template").empty();
}

PrivateServer::PrivateServer(ServerKind kind, const PrivateOptions& options)
    : account_(serverState(stateName(kind) + "_run_as")) {
  if (!canStartPrivateServer(kind)) throw std::runtime_error(whyNoServer(kind));
  // Within the folder of the test run's servers, which goes away even if this program is killed.
  folder_ = serverState("folder") + "/private/XXXXXX";
  if (mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("cannot make " + folder_);
  server_.kind = kind;
  server_.port = freePort();
  server_.user = serverState("user");
  server_.password = serverState("password");
  server_.tlsCa = serverState("tls_ca");
  server_.tlsCertificate = serverState("tls_certificate");
  server_.tlsKey = serverState("tls_key");
  server_.dataFolder = file("data");
  append("config", joined(options.config));
  if (geteuid() == 0) checked({"chown", "-R", account_, folder_});
}

PrivateServer::~PrivateServer() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PrivateServer::start() {
  if (running()) return;
  process_ = std::make_unique<ServerProcess>(command(), account_, file("log"));
  server_.pid = process_->pid();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!answers()) {
    if (!process_->running() || std::chrono::steady_clock::now() > deadline) {
      const std::string text = log();
      throw std::runtime_error("the server does not answer: " +
                               text.substr(text.size() - std::min<std::size_t>(text.size(), 2000)));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void PrivateServer::stop() {
  if (!process_) return;
  process_->signal(stopSignal());
  if (!process_->endsWithin(kPatience)) throw std::runtime_error("the server does not stop");
  process_.reset();
}

void PrivateServer::kill() {
  if (!process_) return;
  process_->signalAll(SIGKILL);
  if (!process_->endsWithin(kPatience)) throw std::runtime_error("the server cannot be killed");
  process_.reset();
  afterKill();
}

void PrivateServer::restart() {
  stop();
  start();
}

bool PrivateServer::running() const { return process_ && process_->running(); }

void PrivateServer::freeze() const {
  if (process_) process_->freeze();
}

void PrivateServer::thaw() const {
  if (process_) process_->signalAll(SIGCONT);
}

std::string PrivateServer::log() const { return readFile(file("log")); }

void PrivateServer::append(const std::string& name, const std::string& text) const {
  std::ofstream(file(name), std::ios::app) << text;
}

void PrivateServer::copy(const std::string& from, const std::string& name) const {
  checked({"cp", "-a", from, file(name)});
}

void PrivateServer::runAsAccount(std::vector<std::string> words) const {
  if (geteuid() == 0) {
    const std::vector<std::string> become = {"runuser", "-u", account_, "--"};
    words.insert(words.begin(), become.begin(), become.end());
  }
  checked(words);
}

bool PrivateServer::answers() const {
  try {
    return openRaw(server_, server_.adminDatabase())->value("SELECT 1") == "1";
  } catch (const std::runtime_error&) {
    return false;
  }
}

void PrivateServer::end() noexcept {
  try {
    kill();
  } catch (const std::exception&) {
    // The process is one that nothing can kill; the test has said so before.
  }
}

// --- PostgreSQL ----------------------------------------------------------------------------------

PrivatePostgres::PrivatePostgres(const PrivateOptions& options)
    : PrivateServer(ServerKind::Postgres, options) {
  server_.socket = folder();
  if (options.primary != nullptr) {
    const Server& from = options.primary->server();
    runAsAccount({serverState("postgres_program") + "/pg_basebackup", "--pgdata", file("data"),
                  "--write-recovery-conf", "--checkpoint", "fast", "--no-sync", "--host",
                  from.socket, "--port", std::to_string(from.port), "--username", from.user});
  } else {
    copy(serverState("postgres_template"), "data");
  }
  const std::string rest = readFile(file("data/pg_hba.conf"));
  std::ofstream(file("data/pg_hba.conf")) << joined(options.access) << rest;
  append("data/postgresql.conf", "include '" + file("config") + "'\n");
  start();
}

void PrivatePostgres::configure(const std::string& line) { append("config", line + "\n"); }

std::vector<std::string> PrivatePostgres::command() const {
  return {serverState("postgres_program") + "/postgres",
          "-D",
          file("data"),
          "-k",
          folder(),
          "-p",
          std::to_string(server().port)};
}

int PrivatePostgres::stopSignal() const noexcept { return SIGINT; }

// The shared memory of a killed server outlives it. Its id is in the seventh line of the pid file.
void PrivatePostgres::afterKill() {
  std::ifstream lines(file("data/postmaster.pid"));
  std::string line;
  for (int i = 0; i < 7; ++i) std::getline(lines, line);
  std::istringstream words(line);
  unsigned long key = 0;
  int id = 0;
  if (words >> key >> id) shmctl(id, IPC_RMID, nullptr);
}

// --- MariaDB -------------------------------------------------------------------------------------

PrivateMariaDb::PrivateMariaDb(const PrivateOptions& options)
    : PrivateServer(ServerKind::MySql, options) {
  server_.socket = file("mysqld.sock");
  copy(serverState("mysql_template"), "data");
  // The last word on a setting holds.
  const std::string own = readFile(file("config"));
  std::ofstream(file("config")) << readFile(serverState("folder") + "/mysql/my.cnf")
                                << "tmpdir = " << folder() << "\n"
                                << own;
  start();
}

void PrivateMariaDb::configure(const std::string& line) { append("config", line + "\n"); }

std::vector<std::string> PrivateMariaDb::command() const {
  return {serverState("mysql_program"),
          "--defaults-file=" + file("config"),
          "--datadir=" + file("data"),
          "--socket=" + server().socket,
          "--port=" + std::to_string(server().port),
          "--pid-file=" + file("pid"),
          "--init-file=" + serverState("folder") + "/mysql/users.sql"};
}

int PrivateMariaDb::stopSignal() const noexcept { return SIGTERM; }

// --- PgBouncer -----------------------------------------------------------------------------------

PrivatePgBouncer::PrivatePgBouncer(const Server& behind, const PrivateOptions& options)
    : PrivateServer(ServerKind::Postgres, {}) {
  server_.socket = folder();
  const std::string host = behind.socket.empty() ? behind.host : behind.socket;
  append("config", "[databases]\n* = host=" + host + " port=" + std::to_string(behind.port) +
                       " user=" + behind.user + "\n[pgbouncer]\npool_mode = transaction\n" +
                       "auth_type = any\nlisten_addr = 127.0.0.1\nunix_socket_dir = " + folder() +
                       "\nlisten_port = " + std::to_string(server_.port) + "\n");
  append("config", joined(options.config));
  start();
}

void PrivatePgBouncer::configure(const std::string& line) { append("config", line + "\n"); }

std::vector<std::string> PrivatePgBouncer::command() const { return {"pgbouncer", file("config")}; }

int PrivatePgBouncer::stopSignal() const noexcept { return SIGTERM; }

}  // namespace sonde::test
