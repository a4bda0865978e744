// Advice on a SQLite database.
//
// Invariant: see Tuner. Reads PRAGMAs, sqlite_schema, sqlite_stat1 and the counters of the
// connection; counts rows of a table no further than it has to. Used by the driver.
#pragma once

#include "../tuner.hpp"

namespace sonde {

/// See the file comment.
class SqliteTuner final : public Tuner {
 public:
  [[nodiscard]] TuningReport advise(Connection& connection,
                                    const TuningRequest& request) const override;
};

}  // namespace sonde
