#include "record.hpp"

#include <nlohmann/json.hpp>
#include <unordered_set>

#include "error.hpp"
#include "json_dom.hpp"
#include "suggest.hpp"

namespace sonde {
namespace {

void checkNames(const std::vector<Record::Field>& fields) {
  constexpr std::size_t kFew = 16;
  const auto fail = [](const std::string& name) {
    throw ValidationError("the record names column " + quoteForMessage(name) + " twice",
                          {{name, "occurs twice"}});
  };
  if (fields.size() <= kFew) {
    for (std::size_t i = 1; i < fields.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (fields[i].first == fields[j].first) fail(fields[i].first);
      }
    }
    return;
  }
  std::unordered_set<std::string_view> seen;
  for (const Record::Field& field : fields) {
    if (!seen.insert(field.first).second) fail(field.first);
  }
}

}  // namespace

Record::Record(std::initializer_list<Field> fields) : fields_(fields) { checkNames(fields_); }

Record::Record(std::vector<Field> fields) : fields_(std::move(fields)) { checkNames(fields_); }

Record Record::fromJson(const nlohmann::json& object) {
  if (!object.is_object()) {
    throw ValidationError("a record is made from a JSON object, not from " +
                          std::string(object.is_array() ? "an array" : object.type_name()));
  }
  Record record;
  record.fields_.reserve(object.size());
  for (const auto& [name, value] : object.items()) {
    record.fields_.emplace_back(name, Value::fromJson(value));
  }
  return record;
}

Record Record::fromRow(RowView row) {
  Record record;
  record.fields_.reserve(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    // As a lookup by name does, the first of several columns of one name wins.
    const std::string& name = row.columns()[i].name;
    if (row.columns().find(name) == i) record.fields_.emplace_back(name, row[i].value());
  }
  return record;
}

Record& Record::set(std::string_view name, Value value) {
  for (Field& field : fields_) {
    if (field.first == name) {
      field.second = std::move(value);
      return *this;
    }
  }
  fields_.emplace_back(name, std::move(value));
  return *this;
}

const Value* Record::find(std::string_view name) const noexcept {
  for (const Field& field : fields_) {
    if (field.first == name) return &field.second;
  }
  return nullptr;
}

nlohmann::ordered_json Record::toJson() const {
  auto result = nlohmann::ordered_json::object();
  for (const auto& [name, value] : fields_) {
    result[json::checkedName(name)] = json::toDom<nlohmann::ordered_json>(value, {});
  }
  return result;
}

}  // namespace sonde
