#include "view.hpp"

#include "../core/error.hpp"

namespace sonde {

Repository View::getRepository(std::string_view table) const {
  if (executor_->runtime()->pool().closed()) throw ConnectionError("the database was closed");
  return Repository(executor_, table, plans_);
}

}  // namespace sonde
