#include "postgres_dialect.hpp"

namespace sonde {

const PostgresDialect& PostgresDialect::instance() noexcept {
  static const PostgresDialect dialect;
  return dialect;
}

}  // namespace sonde
