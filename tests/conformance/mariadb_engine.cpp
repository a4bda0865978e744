#include <map>

#include "engine.hpp"
#include "server_home.hpp"

namespace sonde::conformance {
namespace {

class MariaDbEngine final : public Engine {
 public:
  [[nodiscard]] std::string name() const override { return "MariaDb"; }
  [[nodiscard]] std::string whyNot() const override { return whyNoHome(test::ServerKind::MySql); }
  [[nodiscard]] std::unique_ptr<Home> makeHome() const override {
    auto home = std::make_unique<ServerHome>(*test::mysqlServer());
    // Literals are then the ones of the other engines.
    home->run("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,ANSI_QUOTES'");
    return home;
  }
  [[nodiscard]] std::string word(std::string_view name) const override {
    static const std::map<std::string, std::string, std::less<>> kWords = {
        {"key", "BIGINT AUTO_INCREMENT PRIMARY KEY"},
        {"text", "VARCHAR(200)"},
        {"exact", "VARCHAR(200) COLLATE utf8mb4_nopad_bin"},
        {"longtext", "LONGTEXT"},
        {"blob", "LONGBLOB"},
        {"real", "DOUBLE"},
        {"time", "TIME(6)"},
        {"timestamp", "DATETIME(6)"},
        {"timestamptz", "TIMESTAMP(6) NULL"},
        {"json", "JSON"},
        {"uuid", "UUID"}};
    return kWords.at(std::string(name));
  }
};

}  // namespace

std::unique_ptr<Engine> makeMariaDbEngine() { return std::make_unique<MariaDbEngine>(); }

}  // namespace sonde::conformance
