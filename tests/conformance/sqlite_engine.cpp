#include <filesystem>
#include <map>
#include <stdexcept>

#include "../support/sqlite_file.hpp"
#include "../support/temporary_folder.hpp"
#include "engine.hpp"

namespace sonde::conformance {
namespace {

class SqliteHome final : public Home {
 public:
  [[nodiscard]] std::string uri() const override { return "sqlite:" + folder_.file("test.db"); }
  void run(const std::string& sql) override { raw_.run(sql); }
  [[nodiscard]] std::string value(const std::string& sql) override {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(raw_.get(), sql.c_str(), -1, &statement, nullptr) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW) {
      sqlite3_finalize(statement);
      throw std::runtime_error("no row from " + sql);
    }
    const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    std::string value = text == nullptr ? std::string() : std::string(text);
    sqlite3_finalize(statement);
    return value;
  }

 private:
  test::TemporaryFolder folder_;
  test::RawDatabase raw_{folder_.file("test.db")};
};

class SqliteEngine final : public Engine {
 public:
  [[nodiscard]] std::string name() const override { return "Sqlite"; }
  [[nodiscard]] std::unique_ptr<Home> makeHome() const override {
    auto home = std::make_unique<SqliteHome>();
    home->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
    return home;
  }
  [[nodiscard]] std::string word(std::string_view name) const override {
    static const std::map<std::string, std::string, std::less<>> kWords = {
        {"key", "INTEGER PRIMARY KEY AUTOINCREMENT"},
        {"text", "TEXT"},
        {"exact", "TEXT COLLATE BINARY"},
        {"longtext", "TEXT"},
        {"blob", "BLOB"},
        {"real", "REAL"},
        {"time", "TIME"},
        {"timestamp", "TIMESTAMP"},
        {"timestamptz", "TIMESTAMPTZ"},
        {"json", "JSON"},
        {"uuid", "UUID"}};
    return kWords.at(std::string(name));
  }
};

}  // namespace

std::unique_ptr<Engine> makeSqliteEngine() { return std::make_unique<SqliteEngine>(); }

}  // namespace sonde::conformance
