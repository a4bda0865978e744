// Column names with values: what is written by create, insert and update.
//
// Invariant: keeps the order given; a name occurs once (the last value set wins through set()).
#pragma once

#include <cstddef>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "row.hpp"
#include "value.hpp"

namespace sonde {

/// See the file comment. `users.create({{"name", "Ada"}, {"age", 36}})`.
class Record {
 public:
  using Field = std::pair<std::string, Value>;

  Record() = default;
  /// @throws ValidationError when a name occurs twice.
  Record(std::initializer_list<Field> fields);
  /// @throws ValidationError when a name occurs twice.
  explicit Record(std::vector<Field> fields);
  /// @return The record a JSON object stands for.
  /// @throws ValidationError when it is not an object.
  [[nodiscard]] static Record fromJson(const nlohmann::json& object);
  /// @return A copy of every value of a row, by column name.
  [[nodiscard]] static Record fromRow(RowView row);

  /// Sets or replaces a value. @return This record.
  Record& set(std::string_view name, Value value);
  /// @return The value of this name; nullptr when there is none. Valid until the record changes.
  [[nodiscard]] const Value* find(std::string_view name) const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return fields_.size(); }
  [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }
  [[nodiscard]] const Field& operator[](std::size_t index) const noexcept { return fields_[index]; }
  [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
  [[nodiscard]] auto end() const noexcept { return fields_.end(); }

  /// @return The record as a JSON object in field order. @throws EncodingError on invalid UTF-8.
  [[nodiscard]] nlohmann::ordered_json toJson() const;

  friend bool operator==(const Record&, const Record&) = default;

 private:
  std::vector<Field> fields_;
};

}  // namespace sonde
