#include "admin_server.hpp"

#include <arpa/inet.h>

#include <mutex>
#include <utility>

#include "../db/admin_service.hpp"
#include "admin_routes.hpp"
#include "http_listener.hpp"

namespace sonde {
namespace {

// Of an address that was resolved.
bool isLoopback(const std::string& address) noexcept {
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24U) == 127U;
  return address == "::1";
}

class RunningServer final : public AdminService {
 public:
  RunningServer(const Database& db, const AdminConfig& config)
      : server_(db, AdminOptions::from(config)) {
    server_.start();
  }
  [[nodiscard]] std::string url() const override { return server_.url(); }
  void stop() noexcept override { server_.stop(); }

 private:
  AdminServer server_;
};

}  // namespace

struct AdminServer::State {
  AdminOptions options;
  Logger logger;
  Router router;
  mutable std::mutex mutex;  // guards the listener
  std::unique_ptr<detail::HttpListener> listener;
};

AdminOptions AdminOptions::from(const AdminConfig& config) {
  AdminOptions options;
  options.address = config.address;
  options.port = config.port;
  options.token = config.token;
  options.hosts = config.hosts;
  return options;
}

AdminServer::AdminServer(const Database& db)
    : AdminServer(db, AdminOptions::from(db.config().admin)) {}

AdminServer::AdminServer(const Database& db, AdminOptions options)
    : state_(std::make_unique<State>()) {
  state_->router = adminRouter(db, {options.token, options.hosts});
  state_->logger = db.logger();
  state_->options = std::move(options);
}

AdminServer::~AdminServer() { stop(); }

Router& AdminServer::router() noexcept { return state_->router; }

void AdminServer::start() {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  if (state.listener != nullptr) return;
  state.listener = detail::listenHttp({state.options.address, state.options.port},
                                      state.options.limits, state.router, state.logger);
  const std::string& address = state.listener->endpoint().address;
  const std::string port = std::to_string(state.listener->endpoint().port);
  state.logger.log(LogLevel::Info, "the admin server listens",
                   {{"address", address}, {"port", port}});
  if (!isLoopback(address) && state.options.token.empty()) {
    state.logger.log(LogLevel::Warn,
                     "the admin server can be reached from other machines and asks for no token",
                     {{"address", address}, {"port", port}});
  }
}

void AdminServer::stop() noexcept {
  std::unique_ptr<detail::HttpListener> listener;
  {
    const std::lock_guard lock(state_->mutex);
    listener = std::move(state_->listener);
  }
  if (listener != nullptr) listener->stop();
}

bool AdminServer::running() const noexcept {
  const std::lock_guard lock(state_->mutex);
  return state_->listener != nullptr;
}

std::uint16_t AdminServer::port() const noexcept {
  const std::lock_guard lock(state_->mutex);
  return state_->listener == nullptr ? std::uint16_t{0} : state_->listener->endpoint().port;
}

std::string AdminServer::url() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->listener == nullptr) return {};
  const detail::HttpEndpoint& at = state_->listener->endpoint();
  const bool brackets = at.address.find(':') != std::string::npos;
  return "http://" + (brackets ? "[" + at.address + "]" : at.address) + ":" +
         std::to_string(at.port);
}

std::unique_ptr<AdminService> startAdminService(const Database& db, const AdminConfig& config) {
  return std::make_unique<RunningServer>(db, config);
}

}  // namespace sonde
