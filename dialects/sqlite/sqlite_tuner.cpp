#include "sqlite_tuner.hpp"

#include "../../core/error.hpp"
#include "sqlite_connection.hpp"
#include "sqlite_setting_specs.hpp"
#include "sqlite_tuner_rules.hpp"

namespace sonde {
namespace {

/// What the wanted profile keeps in the file is changed when asked to: the profile was named. What
/// it sets on connections is for the configuration.
void judgeProfile(SqliteHandle& handle, const SqliteFacts& facts, const TuningRequest& request,
                  TunerReading& reading) {
  std::vector<std::string> differing;
  for (const auto& [name, value] : request.profile) {
    const auto index = findSqliteSpec(name);
    if (!index) continue;
    const SqliteSpec& spec = sqliteSpecs()[*index];
    const std::string now = sqliteEffectiveSetting(handle, name);
    if (now == value) continue;
    if (!spec.inFile || !facts.inFile()) {
      differing.push_back(name + " = " + value + " (now " + now + ")");
      continue;
    }
    Recommendation advice;
    advice.id = "sqlite.profile." + name;
    advice.subject = name;
    advice.current = now;
    advice.recommended = value;
    advice.risk = AdviceRisk::Safe;
    advice.reason = "the profile asks for it, and it is kept in the file";
    advice.tradeOff = "see docs/tuning.md";
    advice.apply = {"PRAGMA " + name + " = " + value};
    advice.undo = {"PRAGMA " + name + " = " + now};
    reading.advise(std::move(advice));
  }
  if (differing.empty()) return;
  Recommendation advice;
  advice.id = "sqlite.profile.connection";
  advice.subject = "settings of connections";
  advice.current = listText(differing, differing.size());
  advice.recommended = "as the profile has them";
  advice.severity = AdviceSeverity::Note;
  advice.risk = AdviceRisk::Configuration;
  advice.reason = "they hold for one connection, so each program has to ask for them as it opens";
  advice.tradeOff = "see docs/tuning.md";
  advice.apply = {"optimization.profile = " + request.profileName};
  advice.undo = {"leave the line out"};
  reading.advise(std::move(advice));
}

}  // namespace

TuningReport SqliteTuner::advise(Connection& connection, const TuningRequest& request) const {
  auto* const sqlite = dynamic_cast<SqliteConnection*>(&connection);
  if (sqlite == nullptr) throw Unsupported("not a connection of this driver");
  TuningReport report;
  TunerReading reading(connection, report);
  const SqliteFacts facts = readSqliteFacts(*sqlite, reading);
  judgeSqliteDangers(facts, reading);
  judgeProfile(sqlite->handle(), facts, request, reading);
  judgeSqliteStatistics(facts, reading);
  judgeSqliteFileShape(facts, reading);
  if (request.profile.empty()) judgeSqliteJournal(facts, reading);
  judgeSqliteUpkeep(facts, reading);
  judgeSqliteLibrary(facts, reading);
  return report;
}

}  // namespace sonde
