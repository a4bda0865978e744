#include "tuner.hpp"

namespace sonde {

std::string_view severityName(AdviceSeverity severity) noexcept {
  switch (severity) {
    case AdviceSeverity::Note:
      return "note";
    case AdviceSeverity::Advice:
      return "advice";
    case AdviceSeverity::Danger:
      return "danger";
  }
  return {};
}

std::string_view riskName(AdviceRisk risk) noexcept {
  switch (risk) {
    case AdviceRisk::Safe:
      return "safe";
    case AdviceRisk::Consent:
      return "consent";
    case AdviceRisk::Restart:
      return "restart";
    case AdviceRisk::Configuration:
      return "configuration";
  }
  return {};
}

}  // namespace sonde
