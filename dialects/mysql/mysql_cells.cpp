#include "mysql_cells.hpp"

#include <mysql.h>

#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

namespace sonde {
namespace {

// "-838:59:59.000000" and "2024-01-02T03:04:05.000006Z" fit.
constexpr std::size_t kTimeRoom = 32;

template <class T>
T load(const unsigned char* at) noexcept {
  // The protocol is little-endian, byte by byte, whatever the machine is.
  std::uint64_t bits = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) bits = bits << 8 | at[i];
  return static_cast<T>(bits);
}

char* writeDigits(char* out, unsigned value, int digits) noexcept {
  for (int i = digits - 1; i >= 0; --i) {
    out[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return out + digits;
}

/// ".12" for 120000 microseconds: zeros at the end say nothing, and other engines leave them out.
char* writeFraction(char* out, std::uint32_t micros) noexcept {
  if (micros == 0) return out;
  *out++ = '.';
  char* end = writeDigits(out, micros, 6);
  while (end[-1] == '0') --end;
  return end;
}

char* writeTime(char* out, const unsigned char* at) noexcept {
  out = writeDigits(out, at[0], 2);
  *out++ = ':';
  out = writeDigits(out, at[1], 2);
  *out++ = ':';
  return writeDigits(out, at[2], 2);
}

/// A date or timestamp; bytes that are not sent are zero, down to "0000-00-00".
char* writeDate(char* out, const unsigned char* at, unsigned long length,
                const MysqlColumnRule& rule) noexcept {
  static constexpr unsigned char kZero[4] = {};
  const unsigned char* day = length >= 4 ? at : kZero;
  out = writeDigits(out, load<std::uint16_t>(day), 4);
  *out++ = '-';
  out = writeDigits(out, day[2], 2);
  *out++ = '-';
  out = writeDigits(out, day[3], 2);
  if (rule.dateOnly) return out;
  const bool isReal = day[2] != 0 && day[3] != 0;  // not "2024-00-00"
  *out++ = isReal ? 'T' : ' ';
  out = writeTime(out, length >= 7 ? at + 4 : kZero);
  if (length >= 11) out = writeFraction(out, load<std::uint32_t>(at + 7));
  if (rule.instant && isReal) *out++ = 'Z';
  return out;
}

/// A TIME: sign, days, hours, minutes, seconds, microseconds. Hours go on beyond a day.
char* writeDuration(char* out, const unsigned char* at, unsigned long length) noexcept {
  if (length < 8) {
    std::memcpy(out, "00:00:00", 8);
    return out + 8;
  }
  if (at[0] != 0) *out++ = '-';
  const std::uint32_t hours = load<std::uint32_t>(at + 1) * 24 + at[5];
  out = writeDigits(out, hours, hours > 99 ? 3 : 2);
  *out++ = ':';
  out = writeDigits(out, at[6], 2);
  *out++ = ':';
  out = writeDigits(out, at[7], 2);
  return length >= 12 ? writeFraction(out, load<std::uint32_t>(at + 8)) : out;
}

/// The double that reads as a float's own shortest digits: 0.1, not 0.10000000149.
double shortest(float value) noexcept {
  char digits[32];
  const auto written = std::to_chars(digits, digits + sizeof(digits), value);
  double wide = value;
  std::from_chars(digits, written.ptr, wide);
  return wide;
}

void setInteger(Cell& cell, std::int64_t value, const MysqlColumnRule& rule) noexcept {
  cell.storage = Storage::Integer;
  cell.type = rule.boolean && (value == 0 || value == 1) ? Type::Boolean : Type::Other;
  cell.integer = value;
}

void setUnsigned(Cell& cell, std::uint64_t value, const MysqlColumnRule& rule) noexcept {
  if (value <= static_cast<std::uint64_t>(INT64_MAX)) {
    setInteger(cell, static_cast<std::int64_t>(value), rule);
    return;
  }
  cell.storage = Storage::Unsigned;
  cell.type = Type::Other;
  cell.unsignedInteger = value;
}

template <class Signed, class Unsigned>
void setNumber(Cell& cell, unsigned char*& at, const MysqlColumnRule& rule) noexcept {
  const auto bits = load<Unsigned>(at);
  at += sizeof(Unsigned);
  if (rule.isUnsigned) {
    setUnsigned(cell, bits, rule);
  } else {
    setInteger(cell, static_cast<Signed>(bits), rule);
  }
}

void setReal(Cell& cell, double value) noexcept {
  cell.storage = Storage::Real;
  cell.type = Type::Other;
  cell.real = value;
}

void setBytes(Cell& cell, Storage storage, Type type, const char* bytes,
              std::size_t length) noexcept {
  cell.storage = storage;
  cell.type = type;
  cell.length = static_cast<std::uint32_t>(length);
  cell.bytes = bytes;
}

bool pointsAtBytes(MysqlWire wire) noexcept {
  return wire == MysqlWire::Text || wire == MysqlWire::Blob || wire == MysqlWire::Date ||
         wire == MysqlWire::Duration;
}

}  // namespace

void MysqlRowSink::setRules(std::vector<MysqlColumnRule> rules) {
  rules_ = std::move(rules);
  byteColumns_.clear();
  bool times = false;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (pointsAtBytes(rules_[i].wire)) byteColumns_.push_back(static_cast<std::uint16_t>(i));
    times = times || rules_[i].wire == MysqlWire::Date || rules_[i].wire == MysqlWire::Duration;
  }
  times_.resize(times ? rules_.size() * kTimeRoom : 0);
}

void MysqlRowSink::read(void* sink, unsigned column, unsigned char** at) {
  auto& self = *static_cast<MysqlRowSink*>(sink);
  Cell& cell = self.cells_[column];
  cell.column = static_cast<std::uint16_t>(column);
  cell.length = 0;
  if (at == nullptr) {
    cell.storage = Storage::Null;
    cell.type = Type::Other;
    cell.integer = 0;
    return;
  }
  self.readValue(column, *at);
}

void MysqlRowSink::readValue(unsigned column, unsigned char*& at) noexcept {
  Cell& cell = cells_[column];
  const MysqlColumnRule& rule = rules_[column];
  switch (rule.wire) {
    case MysqlWire::Int8:
      return setNumber<std::int8_t, std::uint8_t>(cell, at, rule);
    case MysqlWire::Int16:
      return setNumber<std::int16_t, std::uint16_t>(cell, at, rule);
    case MysqlWire::Int32:
      return setNumber<std::int32_t, std::uint32_t>(cell, at, rule);
    case MysqlWire::Int64:
      return setNumber<std::int64_t, std::uint64_t>(cell, at, rule);
    case MysqlWire::Float: {
      const auto value = std::bit_cast<float>(load<std::uint32_t>(at));
      at += sizeof(value);
      return setReal(cell, shortest(value));
    }
    case MysqlWire::Double: {
      const auto value = std::bit_cast<double>(load<std::uint64_t>(at));
      at += sizeof(value);
      return setReal(cell, value);
    }
    default:
      break;
  }
  const unsigned long length = mysql_net_field_length(&at);
  const unsigned char* bytes = at;
  at += length;
  char* const time = times_.data() + std::size_t{column} * kTimeRoom;
  switch (rule.wire) {
    case MysqlWire::Blob:
      return setBytes(cell, Storage::Blob, Type::Other, reinterpret_cast<const char*>(bytes),
                      length);
    case MysqlWire::Bits: {
      std::uint64_t value = 0;
      for (unsigned long i = 0; i < length; ++i) value = value << 8 | bytes[i];
      return setUnsigned(cell, value, rule);
    }
    case MysqlWire::Date: {
      const char* end = writeDate(time, bytes, length, rule);
      return setBytes(cell, Storage::Text, rule.type, time, static_cast<std::size_t>(end - time));
    }
    case MysqlWire::Duration: {
      const char* end = writeDuration(time, bytes, length);
      return setBytes(cell, Storage::Text, rule.type, time, static_cast<std::size_t>(end - time));
    }
    default:
      return setBytes(cell, Storage::Text, rule.type, reinterpret_cast<const char*>(bytes), length);
  }
}

}  // namespace sonde
