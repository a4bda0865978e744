// What tuners share: reading whose failure is told rather than thrown, and numbers for people.
//
// Internal to dialects/. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "../core/result_set.hpp"
#include "tuner.hpp"

namespace sonde {

/// See the file comment.
class TunerReading {
 public:
  TunerReading(Connection& connection, TuningReport& report) noexcept
      : connection_(connection), report_(report) {}

  /// @return The rows of a query; empty where the engine refused it, which is told in the report as
  /// "`what`: why". @throws ConnectionError, Timeout, Cancelled.
  [[nodiscard]] std::optional<ResultSet> rows(std::string_view what, std::string_view sql,
                                              std::initializer_list<Arg> args = {});
  /// @return The first row of a query; empty as rows(), and where there is none.
  [[nodiscard]] std::optional<Row> row(std::string_view what, std::string_view sql,
                                       std::initializer_list<Arg> args = {});
  /// @return The first cell of a query as an integer; empty as row(), and for NULL.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view what, std::string_view sql,
                                                   std::initializer_list<Arg> args = {});

  void fact(std::string name, std::string value, std::string source,
            SettingScope scope = SettingScope::Connection);
  /// Tells of the memory and processors of a server, or that it is elsewhere. @return Its memory in
  /// bytes; 0 where that is not known.
  std::int64_t machine(bool ofServer);
  void advise(Recommendation advice) { report_.recommendations.push_back(std::move(advice)); }
  void unread(std::string why) { report_.unread.push_back(std::move(why)); }

 private:
  Connection& connection_;
  TuningReport& report_;
};

/// @return The rows of a query, read at once. @throws QueryError, AuthorizationError and what else
/// a connection throws.
[[nodiscard]] ResultSet readRows(Connection& connection, std::string_view sql,
                                 std::initializer_list<Arg> args = {});

/// @return A cell as text; "" for NULL. Thread-safe.
[[nodiscard]] std::string cellText(const RowView& row, std::size_t column);
/// @return A cell as an integer; 0 for NULL. Thread-safe.
[[nodiscard]] std::int64_t cellNumber(const RowView& row, std::size_t column);

/// @return "12 bytes", "3.4 KiB", "5.6 GiB". Thread-safe.
[[nodiscard]] std::string sizeText(std::int64_t bytes);
/// @return "37 %" of `part` in `whole`; "0 %" where that is 0. Thread-safe.
[[nodiscard]] std::string shareText(std::int64_t part, std::int64_t whole);
/// @return The items with ", " between, and how many more there are beyond `most`. Thread-safe.
[[nodiscard]] std::string listText(const std::vector<std::string>& items, std::size_t most = 8);

}  // namespace sonde
