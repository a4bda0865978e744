// Advice on a MySQL or MariaDB server and one of its databases.
//
// Invariant: see Tuner. Reads global variables, counters and information_schema. Nothing counts as
// safe: what can be set at all holds for every session of the server. Used by the driver.
#pragma once

#include "../tuner.hpp"

namespace sonde {

/// See the file comment.
class MysqlTuner final : public Tuner {
 public:
  [[nodiscard]] TuningReport advise(Connection& connection,
                                    const TuningRequest& request) const override;
};

}  // namespace sonde
