// A connection to a folder of CSV files: a SQLite connection that holds their rows in memory and
// lets nobody change them.
//
// Invariant: what is run is one SELECT, VALUES or EXPLAIN; everything else is refused before the
// engine sees it. Files that changed are read again when sonde asks whether the schema has changed,
// outside transactions, so that a transaction sees the same rows all the time.
#pragma once

#include <sonde/core/log.hpp>
#include <sonde/dialects/connection.hpp>
#include <sonde/dialects/dialect.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "csv_folder.hpp"

namespace csv {

/// See the file comment and sonde::Connection.
class CsvConnection final : public sonde::Connection {
 public:
  /// Loads every file. `inner` is an empty database that may be written; `dialect` is that of the
  /// engine it belongs to.
  CsvConnection(std::unique_ptr<sonde::Connection> inner, const sonde::Dialect& dialect,
                Folder folder, sonde::Logger logger);

  [[nodiscard]] std::unique_ptr<sonde::Statement> prepare(std::string_view sql,
                                                          bool persistent) override;
  [[noreturn]] void executeScript(std::string_view sql) override;

  /// Transactions read only, whatever they were begun for.
  void begin(const sonde::BeginOptions& options) override;
  void commit() override { inner_->commit(); }
  void rollback() override { inner_->rollback(); }
  void savepoint(int depth) override { inner_->savepoint(depth); }
  void releaseSavepoint(int depth) override { inner_->releaseSavepoint(depth); }
  void rollbackToSavepoint(int depth) override { inner_->rollbackToSavepoint(depth); }
  [[nodiscard]] bool inTransaction() const noexcept override { return inner_->inTransaction(); }

  void arm(const sonde::Context& context) override { inner_->arm(context); }
  void disarm() noexcept override { inner_->disarm(); }
  void interrupt() noexcept override { inner_->interrupt(); }

  [[nodiscard]] std::int64_t lastInsertId() const noexcept override { return 0; }
  [[nodiscard]] bool broken() const noexcept override { return inner_->broken(); }
  [[nodiscard]] bool readOnly() const noexcept override { return true; }

  /// The tables of the files; a file that cannot be read is a table with an error.
  [[nodiscard]] sonde::Catalog readCatalog() override;
  /// Reads files that changed again, then gives the counter of the database in memory.
  [[nodiscard]] std::optional<std::uint64_t> schemaCounter() override;

  [[nodiscard]] std::vector<sonde::SettingReport> settings() override { return inner_->settings(); }
  [[nodiscard]] std::vector<std::string> explain(std::string_view sql) override;

 private:
  void refuseWrites(std::string_view sql) const;
  /// Throws what is wrong with a file that the statement names, if there is one.
  void blameFiles(std::string_view sql) const;

  std::unique_ptr<sonde::Connection> inner_;
  const sonde::Dialect& dialect_;
  Folder folder_;
  sonde::Logger logger_;
};

}  // namespace csv
