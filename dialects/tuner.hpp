// What an engine knows of its own tuning: reads settings and facts of a database, and says what it
// would change, why, and how to undo it.
//
// Invariant: a tuner only reads; it changes nothing, neither in the database nor in the connection.
// A fact that this user may not read is told, and costs no more than its own advice. Used by
// monitor/tuning.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connection.hpp"
#include "profiles.hpp"

namespace sonde {

/// A setting, or something counted, and where that value comes from.
struct TuningFact {
  std::string name;
  std::string value;
  std::string source;  ///< "database file", "connection", "configuration file", "default" …
  SettingScope scope = SettingScope::Connection;
};

/// How much an advice matters.
enum class AdviceSeverity : std::uint8_t {
  Note,    ///< Worth knowing; nothing is wrong.
  Advice,  ///< Costs time or space as it is.
  Danger,  ///< Data may be lost or damaged.
};

/// What it takes to follow an advice.
enum class AdviceRisk : std::uint8_t {
  Safe,           ///< Changes no data and no promise; quick; `apply` is run when asked to.
  Consent,        ///< Its price has to be weighed by somebody: never run by itself.
  Restart,        ///< The server has to be restarted for it.
  Configuration,  ///< A line in a configuration of sonde, the server or the system.
};

/// One thing to change.
struct Recommendation {
  std::string id;       ///< What is wrong, the same for every database: "sqlite.statistics.stale".
  std::string subject;  ///< Where: a setting, a table, an index.
  std::string current;
  std::string recommended;
  std::string reason;    ///< In plain words, with the evidence.
  std::string tradeOff;  ///< What it costs.
  AdviceSeverity severity = AdviceSeverity::Advice;
  AdviceRisk risk = AdviceRisk::Consent;
  std::vector<std::string> apply;  ///< Statements in order, or lines of a configuration.
  std::vector<std::string> undo;   ///< What takes it back; empty where nothing has to be.
};

/// What a tuner found.
struct TuningReport {
  std::vector<TuningFact> facts;
  std::vector<Recommendation> recommendations;
  std::vector<std::string> unread;  ///< What could not be read, and why.
};

/// What the advice is wanted for.
struct TuningRequest {
  std::string profileName;  ///< What the database should be fit for; empty: no profile.
  EngineSettings profile;   ///< What that profile sets (Driver::profile).
};

/// @return "note", "advice" or "danger".
[[nodiscard]] std::string_view severityName(AdviceSeverity severity) noexcept;
/// @return "safe", "consent", "restart" or "configuration".
[[nodiscard]] std::string_view riskName(AdviceRisk risk) noexcept;

/// See the file comment. Stateless and thread-safe.
class Tuner {
 public:
  virtual ~Tuner() = default;

  /// Reads through the connection, which must not be inside a transaction, and judges.
  /// @return Facts and recommendations, the gravest first. @throws ConnectionError, and Timeout or
  /// Cancelled as the connection is armed.
  [[nodiscard]] virtual TuningReport advise(Connection& connection,
                                            const TuningRequest& request) const = 0;
};

}  // namespace sonde
