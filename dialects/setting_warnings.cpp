#include "setting_warnings.hpp"

namespace sonde {

void warnOfUnhonoured(Connection& connection, const Logger& logger) {
  if (!logger.enabled(LogLevel::Warn)) return;
  for (const SettingReport& report : connection.settings()) {
    if (report.honoured()) continue;
    logger.log(LogLevel::Warn, "a setting did not take effect",
               {{"setting", report.name},
                {"requested", report.requested},
                {"effective", report.effective},
                {"scope", settingScopeName(report.scope)},
                {"reason", report.reason}});
  }
}

}  // namespace sonde
