#include "doctor_sections.hpp"

#include <array>

namespace sonde::cli {

std::span<const DoctorSection> doctorSections() {
  static constexpr std::array kSections{
      DoctorSection{"health", lookAtHealth},
      DoctorSection{"settings", lookAtSettings},
      DoctorSection{"indexes", lookAtIndexes},
  };
  return kSections;
}

}  // namespace sonde::cli
