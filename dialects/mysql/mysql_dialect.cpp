#include "mysql_dialect.hpp"

namespace sonde {

const MysqlDialect& MysqlDialect::of(MysqlProduct product) noexcept {
  static const MysqlDialect mysql(MysqlProduct::Mysql);
  static const MysqlDialect mariaDb(MysqlProduct::MariaDb);
  return product == MysqlProduct::MariaDb ? mariaDb : mysql;
}

std::string_view MysqlDialect::name() const noexcept {
  return compiler_.product() == MysqlProduct::MariaDb ? "mariadb" : "mysql";
}

}  // namespace sonde
