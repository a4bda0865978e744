#include "block_budget.hpp"

#include <string>
#include <utility>

#include "../core/error.hpp"

namespace sonde {

void BlockBudget::refuse(std::size_t row) const {
  ErrorDetails details;
  details.hint = "stream the rows, or ask for fewer";
  throw ResultTooLarge("the result is larger than the limit of " + std::to_string(limit_) +
                           " bytes; it was given up in row " + std::to_string(row),
                       std::move(details));
}

}  // namespace sonde
