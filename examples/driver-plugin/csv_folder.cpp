#include "csv_folder.hpp"

#include <sonde/core/error.hpp>
#include <sonde/core/suggest.hpp>
#include <sonde/core/text.hpp>

#include <system_error>
#include <utility>
#include <vector>

#include "csv_table.hpp"

namespace csv {

namespace fs = std::filesystem;

namespace {

void drop(sonde::Connection& connection, const sonde::SqlCompiler& compiler,
          const std::string& table) {
  connection.executeScript("DROP TABLE IF EXISTS " + compiler.quote(table));
}

}  // namespace

std::map<std::string, FileState> Folder::scan() const {
  std::error_code failed;
  fs::directory_iterator entries(path_, failed);
  if (failed) {
    sonde::ErrorDetails details;
    details.hint = "csv:folder is below the current folder, csv:/folder is not";
    throw sonde::ConnectionError("the folder " + sonde::quoteForMessage(path_.string()) +
                                     " cannot be read: " + failed.message(),
                                 std::move(details));
  }
  std::map<std::string, FileState> files;
  for (const fs::directory_entry& entry : entries) {
    const fs::path& path = entry.path();
    if (!sonde::text::equalsIgnoreCase(path.extension().string(), ".csv")) continue;
    if (!entry.is_regular_file(failed)) continue;
    FileState file{path, entry.last_write_time(failed), entry.file_size(failed)};
    // Of a.csv and a.CSV the first by name has the table.
    const auto [place, added] = files.emplace(path.stem().string(), file);
    if (!added && path < place->second.path) place->second = file;
  }
  return files;
}

void Folder::load(sonde::Connection& connection, const sonde::SqlCompiler& compiler,
                  const std::string& table, FileState& file) const {
  connection.savepoint(1);
  try {
    file.rows = loadTable(connection, compiler, file.path, table, separator_);
    connection.releaseSavepoint(1);
    return;
  } catch (const sonde::ValidationError& error) {
    file.error = error.what();
  } catch (const sonde::QueryError& error) {  // a name, or a number of columns, that cannot be
    file.error = file.path.filename().string() + ": " + error.what();
  }
  connection.rollbackToSavepoint(1);
  connection.releaseSavepoint(1);
}

bool Folder::refresh(sonde::Connection& connection, const sonde::SqlCompiler& compiler) {
  std::map<std::string, FileState> found = scan();
  std::vector<std::string> stale;
  for (const auto& [table, file] : files_) {
    const auto now = found.find(table);
    if (now == found.end() || !now->second.sameFile(file)) {
      stale.push_back(table);
    } else {
      now->second = file;
    }
  }
  std::vector<std::pair<const std::string, FileState>*> fresh;
  for (auto& entry : found) {
    const auto before = files_.find(entry.first);
    if (before == files_.end() || !before->second.sameFile(entry.second)) fresh.push_back(&entry);
  }
  if (stale.empty() && fresh.empty()) return false;

  connection.begin(sonde::TransactionMode::Write);
  try {
    for (const std::string& table : stale) drop(connection, compiler, table);
    for (auto* const entry : fresh) load(connection, compiler, entry->first, entry->second);
    connection.commit();
  } catch (...) {
    connection.rollback();
    throw;
  }
  files_ = std::move(found);
  return true;
}

}  // namespace csv
