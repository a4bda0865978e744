// The schema snapshot of one database, and when to read it again.
//
// Invariant: the snapshot is replaced whole; version() changes with it and never repeats in the
// process. Callers that ask for a fresh read at the same time share one. Reading the catalog
// happens on the caller's connection; listeners are told by the caller, once per change, after that
// connection went back. Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "../dialects/connection.hpp"
#include "../introspect/schema.hpp"

namespace sonde {

/// A schema was replaced by a different one.
struct SchemaChange {
  std::string before;  ///< Fingerprint.
  std::string after;
};

/// How often, at most, changes by others are looked for while the database is used; zero for only
/// when asked.
struct SchemaIntervals {
  std::chrono::milliseconds check{1000};  ///< Where the engine keeps a counter: microseconds each.
  std::chrono::milliseconds watch{0};     ///< Where it computes a hash: milliseconds each.
};

/// See the file comment.
class SchemaStore {
 public:
  /// Reads the schema for the first time.
  /// @throws ConfigError for a wrong relation name; what Connection::readCatalog throws.
  SchemaStore(Connection& connection, RelationNames names, SchemaIntervals intervals);

  [[nodiscard]] std::shared_ptr<const Schema> current() const;
  [[nodiscard]] std::uint64_t version() const noexcept {
    return version_.load(std::memory_order_acquire);
  }
  /// @return Whether check() should be called; costs one load.
  [[nodiscard]] bool due(std::int64_t nowMs) const noexcept {
    return nowMs >= nextCheckMs_.load(std::memory_order_relaxed);
  }
  /// Compares the engine's counter or hash and reads the schema when it moved. Only one thread does
  /// it each time it is due. @return The change, to be told to listeners; empty for none.
  [[nodiscard]] std::optional<SchemaChange> check(Connection& connection, std::int64_t nowMs);
  /// As check(), at once: for a statement that had to be prepared again, or failed as if the schema
  /// had changed. Engines with neither counter nor hash read the schema.
  [[nodiscard]] std::optional<SchemaChange> recheck(Connection& connection);
  /// Reads the schema. @return The change, to be told to listeners; empty when it is the same or
  /// when another caller's read, begun after this call, found and tells it.
  [[nodiscard]] std::optional<SchemaChange> refresh(Connection& connection);
  /// @return A snapshot of what this connection sees, kept by nobody; for use inside a transaction.
  /// Relation names of the configuration are left out when what they name is gone.
  [[nodiscard]] std::shared_ptr<const Schema> readPrivately(Connection& connection) const;
  /// @return A version that no snapshot of this process has.
  [[nodiscard]] static std::uint64_t nextVersion() noexcept;

 private:
  // What moves with every change of the schema; empty where the engine has no such thing.
  using Mark = std::optional<std::uint64_t>;
  [[nodiscard]] static Mark markOf(Connection& connection);
  [[nodiscard]] bool moved(const Mark& mark) const;

  RelationNames names_;
  std::int64_t intervalMs_;
  mutable std::mutex snapshotMutex_;
  std::shared_ptr<const Schema> snapshot_;
  std::atomic<std::uint64_t> version_{0};
  std::atomic<std::int64_t> nextCheckMs_;
  std::mutex refreshMutex_;
  std::atomic<std::uint64_t> requested_{0};
  std::uint64_t served_ = 0;  // under refreshMutex_: requests up to here are answered
  Mark mark_;                 // under snapshotMutex_: of the catalog that was read last
};

}  // namespace sonde
