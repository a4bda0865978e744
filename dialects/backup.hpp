// How an engine copies a running database into a file.
//
// Invariant: a maker changes nothing in the source and writes nothing but the file it is given and
// files beside it that it takes away again. Stateless and thread-safe; given by Driver::backup().
// What is done with the copy, how it is checked and what it is called, is monitor/backup's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../core/context.hpp"
#include "../core/error.hpp"
#include "connection.hpp"

namespace sonde {

/// No backup was made, or what was made did not stand its check; no file is left under its name.
class BackupError : public Error {
 public:
  explicit BackupError(const std::string& message, ErrorDetails details = {})
      : Error(message, std::move(details)) {}
};

/// How a copy is made.
struct CopyRequest {
  std::string path;  ///< An empty file, which nobody else uses.
  std::size_t pagesPerStep = 1024;
  std::chrono::milliseconds pause{0};  ///< Between two steps.
  /// Told after each step how many pages are there, of how many; both may grow.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress{};
  Context context{};  ///< The copy ends when it says so.
};

/// See the file comment.
class BackupMaker {
 public:
  virtual ~BackupMaker() = default;

  /// @return The files that the database lives in, the main one first; empty where it lives in this
  /// connection only, so that no other one sees it.
  [[nodiscard]] virtual std::vector<std::string> files(Connection& source) const = 0;

  /// @return The catalog of what is copied: of a source, without what stands in other files.
  [[nodiscard]] virtual Catalog catalog(Connection& connection) const = 0;
  /// @return Whether a table of that catalog has rows of its own, so that they can be compared.
  [[nodiscard]] virtual bool ownsRows(const Table& table) const noexcept = 0;

  /// Copies what the source holds at one moment. Afterwards the source is inside a read transaction
  /// that sees the same; the caller rolls it back.
  /// @throws BackupError when the copy cannot be written; Timeout, Cancelled; what the source
  /// throws when it cannot be read.
  virtual void copy(Connection& source, const CopyRequest& request) const = 0;

  /// Writes a copy anew into another empty file, without free pages and in order.
  /// @throws BackupError when it cannot be written; Timeout, Cancelled.
  virtual void rewrite(const std::string& copy, const std::string& path,
                       const Context& context) const = 0;

  /// Opens a copy so that it cannot change and nothing is left beside it.
  /// @throws ConnectionError when it is no database.
  [[nodiscard]] virtual std::unique_ptr<Connection> open(const std::string& path) const = 0;

  /// Has the engine check a copy; `full` compares indexes with tables too, where it makes a
  /// difference. @return What is wrong with it; empty when all is well.
  [[nodiscard]] virtual std::vector<std::string> check(Connection& copy, bool full) const = 0;
};

}  // namespace sonde
