#include "open.hpp"

namespace sonde::cli {

Database openForReading(const std::string& uri) {
  Config config;
  config.uri = uri;
  config.access = AccessMode::ReadOnly;
  return Database::open(config);
}

Database openForWriting(const std::string& uri) { return Database::open(uri); }

}  // namespace sonde::cli
