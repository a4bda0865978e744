// Finds tables by schema and name without allocating: the index behind Schema::findTable.
//
// Invariant: it views the names of the tables it was built over, which must neither move nor change
// while it lives. Used by Schema and while a schema is being built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "table.hpp"

namespace sonde {

/// See the file comment. Thread-safe once built.
class TableLookup {
 public:
  /// `searchPath` may be empty: then every schema is on it, in order of appearance.
  TableLookup(const std::vector<Table>& tables, const std::vector<std::string>& searchPath,
              bool ignoreCase);

  /// @return The position of the table of this schema and name; empty when there is none.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view schema,
                                                  std::string_view name) const noexcept;
  /// Looks for the whole name along the search path, then for `schema.name`, split at each dot in
  /// turn, because both parts may hold dots themselves.
  /// @return The position of the table; empty when there is none.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const noexcept;

  /// @return The schemas that unqualified names are looked up in, in order.
  [[nodiscard]] const std::vector<std::string>& searchPath() const noexcept { return searchPath_; }

 private:
  struct Key {
    std::string_view schema;
    std::string_view name;
  };
  struct Hash {
    bool ignoreCase;
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Equal {
    bool ignoreCase;
    bool operator()(const Key& a, const Key& b) const noexcept;
  };

  std::vector<std::string> searchPath_;
  // Several tables may share a key where case is ignored (quoted names on a server that folds).
  std::unordered_multimap<Key, std::uint32_t, Hash, Equal> byKey_;
};

}  // namespace sonde
