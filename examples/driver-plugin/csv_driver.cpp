// A driver that serves a folder of CSV files as tables that can only be read:
//   sonde find csv:books authors findManyByBornLessThan 1900 --driver ./sonde_driver_csv.so
//
// A driver is given SQL, so it needs an engine that understands it. This one asks sonde for its
// SQLite driver, puts the files into a database in memory and passes on what only reads.
#include <sonde/core/error.hpp>
#include <sonde/core/suggest.hpp>
#include <sonde/dialects/plugin.hpp>
#include <sonde/dialects/registry.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "csv_connection.hpp"

namespace csv {

namespace {

/// SQLite's SQL under a name of its own.
class CsvDialect final : public sonde::Dialect {
 public:
  explicit CsvDialect(const sonde::Dialect& inner) noexcept : inner_(inner) {}

  [[nodiscard]] std::string_view name() const noexcept override { return "csv"; }
  [[nodiscard]] const sonde::SqlCompiler& compiler() const noexcept override {
    return inner_.compiler();
  }
  [[nodiscard]] const sonde::query::LexerRules& lexerRules() const noexcept override {
    return inner_.lexerRules();
  }

 private:
  const sonde::Dialect& inner_;
};

/// @return What stands between fields: the option `separator`, a comma by default.
char separatorOf(const sonde::Uri& uri) {
  char separator = ',';
  for (const auto& [name, value] : uri.options) {
    if (name != "separator") {
      const std::vector<std::string> known{"separator"};
      throw sonde::ConfigError("CSV files have no option " + sonde::quoteForMessage(name) +
                               sonde::didYouMean(sonde::nearest(name, known)));
    }
    separator = value == "tab" ? '\t' : value.size() == 1 ? value[0] : '\0';
    if (separator == '\0' || std::string_view("\"\r\n").find(separator) != std::string::npos) {
      throw sonde::ConfigError("the option separator takes one character, or tab");
    }
  }
  return separator;
}

class CsvDriver final : public sonde::Driver {
 public:
  [[nodiscard]] const sonde::Dialect& dialect() const noexcept override { return dialect_; }

  [[nodiscard]] std::unique_ptr<sonde::Connection> connect(const sonde::DriverOptions& options,
                                                           sonde::TransactionMode) const override {
    if (!options.attachments.empty()) {
      throw sonde::ConfigError("nothing can be attached to a folder of CSV files");
    }
    const char separator = separatorOf(options.uri);
    sonde::DriverOptions memory = options;
    memory.uri = sonde::Uri::parse("sqlite::memory:");
    memory.access = sonde::AccessMode::CreateIfMissing;
    return std::make_unique<CsvConnection>(inner_->connect(memory, sonde::TransactionMode::Write),
                                           inner_->dialect(), Folder(options.uri.path, separator),
                                           options.logger);
  }

  [[nodiscard]] sonde::Topology topology(sonde::Connection&,
                                         const sonde::DriverOptions&) const override {
    // Another connection would hold all rows once more.
    return {sonde::PoolShape::Single, 0, "CSV files, read into memory"};
  }

 private:
  std::unique_ptr<sonde::Driver> inner_ = sonde::makeDriver("sqlite");
  CsvDialect dialect_{inner_->dialect()};
};

std::unique_ptr<sonde::Driver> makeCsvDriver() { return std::make_unique<CsvDriver>(); }

}  // namespace

}  // namespace csv

SONDE_DRIVER_PLUGIN(csv::makeCsvDriver, "csv");
