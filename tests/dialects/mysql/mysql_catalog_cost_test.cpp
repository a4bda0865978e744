// What reading a catalog costs, how it is stopped, and the hash that says whether it is needed.
#include <gtest/gtest.h>

#include <sonde/core/context.hpp>
#include <sonde/core/error.hpp>
#include <stop_token>

#include "mysql_catalog_fixture.hpp"

namespace sonde::test {
namespace {

/// @return How many statements the server ran for a function on this connection.
template <typename Function>
std::int64_t statementsOf(MysqlHandle& handle, Function function) {
  const auto asked = [&] {
    MysqlRows rows = handle.query("SHOW SESSION STATUS LIKE 'Questions'");
    return rows.next() ? rows.integer(1) : -1;
  };
  const std::int64_t before = asked();
  function();
  return asked() - before - 1;
}

TEST_F(MysqlCatalog, IsReadWithTheSameStatementsWhateverTheNumberOfTables) {
  const auto handle = openHandle(db().uri());
  const auto read = [&] { static_cast<void>(readMysqlCatalog(*handle)); };
  const std::int64_t none = statementsOf(*handle, read);
  for (int i = 0; i < 15; ++i) {
    const std::string n = std::to_string(i);
    db().run("CREATE TABLE t" + n +
             "(id INT PRIMARY KEY, a INT UNIQUE CHECK (a > 0), p INT,"
             " FOREIGN KEY (p) REFERENCES t0(id)); CREATE VIEW v" +
             n + " AS SELECT a FROM t" + n);
  }
  db().run("CREATE VIEW broken AS SELECT * FROM t1; DROP TABLE t1");
  EXPECT_EQ(statementsOf(*handle, read), none);
  EXPECT_EQ(none, 10);
  EXPECT_EQ(readMysqlCatalog(*handle).tables.size(), 30u);
}

TEST_F(MysqlCatalog, ReadingObeysTheContext) {
  const auto handle = openHandle(db().uri());
  std::stop_source stop;
  Context context;
  context.stopToken(stop.get_token());
  handle->arm(context);
  static_cast<void>(readMysqlCatalog(*handle));
  stop.request_stop();
  EXPECT_THROW(static_cast<void>(readMysqlCatalog(*handle)), Cancelled);
  handle->disarm();
}

TEST_F(MysqlCatalog, HashChangesWithTheSchemaAndWithNothingElse) {
  const auto handle = openHandle(db().uri());
  db().run(
      "CREATE TABLE p(id INT PRIMARY KEY, k INT); CREATE TABLE t(a INT, b VARCHAR(9), p_id INT)");
  std::uint64_t last = mysqlSchemaHash(*handle);
  for (const char* ddl :
       {"INSERT INTO t VALUES (1, 'x', 1)", "ANALYZE TABLE t", "ALTER TABLE t COMMENT 'c'",
        "FLUSH TABLES", "CREATE TABLE u(a INT); DROP TABLE u"}) {
    db().run(ddl);
    EXPECT_EQ(mysqlSchemaHash(*handle), last) << ddl;
  }
  for (const char* ddl :
       {"CREATE TABLE u(a INT)",
        "ALTER TABLE u RENAME TO w",
        "DROP TABLE w",
        "ALTER TABLE t ADD c INT",
        "ALTER TABLE t MODIFY c BIGINT",
        "ALTER TABLE t MODIFY c BIGINT "
        "DEFAULT 1",
        "DELETE FROM t; ALTER TABLE t MODIFY c BIGINT NOT NULL DEFAULT 1",
        "ALTER TABLE t RENAME "
        "COLUMN c TO d",
        "CREATE INDEX i ON t(a)",
        "ALTER TABLE t ALTER INDEX i IGNORED",
        "DROP INDEX i ON t",
        "CREATE UNIQUE INDEX i ON t(a)",
        "ALTER TABLE t ADD CONSTRAINT c CHECK"
        " (a > 0)",
        "ALTER TABLE t DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (a > 1)",
        "ALTER TABLE t DROP COLUMN d",
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY"
        " (p_id) REFERENCES p(id)",
        "ALTER TABLE t DROP FOREIGN KEY f, ADD CONSTRAINT f2 FOREIGN KEY (p_id) REFERENCES p(id)"
        " ON DELETE CASCADE",
        "CREATE VIEW v AS SELECT a FROM t",
        "ALTER VIEW v AS SELECT b FROM t",
        "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
        "DROP TRIGGER tr",
        "CREATE VIEW u AS SELECT 1",
        "DROP VIEW u; CREATE TABLE u(`1` INT NOT NULL)",
        "CREATE VIEW x AS SELECT `1` FROM u",
        "DROP TABLE u",
        "ALTER TABLE t ALTER a SET DEFAULT 0",
        "ALTER TABLE t MODIFY b VARCHAR(9) COLLATE utf8mb4_bin",
        "CREATE SEQUENCE s"}) {
    db().run(ddl);
    const std::uint64_t now = mysqlSchemaHash(*handle);
    EXPECT_NE(now, last) << ddl;
    EXPECT_EQ(mysqlSchemaHash(*handle), now) << ddl;
    last = now;
  }
}

}  // namespace
}  // namespace sonde::test
