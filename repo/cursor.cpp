#include "cursor.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <utility>

#include "../core/error.hpp"

namespace sonde::repo {
namespace {

constexpr char kVersion = 1;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// FNV-1a (Fowler, Noll, Vo), 64 bits.
std::uint64_t hashOf(std::string_view bytes, std::uint64_t hash = 0xCBF29CE484222325ULL) {
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
  return hash;
}

void putNumber(std::string& out, std::uint64_t number, int bytes = 8) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((number >> (8 * i)) & 0xFF);
}

std::string toBase64Url(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += kAlphabet[(bits >> (held - 6)) & 63];
  }
  if (held > 0) out += kAlphabet[(bits << (6 - held)) & 63];
  return out;
}

std::optional<std::string> fromBase64Url(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xFF);
  }
  return out;
}

void putCell(std::string& out, const Cell& cell) {
  out += static_cast<char>(cell.storage);
  switch (cell.storage) {
    case Storage::Null:
      return;
    case Storage::Boolean:
    case Storage::Integer:
      putNumber(out, static_cast<std::uint64_t>(cell.integer));
      return;
    case Storage::Unsigned:
      putNumber(out, cell.unsignedInteger);
      return;
    case Storage::Real:
      putNumber(out, std::bit_cast<std::uint64_t>(cell.real));
      return;
    case Storage::Text:
    case Storage::Blob:
      out += static_cast<char>(cell.type);
      putNumber(out, cell.length, 4);
      out.append(cell.view());
      return;
  }
}

// Reads what putNumber and putCell wrote; `ok` turns false for good at the first byte that is not
// there.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool atEnd() const noexcept { return left_.empty(); }

  std::string_view bytes(std::size_t count) {
    if (left_.size() < count) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  std::uint64_t number(std::size_t count = 8) {
    std::uint64_t result = 0;
    const std::string_view taken = bytes(count);
    for (std::size_t i = taken.size(); i > 0; --i) {
      result = (result << 8) | static_cast<unsigned char>(taken[i - 1]);
    }
    return result;
  }
  Value value() {
    const std::string_view tag = bytes(1);
    if (!ok_) return {};
    switch (static_cast<Storage>(tag.front())) {
      case Storage::Null:
        return {};
      case Storage::Boolean:
        return number() != 0;
      case Storage::Integer:
        return static_cast<std::int64_t>(number());
      case Storage::Unsigned:
        return number();
      case Storage::Real:
        return std::bit_cast<double>(number());
      case Storage::Text: {
        const auto type = static_cast<Type>(number(1));
        return Value::typed(std::string(bytes(number(4))), type);
      }
      case Storage::Blob:
        (void)number(1);
        return Blob(bytes(number(4)));
    }
    ok_ = false;
    return {};
  }

 private:
  std::string_view left_;
  bool ok_ = true;
};

[[noreturn]] void refuse(const char* rule) {
  throw ValidationError(std::string("the cursor ") + rule, {{"after", rule}});
}

}  // namespace

std::uint64_t orderHash(const Table& table, const std::vector<OrderColumn>& order) {
  std::string text = table.schema + '\0' + table.name + '\0';
  appendOrderKey(text, order);
  return hashOf(text);
}

std::string encodeCursor(std::uint64_t order, const std::vector<Cell>& cells) {
  std::string bytes(1, kVersion);
  putNumber(bytes, order);
  for (const Cell& cell : cells) putCell(bytes, cell);
  putNumber(bytes, hashOf(bytes), 4);
  return toBase64Url(bytes);
}

std::vector<Value> decodeCursor(std::string_view cursor, std::uint64_t order, std::size_t count) {
  constexpr std::size_t kSumBytes = 4;
  const std::optional<std::string> bytes = fromBase64Url(cursor);
  // Spare bits of the last character could differ without changing a byte.
  if (!bytes || bytes->size() < 1 + 8 + kSumBytes || toBase64Url(*bytes) != cursor) {
    refuse("is damaged");
  }
  const std::string_view all(*bytes);
  const std::string_view body = all.substr(0, all.size() - kSumBytes);
  Reader sum(all.substr(body.size()));
  if (sum.number(kSumBytes) != (hashOf(body) & 0xFFFFFFFFULL)) refuse("is damaged");

  Reader reader(body);
  if (reader.bytes(1).front() != kVersion) refuse("is of another version");
  if (reader.number() != order) refuse("belongs to another table or order");
  std::vector<Value> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(reader.value());
  if (!reader.ok() || !reader.atEnd()) refuse("is damaged");
  return values;
}

}  // namespace sonde::repo
