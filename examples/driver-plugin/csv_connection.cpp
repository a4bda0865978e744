#include "csv_connection.hpp"

#include <sonde/core/error.hpp>
#include <sonde/core/text.hpp>
#include <sonde/query/lexer.hpp>

#include <algorithm>
#include <utility>

namespace csv {

namespace {

[[noreturn]] void refuse(std::string_view sql) {
  sonde::ErrorDetails details;
  details.sqlState = "25006";  // read_only_sql_transaction
  details.sql = sql;
  details.hint = "change the files themselves; they are read again";
  throw sonde::QueryError("a folder of CSV files is only read", std::move(details));
}

}  // namespace

CsvConnection::CsvConnection(std::unique_ptr<sonde::Connection> inner,
                             const sonde::Dialect& dialect, Folder folder, sonde::Logger logger)
    : inner_(std::move(inner)),
      dialect_(dialect),
      folder_(std::move(folder)),
      logger_(std::move(logger)) {
  static_cast<void>(folder_.refresh(*inner_, dialect_.compiler()));
}

void CsvConnection::refuseWrites(std::string_view sql) const {
  sonde::query::Lexer lexer(sql, dialect_.lexerRules());
  sonde::query::Token first;
  if (!lexer.nextSignificant(first)) return;  // the engine says that there is no statement
  constexpr std::string_view kReading[] = {"SELECT", "WITH", "VALUES", "EXPLAIN"};
  const bool reads = std::any_of(std::begin(kReading), std::end(kReading), [&](auto word) {
    return sonde::text::equalsIgnoreCase(first.text, word);
  });
  if (!reads) refuse(sql);
}

void CsvConnection::blameFiles(std::string_view sql) const {
  for (const std::string& table : sonde::query::tablesTouched(sql, dialect_.lexerRules())) {
    for (const auto& [name, file] : folder_.files()) {
      if (file.error.empty() || !sonde::text::equalsIgnoreCase(name, table)) continue;
      sonde::ErrorDetails details;
      details.sql = sql;
      details.table = name;
      throw sonde::QueryError(file.error, std::move(details));
    }
  }
}

std::unique_ptr<sonde::Statement> CsvConnection::prepare(std::string_view sql, bool persistent) {
  refuseWrites(sql);
  try {
    auto statement = inner_->prepare(sql, persistent);
    if (!statement->readOnly()) refuse(sql);  // WITH … DELETE
    return statement;
  } catch (const sonde::QueryError&) {
    blameFiles(sql);
    throw;
  }
}

void CsvConnection::executeScript(std::string_view sql) { refuse(sql); }

void CsvConnection::begin(const sonde::BeginOptions& options) {
  sonde::BeginOptions reading = options;
  reading.mode = sonde::TransactionMode::Read;
  inner_->begin(reading);
}

sonde::Catalog CsvConnection::readCatalog() {
  sonde::Catalog catalog = inner_->readCatalog();
  catalog.dialect = "csv";
  for (const auto& [name, file] : folder_.files()) {
    if (!file.error.empty()) {
      sonde::Table table;
      table.schema = "main";
      table.name = name;
      catalog.tables.push_back(std::move(table));
    }
    const auto found =
        std::find_if(catalog.tables.begin(), catalog.tables.end(),
                     [&wanted = name](const sonde::Table& t) { return t.name == wanted; });
    if (found == catalog.tables.end()) continue;
    found->comment = file.path.filename().string();
    if (file.error.empty()) {
      found->rowEstimate = static_cast<std::int64_t>(file.rows);
    } else {
      found->error = file.error;
    }
  }
  std::sort(catalog.tables.begin(), catalog.tables.end(),
            [](const sonde::Table& a, const sonde::Table& b) { return a.name < b.name; });
  return catalog;
}

std::optional<std::uint64_t> CsvConnection::schemaCounter() {
  if (!inner_->inTransaction()) {
    try {
      static_cast<void>(folder_.refresh(*inner_, dialect_.compiler()));
    } catch (const sonde::Error& error) {
      // The rows that were read stay. A statement that still runs may be in the way.
      logger_.log(sonde::LogLevel::Warn, "the CSV files were not read again",
                  {{"reason", error.what()}});
    }
  }
  return inner_->schemaCounter();
}

std::vector<std::string> CsvConnection::explain(std::string_view sql) {
  refuseWrites(sql);
  return inner_->explain(sql);
}

}  // namespace csv
