#include "sqlite_dialect.hpp"

namespace sonde {

const SqliteDialect& SqliteDialect::instance() noexcept {
  static const SqliteDialect dialect;
  return dialect;
}

}  // namespace sonde
