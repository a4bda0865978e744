#include "result_set.hpp"

#include <nlohmann/json.hpp>

#include "error.hpp"
#include "json_writer.hpp"
#include "text_out.hpp"

namespace sonde {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

}  // namespace

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
  TextBuffer buffer;
  char separator = '[';
  for (const RowView row : *this) {
    buffer.append(separator);
    json::appendRow(buffer, row, options);
    separator = ',';
    if (buffer.size() >= kPiece) {
      sink(buffer.view());
      buffer.clear();
    }
  }
  buffer.append(empty() ? std::string_view("[]") : std::string_view("]"));
  sink(buffer.view());
}

std::string ResultSet::json(const JsonOptions& options) const {
  std::string result;
  writeJson([&result](std::string_view piece) { result += piece; }, options);
  return result;
}

}  // namespace sonde
