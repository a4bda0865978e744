// The admin server of a database, for those who only start and stop one.
//
// Invariant: declared here and made in server/, so that what stands beside server/ (the command)
// needs to know nothing of HTTP. Programs use AdminServer itself.
#pragma once

#include <memory>
#include <string>

#include "database.hpp"

namespace sonde {

/// An admin server that listens as long as it lives. See AdminServer.
class AdminService {
 public:
  virtual ~AdminService() = default;

  /// @return Where it listens: "http://127.0.0.1:9090".
  [[nodiscard]] virtual std::string url() const = 0;
  /// Ends the requests in flight and stops. Twice does nothing.
  virtual void stop() noexcept = 0;
};

/// Starts an admin server. @throws what AdminServer::start() throws.
[[nodiscard]] std::unique_ptr<AdminService> startAdminService(const Database& db,
                                                              const AdminConfig& config);

}  // namespace sonde
