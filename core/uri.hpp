// Connection URIs: `sqlite:path`, `sqlite::memory:`, `postgresql://user@host/db?sslmode=require`.
//
// Invariant: parsing never touches the file system or the network; parts are stored decoded;
// toString() never shows the password.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde {

/// One host of a URI that may name several.
struct UriHost {
  std::string name{};                   ///< Host name, address, or a folder with a socket.
  std::optional<std::uint16_t> port{};  ///< Empty for the engine's default.
  friend bool operator==(const UriHost&, const UriHost&) = default;
};

/// A parsed URI. Plain data.
struct Uri {
  std::string scheme{};  ///< Lower case, such as "sqlite".
  std::string user{};
  std::string password{};
  std::vector<UriHost> hosts{};
  std::string path{};  ///< SQLite: the file or ":memory:"; servers: the database name.
  std::vector<std::pair<std::string, std::string>> options{};  ///< In the order given.

  /// Parses a URI. A text without `scheme:` (two characters at least: `C:` is a drive) is taken as
  /// the path of a SQLite file as it stands, so that `sonde schema app.db` works. Unknown schemes
  /// are kept: third parties register drivers. `%41` is decoded in every part, never in a plain
  /// path.
  ///
  ///   sqlite:app.db?mode=ro   sqlite:///var/app.db   sqlite::memory:
  ///   postgresql://ada:secret@db1:5433,[::1]/shop?sslmode=require   mysql:///shop
  ///
  /// @throws ConfigError naming the part that is wrong; never shows a password. Thread-safe.
  [[nodiscard]] static Uri parse(std::string_view text);

  /// @return The option of this name, the last one where it is repeated; empty when it is not
  /// there.
  [[nodiscard]] std::optional<std::string> option(std::string_view name) const;
  /// @return The URI as text, passwords (options such as `sslpassword` too) replaced by `***`.
  /// Parses to an equal Uri when there is no password.
  [[nodiscard]] std::string toString() const;

  friend bool operator==(const Uri&, const Uri&) = default;
};

}  // namespace sonde
