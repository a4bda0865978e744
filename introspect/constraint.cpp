#include "constraint.hpp"

namespace sonde {

std::string_view referentialActionName(ReferentialAction action) noexcept {
  switch (action) {
    case ReferentialAction::NoAction:
      return "NO ACTION";
    case ReferentialAction::Restrict:
      return "RESTRICT";
    case ReferentialAction::Cascade:
      return "CASCADE";
    case ReferentialAction::SetNull:
      return "SET NULL";
    case ReferentialAction::SetDefault:
      return "SET DEFAULT";
  }
  return "NO ACTION";
}

}  // namespace sonde
