// Values from JSON and to it.
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "error.hpp"
#include "json_dom.hpp"
#include "value.hpp"

namespace sonde {
namespace {

[[noreturn]] void failDepth() {
  throw ConversionError("the JSON document is nested deeper than " +
                        std::to_string(Value::kMaxJsonDepth) + " levels");
}

/// Appends a member; of several with one name the last counts, in the place of the first.
class ObjectBuilder {
 public:
  void add(std::string name, Value value) {
    constexpr std::size_t kFew = 16;
    if (members_.size() < kFew) {
      for (Value::Member& member : members_) {
        if (member.first == name) {
          member.second = std::move(value);
          return;
        }
      }
    } else {
      if (places_.empty()) {
        for (std::size_t i = 0; i < members_.size(); ++i) places_.emplace(members_[i].first, i);
      }
      const auto [place, isNew] = places_.emplace(name, members_.size());
      if (!isNew) {
        members_[place->second].second = std::move(value);
        return;
      }
    }
    members_.emplace_back(std::move(name), std::move(value));
  }

  [[nodiscard]] Value take() { return Value::object(std::move(members_)); }

 private:
  Value::Object members_;
  std::unordered_map<std::string, std::size_t> places_;  // only once there are many
};

/// Builds a Value while nlohmann's parser reads, so that no digit of an integer is lost on the way.
class Handler final : public nlohmann::json_sax<nlohmann::json> {
 public:
  [[nodiscard]] Value take() { return std::move(result_); }
  [[nodiscard]] bool tooDeep() const noexcept { return tooDeep_; }
  [[nodiscard]] bool beyondRange() const noexcept { return beyondRange_; }
  [[nodiscard]] std::size_t errorPosition() const noexcept { return errorPosition_; }

  bool null() override { return add({}); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t& digits) override {
    const bool isInteger = digits.find_first_of(".eE") == std::string::npos;
    return add(isInteger ? Value::decimal(digits) : Value(value));
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& value) override {
    return add(Blob(std::string_view(reinterpret_cast<const char*>(value.data()), value.size())));
  }
  bool start_object(std::size_t) override { return open(true); }
  bool key(string_t& name) override {
    frames_.back().key = std::move(name);
    return true;
  }
  bool end_object() override { return close(frames_.back().object.take()); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_array() override { return close(Value::array(std::move(frames_.back().items))); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) override {
    errorPosition_ = position;
    constexpr int kNumberOverflow = 406;
    beyondRange_ = error.id == kNumberOverflow;
    return false;
  }

 private:
  struct Frame {
    bool isObject = false;
    std::string key;
    ObjectBuilder object;
    Value::Array items;
  };

  bool open(bool isObject) {
    if (frames_.size() == Value::kMaxJsonDepth) {
      tooDeep_ = true;
      return false;
    }
    frames_.emplace_back();
    frames_.back().isObject = isObject;
    return true;
  }
  bool close(Value value) {
    frames_.pop_back();
    return add(std::move(value));
  }
  bool add(Value value) {
    if (frames_.empty()) {
      result_ = std::move(value);
    } else if (Frame& frame = frames_.back(); frame.isObject) {
      frame.object.add(std::move(frame.key), std::move(value));
    } else {
      frame.items.push_back(std::move(value));
    }
    return true;
  }

  std::vector<Frame> frames_;
  Value result_;
  bool tooDeep_ = false;
  bool beyondRange_ = false;
  std::size_t errorPosition_ = 0;
};

Value fromDom(const nlohmann::json& json, std::size_t depth) {
  if (json.is_structured() && depth == Value::kMaxJsonDepth) failDepth();
  switch (json.type()) {
    case nlohmann::json::value_t::boolean:
      return json.get<bool>();
    case nlohmann::json::value_t::number_integer:
      return json.get<std::int64_t>();
    case nlohmann::json::value_t::number_unsigned:
      return json.get<std::uint64_t>();
    case nlohmann::json::value_t::number_float:
      return json.get<double>();
    case nlohmann::json::value_t::string:
      return json.get_ref<const std::string&>();
    case nlohmann::json::value_t::binary: {
      const auto& bytes = json.get_binary();
      return Blob(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    }
    case nlohmann::json::value_t::array: {
      Value::Array items;
      items.reserve(json.size());
      for (const nlohmann::json& item : json) items.push_back(fromDom(item, depth + 1));
      return Value::array(std::move(items));
    }
    case nlohmann::json::value_t::object: {
      Value::Object members;
      members.reserve(json.size());
      for (const auto& [name, member] : json.items()) {
        members.emplace_back(name, fromDom(member, depth + 1));
      }
      return Value::object(std::move(members));
    }
    case nlohmann::json::value_t::null:
    case nlohmann::json::value_t::discarded:
      break;
  }
  return {};
}

}  // namespace

Value Value::fromJson(const nlohmann::json& json) { return fromDom(json, 0); }

Value Value::parseJson(std::string_view text) {
  Handler handler;
  if (nlohmann::json::sax_parse(text, &handler)) return handler.take();
  if (handler.tooDeep()) failDepth();
  const std::string where = " at byte " + std::to_string(handler.errorPosition());
  if (handler.beyondRange()) {
    throw ConversionError("the JSON text has a number beyond the range of a double" + where);
  }
  throw ConversionError("the text is not JSON: error" + where);
}

nlohmann::json Value::toJson() const { return json::toDom<nlohmann::json>(*this, {}); }

template <class Json>
Json jsonOf(const Value& value) {
  return value.toJson();
}
template nlohmann::json jsonOf(const Value& value);

}  // namespace sonde
