#include "postgres_array.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "../../core/error.hpp"
#include "../../core/json_writer.hpp"
#include "../../core/temporal.hpp"
#include "../../core/text.hpp"

namespace sonde {
namespace {

// PostgreSQL's own limit is 6 dimensions; a domain over arrays inside an array could be deeper.
constexpr int kMaxDepth = 16;

int hexDigit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void appendText(std::string& out, std::string_view text) {
  static_cast<void>(json::appendString(out, text, true));
}

void appendHexAsBase64(std::string& out, std::string_view hex) {
  std::vector<std::byte> bytes;
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 2; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(hexDigit(hex[i]) * 16 + hexDigit(hex[i + 1])));
  }
  out += '"';
  text::appendBase64(out, bytes);
  out += '"';
}

/// Appends one element that is not NULL, as a cell of its type would be written.
void appendElement(std::string& out, std::string_view text, const PostgresType& type) {
  switch (type.codec) {
    case PostgresCodec::Boolean:
      out += text == "t" ? "true" : "false";
      return;
    case PostgresCodec::Int2:
    case PostgresCodec::Int4:
    case PostgresCodec::Int8:
    case PostgresCodec::Oid:
      out += text;
      return;
    case PostgresCodec::Float4:
    case PostgresCodec::Float8: {
      double number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      json::appendReal(out, number);
      return;
    }
    case PostgresCodec::Timestamp:
    case PostgresCodec::TimestampTz: {
      std::string iso;
      const bool zoned = type.codec == PostgresCodec::TimestampTz;
      appendText(out, temporal::appendIsoTimestamp(iso, text, zoned) ? iso : text);
      return;
    }
    case PostgresCodec::Bytea:
      if (text.starts_with("\\x")) {
        appendHexAsBase64(out, text);
        return;
      }
      break;
    case PostgresCodec::Json:
    case PostgresCodec::Jsonb:
      if (nlohmann::json::accept(text)) {
        out += text;
        return;
      }
      break;
    default:
      break;
  }
  appendText(out, text);
}

/// Reads one literal from the front.
class Reader {
 public:
  Reader(std::string_view text, const PostgresType& element) noexcept
      : rest_(text), element_(element) {}

  [[nodiscard]] bool whole(std::string& out) {
    // "[0:1][-1:2]={…}": where a dimension does not begin at 1. JSON has no place for it.
    if (!rest_.empty() && rest_.front() == '[') {
      const std::size_t equals = rest_.find('=');
      if (equals == std::string_view::npos) return false;
      rest_.remove_prefix(equals + 1);
    }
    return list(out, 0) && rest_.empty();
  }

 private:
  bool skip(char c) noexcept {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool list(std::string& out, int depth) {
    if (depth > kMaxDepth || !skip('{')) return false;
    out += '[';
    if (!skip('}')) {
      do {
        if (out.back() != '[') out += ',';
        if (!item(out, depth)) return false;
      } while (skip(element_.delimiter));
      if (!skip('}')) return false;
    }
    out += ']';
    return true;
  }

  bool item(std::string& out, int depth) {
    if (rest_.empty()) return false;
    if (rest_.front() == '{') return list(out, depth + 1);
    if (rest_.front() == '"') return quoted(out);
    const char ends[] = {element_.delimiter, '}'};
    const std::size_t end = rest_.find_first_of(std::string_view(ends, 2));
    if (end == std::string_view::npos || end == 0) return false;
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end);
    if (text == "NULL") {
      out += "null";
    } else {
      appendElement(out, text, element_);
    }
    return true;
  }

  bool quoted(std::string& out) {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        appendElement(out, text, element_);
        return true;
      }
      if (rest_[i] == '\\' && ++i == rest_.size()) return false;
      text += rest_[i];
    }
    return false;
  }

  std::string_view rest_;
  const PostgresType& element_;
};

void appendQuoted(std::string& out, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw ValidationError("PostgreSQL's text cannot hold a NUL, and a value of the list does");
  }
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void appendBlob(std::string& out, const Blob& blob) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  out += "\"\\\\x";
  for (const std::byte byte : blob.bytes) {
    out += kHex[static_cast<std::size_t>(byte) >> 4];
    out += kHex[static_cast<std::size_t>(byte) & 15];
  }
  out += '"';
}

void appendItem(std::string& out, const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null:
      out += "NULL";
      return;
    case Value::Kind::Boolean:
      out += value.as<bool>() ? 't' : 'f';
      return;
    case Value::Kind::Integer:
      out += std::to_string(value.as<std::int64_t>());
      return;
    case Value::Kind::Unsigned:
      out += std::to_string(value.as<std::uint64_t>());
      return;
    case Value::Kind::Real: {
      // The shortest text that reads back as itself; "2" and not "2.0", which integers refuse.
      std::array<char, 32> digits{};
      const double number = value.as<double>();
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
      out.append(digits.data(), end);
      return;
    }
    case Value::Kind::Text:
      appendQuoted(out, value.text());
      return;
    case Value::Kind::Blob:
      appendBlob(out, value.blob());
      return;
    case Value::Kind::Array:
      out += postgresArrayLiteral(value.items(), false);
      return;
    case Value::Kind::Object:
      appendQuoted(out, value.dump());
      return;
  }
}

}  // namespace

bool appendArrayAsJson(std::string& out, std::string_view literal, const PostgresType& element) {
  const std::size_t before = out.size();
  if (Reader(literal, element).whole(out)) return true;
  out.resize(before);
  return false;
}

std::string postgresArrayLiteral(std::span<const Value> items, bool dropNulls) {
  std::string out = "{";
  for (const Value& item : items) {
    if (dropNulls && item.isNull()) continue;
    if (out.size() > 1) out += ',';
    appendItem(out, item);
  }
  return out += '}';
}

}  // namespace sonde
