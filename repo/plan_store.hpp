// The compiled plans of a database's repositories, shared by all of them.
//
// Invariant: one for each Database, handed to every Repository made from it (its transactions and
// context views included), so that a query shape is compiled once and a connection's statement
// cache, which goes by plan id, finds it again. Plans are dropped when the schema changes.
// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sonde {

class Executor;

namespace repo {
class TableHandle;
}

/// See the file comment.
class PlanStore {
 public:
  PlanStore();
  ~PlanStore();
  PlanStore(const PlanStore&) = delete;
  PlanStore& operator=(const PlanStore&) = delete;

  /// @return The plans of a table under the executor's rewriters; never null.
  /// @throws SchemaError naming the nearest tables when there is none of this name.
  [[nodiscard]] std::shared_ptr<repo::TableHandle> handle(const Executor& executor,
                                                          std::string_view table);

  /// @return How many tables (once for each set of access rules) plans are kept for.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonde
