// A folder of CSV files, kept as the tables of a database in memory.
//
// Invariant: after refresh() the tables are the files as they were then; a file that cannot be read
// spoils no other, and is remembered with what is wrong with it. Used by one thread at a time.
#pragma once

#include <sonde/dialects/connection.hpp>
#include <sonde/query/compiler.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace csv {

/// What is known of a file and its table.
struct FileState {
  std::filesystem::path path;
  std::filesystem::file_time_type changed;
  std::uintmax_t size = 0;
  std::uint64_t rows = 0;
  std::string error{};  ///< "books.csv:3: …"; empty when the table holds its rows.

  /// @return Whether it is the file that it was.
  [[nodiscard]] bool sameFile(const FileState& other) const {
    return path == other.path && changed == other.changed && size == other.size;
  }
};

/// See the file comment.
class Folder {
 public:
  Folder(std::filesystem::path path, char separator)
      : path_(std::move(path)), separator_(separator) {}

  /// Loads the files that are new or have changed since the last call, in one transaction, and
  /// drops the tables of those that are gone. @return Whether any had.
  /// @throws sonde::ConnectionError when the folder cannot be read; what the connection throws.
  /// Then everything is as it was.
  bool refresh(sonde::Connection& connection, const sonde::SqlCompiler& compiler);

  /// @return The files by the names of their tables.
  [[nodiscard]] const std::map<std::string, FileState>& files() const noexcept { return files_; }

 private:
  [[nodiscard]] std::map<std::string, FileState> scan() const;
  void load(sonde::Connection& connection, const sonde::SqlCompiler& compiler,
            const std::string& table, FileState& file) const;

  std::filesystem::path path_;
  char separator_;
  std::map<std::string, FileState> files_;
};

}  // namespace csv
