#include "mock_driver.hpp"

#include "../../query/renderer.hpp"
#include "mock_connection.hpp"

namespace sonde {

const Capabilities& MockCompiler::capabilities() const noexcept {
  static constexpr Capabilities kCapabilities = [] {
    Capabilities c;
    c.fileSettings = true;
    c.returning = c.returningSeesTriggers = c.conflictTarget = c.savepoints = true;
    c.transactionalDdl = c.defaultKeyword = c.nullsOrder = c.arrayParameters = true;
    c.lastInsertId = c.multiRowInsertIsFaster = true;
    c.maxParameters = 65535;
    return c;
  }();
  return kCapabilities;
}

void MockCompiler::renderInArray(query::Renderer& out, const query::InArray& in) const {
  out.operand(in.subject).sql(" = ANY(");
  out.transformed(in.list, query::BindTransform::List).sql(")");
}

const MockDialect& MockDialect::instance() noexcept {
  static const MockDialect dialect;
  return dialect;
}

std::shared_ptr<MockDatabase> MockDriver::database(const DriverOptions& options) const {
  return database_ ? database_ : MockDatabase::named(options.uri.path);
}

std::unique_ptr<Connection> MockDriver::connect(const DriverOptions& options,
                                                TransactionMode mode) const {
  const bool readOnly = options.access == AccessMode::ReadOnly || mode == TransactionMode::Read;
  return std::make_unique<MockConnection>(database(options), readOnly, options.settings);
}

Topology MockDriver::topology(Connection&, const DriverOptions& options) const {
  return database(options)->topology();
}

EngineSettings MockDriver::profile(std::string_view name) const {
  return {{"profile", std::string(profileName(parseProfile(name)))}};
}

std::unique_ptr<Driver> makeMockDriver() { return std::make_unique<MockDriver>(); }

}  // namespace sonde
