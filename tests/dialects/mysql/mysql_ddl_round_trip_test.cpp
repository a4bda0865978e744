// A schema written as DDL makes the same schema again on the server.
#include <gtest/gtest.h>

#include <sonde/dialects/mysql/mysql_dialect.hpp>

#include "mysql_catalog_fixture.hpp"

namespace sonde::test {
namespace {

class MysqlDdl : public MysqlCatalog {
 protected:
  /// Writes what is there as DDL and runs that in the database made anew, under its own name: the
  /// texts of views name it.
  std::shared_ptr<const Schema> madeAgain(const Schema& schema) {
    const std::string sql = MysqlDialect::of(MysqlProduct::MariaDb).compiler().createSchema(schema);
    db().run("DROP DATABASE " + db().name() + "; CREATE DATABASE " + db().name() + " " +
             kCollation + "; USE " + db().name());
    SCOPED_TRACE(sql);
    db().run(sql);
    return this->schema();
  }
};

TEST_F(MysqlDdl, MakesTheSameSchemaAgain) {
  const auto first = schemaOf(
      "CREATE TABLE users(id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(255) NOT "
      "NULL"
      " UNIQUE COMMENT 'it''s \\\\ unique', kind ENUM('a','b,c','d''e','') NOT NULL DEFAULT 'b,c',"
      " flags SET('x','y'), active BOOL NOT NULL DEFAULT TRUE, bits BIT(8) DEFAULT b'101',"
      " doc JSON, `own``json` VARCHAR(99) CHECK (JSON_VALID(`own``json`)), raw LONGTEXT CHARACTER "
      "SET latin1 CHECK (JSON_VALID(raw)), name VARCHAR(50) COLLATE utf8mb4_bin DEFAULT 'a\\nb',"
      " price DECIMAL(10,2) UNSIGNED DEFAULT 1.5, twice DECIMAL(12,2) AS (price * 2) STORED, made "
      "TIMESTAMP(3) "
      "NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), gone DATETIME NULL,"
      " token UUID DEFAULT UUID(), place POINT NOT NULL, txt TEXT, CONSTRAINT paid CHECK (price > 0"
      " OR name = 'it''s'), KEY part(name(5), kind DESC), KEY unused(active) IGNORED, FULLTEXT KEY "
      "words(txt), SPATIAL KEY area(place), UNIQUE KEY start(name(3)), UNIQUE KEY whole(txt))"
      " COMMENT 'who';"
      "CREATE TABLE posts(a INT, b INT, user_id BIGINT UNSIGNED, PRIMARY KEY (b, a), FOREIGN KEY "
      "(user_id) REFERENCES users(id) ON DELETE CASCADE ON UPDATE SET NULL, CONSTRAINT self FOREIGN"
      " KEY (b, a) REFERENCES posts(b, a));"
      "CREATE VIEW actives AS SELECT id, email FROM users WHERE active WITH CASCADED CHECK OPTION;"
      "CREATE TRIGGER checked BEFORE INSERT ON posts FOR EACH ROW SET NEW.a = NEW.a + 1");
  ASSERT_EQ(first->table("users").column("own`json").type, Type::Json);
  ASSERT_EQ(first->table("users").column("raw").type, Type::Json);
  const auto second = madeAgain(*first);
  EXPECT_EQ(second->fingerprint(), first->fingerprint());
  const auto& compiler = MysqlDialect::of(MysqlProduct::MariaDb).compiler();
  EXPECT_EQ(compiler.createSchema(*second), compiler.createSchema(*first));
}

TEST_F(MysqlDdl, MakesCirclesOfKeysAndCountersWithoutAKeyOfTheirOwnAgain) {
  const auto first = schemaOf(
      "CREATE TABLE chicken(id INT PRIMARY KEY, egg INT);"
      "CREATE TABLE egg(id INT PRIMARY KEY, chicken INT, twin INT, FOREIGN KEY (chicken) "
      "REFERENCES "
      "chicken(id), FOREIGN KEY (twin) REFERENCES egg(id));"
      "ALTER TABLE chicken ADD CONSTRAINT laid FOREIGN KEY (egg) REFERENCES egg(id);"
      "CREATE TABLE log(at DATETIME PRIMARY KEY, number INT NOT NULL AUTO_INCREMENT, kind INT, KEY "
      "`by``number`(number, kind), KEY other(kind))");
  const auto& compiler = MysqlDialect::of(MysqlProduct::MariaDb).compiler();
  const std::string script = compiler.createSchema(*first);
  EXPECT_NE(script.find(" ADD CONSTRAINT `"), std::string::npos) << script;
  const auto second = madeAgain(*first);
  EXPECT_EQ(second->fingerprint(), first->fingerprint());
  EXPECT_EQ(compiler.createSchema(*second), script);
}

}  // namespace
}  // namespace sonde::test
