// The target of a request taken apart: path and query.
//
// Invariant: a path that was parsed begins with a slash and is decoded; nothing in it has been
// resolved, since no route is a file. Used by Router.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde {

/// See the file comment.
struct HttpTarget {
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> query{};  ///< In order; "verbose" has value "".

  /// @return Whether the query holds this name.
  [[nodiscard]] bool has(std::string_view name) const noexcept { return value(name) != nullptr; }
  /// @return The first value of this name; nullptr for none.
  [[nodiscard]] const std::string* value(std::string_view name) const noexcept;

  /// Takes a target apart: "/path?query", or with "http://host" before it, as proxies send it.
  /// @return Empty for any other form, for a broken percent escape, and where a decoded character
  /// is a control character. Thread-safe.
  [[nodiscard]] static std::optional<HttpTarget> parse(std::string_view target);
};

}  // namespace sonde
