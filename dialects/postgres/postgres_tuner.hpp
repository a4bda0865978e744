// Advice on a PostgreSQL server and database.
//
// Invariant: see Tuner. Reads pg_settings, pg_stat_… and the catalog. Nothing is set for the server
// as a whole: that is advice as SQL, and only ANALYZE of a table counts as safe. Used by the
// driver.
#pragma once

#include "../tuner.hpp"

namespace sonde {

/// See the file comment.
class PostgresTuner final : public Tuner {
 public:
  [[nodiscard]] TuningReport advise(Connection& connection,
                                    const TuningRequest& request) const override;
};

}  // namespace sonde
