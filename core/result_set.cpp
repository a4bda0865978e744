#include "result_set.hpp"

#include <nlohmann/json.hpp>

#include "error.hpp"
#include "json_writer.hpp"

namespace sonde {

Row ResultSet::at(std::size_t index) const {
  if (index < size()) return (*this)[index];
  throw NotFound("there is no row " + std::to_string(index) + ": the result has " +
                 std::to_string(size()));
}

nlohmann::ordered_json ResultSet::toJson(const JsonOptions& options) const {
  auto result = nlohmann::ordered_json::array();
  for (const RowView row : *this) result.push_back(row.toJson(options));
  return result;
}

void ResultSet::writeJson(TextSink sink, const JsonOptions& options) const {
  json::ArrayWriter writer(sink, options);
  for (const RowView row : *this) writer.add(row);
  writer.finish();
}

std::string ResultSet::json(const JsonOptions& options) const {
  std::string result;
  writeJson([&result](std::string_view piece) { result += piece; }, options);
  return result;
}

}  // namespace sonde
