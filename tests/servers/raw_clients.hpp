// Each client library's own way to a RawSession, in a file of its own that is left out of the build
// where the library is missing.
#pragma once

#include <memory>
#include <string>

#include "raw_session.hpp"

namespace sonde::test {

[[nodiscard]] std::unique_ptr<RawSession> openRawPostgres(const Server& server,
                                                          const std::string& database);
[[nodiscard]] std::unique_ptr<RawSession> openRawMySql(const Server& server,
                                                       const std::string& database);

}  // namespace sonde::test
