// Every table of two real databases, read through its repository and written as JSON, equals what
// the sqlite3 shell prints for the same columns.
#include <gtest/gtest.h>
#include <sonde/core/json_form.hpp>
#include <sonde/db/database.hpp>

#include <nlohmann/json.hpp>
#include <string>

#include "../support/process.hpp"
#include "real_databases.hpp"

namespace sonde::test {
namespace {

std::string quoted(const std::string& name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

nlohmann::ordered_json shellRows(const std::string& path, const Table& table) {
  std::string sql = "SELECT ";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i != 0) sql += ", ";
    sql += quoted(table.columns[i].name);
  }
  sql += " FROM " + quoted(table.name) + ";";
  const ProcessResult shell = runProcess({"sqlite3", "-readonly", "-json", path, sql});
  EXPECT_EQ(shell.exitCode, 0) << shell.err;
  if (shell.out.empty()) return nlohmann::ordered_json::array();
  return nlohmann::ordered_json::parse(shell.out);
}

void expectParity(const std::string& path) {
  const Database db = Database::open("sqlite:" + path + "?mode=ro");
  std::size_t compared = 0;
  for (const Table& table : db.schema()->tables()) {
    ASSERT_FALSE(table.error.has_value()) << table.name << ": " << *table.error;
    const ResultSet rows = db.getRepository(table.name).findAll();
    const std::string text = rows.json({.form = JsonForm::Storage});
    const auto ours = nlohmann::ordered_json::parse(text);
    const auto theirs = shellRows(path, table);
    ASSERT_EQ(ours.size(), theirs.size()) << table.name;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_EQ(ours[i], theirs[i]) << table.name << ", row " << i;
    }
    compared += ours.size();
  }
  EXPECT_GT(compared, 1000U);
}

TEST(ShellParity, HoldsForEveryTableOfProj) {
  const auto path = projDatabase();
  if (!path) GTEST_SKIP() << "proj.db is not installed (Debian package proj-data)";
  expectParity(*path);
}

TEST(ShellParity, HoldsForEveryTableOfChinook) {
  const TemporaryFolder folder;
  const auto path = chinookDatabase(folder);
  if (!path) GTEST_SKIP() << "Chinook_Sqlite.sql is not here (set SONDE_TEST_SHARED_DATA)";
  expectParity(*path);
}

}  // namespace
}  // namespace sonde::test
