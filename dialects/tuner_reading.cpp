#include "tuner_reading.hpp"

#include <array>
#include <cstdio>
#include <utility>

#include "../core/error.hpp"
#include "host_memory.hpp"

namespace sonde {

std::optional<ResultSet> TunerReading::rows(std::string_view what, std::string_view sql,
                                            std::initializer_list<Arg> args) {
  try {
    return readRows(connection_, sql, args);
  } catch (const QueryError& error) {
    unread(std::string(what) + ": " + error.what());
  } catch (const AuthorizationError& error) {
    unread(std::string(what) + ": " + error.what());
  }
  return std::nullopt;
}

std::optional<Row> TunerReading::row(std::string_view what, std::string_view sql,
                                     std::initializer_list<Arg> args) {
  const std::optional<ResultSet> all = rows(what, sql, args);
  if (!all || all->empty()) return std::nullopt;
  return all->front();
}

std::optional<std::int64_t> TunerReading::number(std::string_view what, std::string_view sql,
                                                 std::initializer_list<Arg> args) {
  const std::optional<ResultSet> all = rows(what, sql, args);
  if (!all || all->empty()) return std::nullopt;
  const RowView first = *all->begin();
  if (first[0].isNull()) return std::nullopt;
  return first[0].as<std::int64_t>();
}

std::int64_t TunerReading::machine(bool ofServer) {
  if (!ofServer) {
    unread("memory and processors of the server: it is on another machine");
    return 0;
  }
  const std::int64_t memory = hostMemory();
  fact("memory", sizeText(memory), "this machine", SettingScope::Server);
  fact("processors", std::to_string(hostProcessors()), "this machine", SettingScope::Server);
  return memory;
}

void TunerReading::fact(std::string name, std::string value, std::string source,
                        SettingScope scope) {
  report_.facts.push_back({std::move(name), std::move(value), std::move(source), scope});
}

ResultSet readRows(Connection& connection, std::string_view sql, std::initializer_list<Arg> args) {
  const std::unique_ptr<Statement> statement = connection.prepare(sql, false);
  statement->bind(Args(args.begin(), args.size()));
  return ResultSet(statement->fetch(0, 0));
}

std::string cellText(const RowView& row, std::size_t column) {
  return row[column].isNull() ? std::string() : row[column].as<std::string>();
}

std::int64_t cellNumber(const RowView& row, std::size_t column) {
  return row[column].isNull() ? 0 : row[column].as<std::int64_t>();
}

std::string sizeText(std::int64_t bytes) {
  static constexpr std::array<const char*, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return std::to_string(bytes) + " bytes";
  auto amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), amount < 10 ? "%.1f %s" : "%.0f %s", amount,
                kUnits[unit]);
  return text.data();
}

std::string shareText(std::int64_t part, std::int64_t whole) {
  const double share =
      whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.0f %%", share);
  return text.data();
}

std::string listText(const std::vector<std::string>& items, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < items.size() && i < most; ++i) {
    if (i != 0) text += ", ";
    text += items[i];
  }
  if (items.size() > most) text += " and " + std::to_string(items.size() - most) + " more";
  return text;
}

}  // namespace sonde
