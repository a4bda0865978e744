// Decoding rows: the hot loop of every read.
#include <libpq-fe.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <memory>
#include <string>

#include "../../core/error.hpp"
#include "../block_budget.hpp"
#include "postgres_array.hpp"
#include "postgres_decode.hpp"
#include "postgres_header.hpp"

namespace sonde {
namespace {

struct FreePq {
  void operator()(unsigned char* memory) const noexcept { PQfreemem(memory); }
};

/// Copies everything into a block, within a budget.
struct BlockKeeper {
  ResultBlock& block;
  BlockBudget budget;

  const char* sent(const char* data, std::size_t size) { return made(data, size); }
  const char* made(const char* data, std::size_t size) {
    budget.spend(size + 1, block.rowCount());
    return block.store(data, size);
  }
};

/// Leaves what libpq keeps where it is, and holds what was made from it for the time of one row.
struct RowKeeper {
  std::vector<std::unique_ptr<char[]>>& kept;

  const char* sent(const char* data, std::size_t) { return data; }
  const char* made(const char* data, std::size_t size) {
    auto copy = std::make_unique<char[]>(size + 1);
    std::memcpy(copy.get(), data, size);
    return kept.emplace_back(std::move(copy)).get();
  }
};

template <class Number>
Number numberIn(std::string_view text) noexcept {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void setBytes(Cell& cell, Storage storage, Type type, const char* bytes,
              std::size_t size) noexcept {
  cell.storage = storage;
  cell.type = type;
  cell.length = static_cast<std::uint32_t>(size);
  cell.bytes = bytes;
}

void setInteger(Cell& cell, Type type, std::int64_t value) noexcept {
  cell.storage = Storage::Integer;
  cell.type = type;
  cell.integer = value;
}

void setReal(Cell& cell, Type type, double value) noexcept {
  cell.storage = Storage::Real;
  cell.type = type;
  cell.real = value;
}

void setBoolean(Cell& cell, bool value) noexcept {
  cell.storage = Storage::Boolean;
  cell.type = Type::Boolean;
  cell.integer = value ? 1 : 0;
}

/// Text that is made from the bytes of a value: dates, decimals, uuids.
template <class Keeper>
void readFormatted(Cell& cell, const PostgresRule& rule, const char* data, std::size_t size,
                   Keeper& keep) {
  if (rule.codec == PostgresCodec::Numeric) {
    const std::string digits = postgres::numericText({data, size});
    setBytes(cell, Storage::Text, rule.type, keep.made(digits.data(), digits.size()),
             digits.size());
    return;
  }
  std::array<char, postgres::kFixedText> text;
  const std::size_t length = postgres::writeText(text.data(), rule.codec, {data, size});
  setBytes(cell, Storage::Text, rule.type, keep.made(text.data(), length), length);
}

template <class Keeper>
void readBinary(Cell& cell, const PostgresRule& rule, const char* data, std::size_t size,
                Keeper& keep) {
  switch (rule.codec) {
    case PostgresCodec::Boolean:
      return setBoolean(cell, *data != 0);
    case PostgresCodec::Int2:
      return setInteger(cell, rule.type, postgres::bigEndian<std::int16_t>(data));
    case PostgresCodec::Int4:
      return setInteger(cell, rule.type, postgres::bigEndian<std::int32_t>(data));
    case PostgresCodec::Int8:
      return setInteger(cell, rule.type, postgres::bigEndian<std::int64_t>(data));
    case PostgresCodec::Oid:
      return setInteger(cell, rule.type, postgres::bigEndian<std::uint32_t>(data));
    case PostgresCodec::Float4: {
      const auto bits = postgres::bigEndian<std::uint32_t>(data);
      return setReal(cell, rule.type, postgres::widened(std::bit_cast<float>(bits)));
    }
    case PostgresCodec::Float8:
      return setReal(cell, rule.type,
                     std::bit_cast<double>(postgres::bigEndian<std::uint64_t>(data)));
    case PostgresCodec::Bytea:
      return setBytes(cell, Storage::Blob, rule.type, keep.sent(data, size), size);
    case PostgresCodec::Jsonb:
      // A byte with the version of the format comes first.
      return setBytes(cell, Storage::Text, rule.type, keep.sent(data + 1, size - 1), size - 1);
    case PostgresCodec::Text:
    case PostgresCodec::Json:
      return setBytes(cell, Storage::Text, rule.type, keep.sent(data, size), size);
    default:
      return readFormatted(cell, rule, data, size, keep);
  }
}

template <class Keeper>
void readHex(Cell& cell, const PostgresRule& rule, const char* data, Keeper& keep) {
  std::size_t size = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(data);
  const std::unique_ptr<unsigned char, FreePq> bytes(PQunescapeBytea(text, &size));
  if (bytes == nullptr) throw std::bad_alloc();
  setBytes(cell, Storage::Blob, rule.type,
           keep.made(reinterpret_cast<const char*>(bytes.get()), size), size);
}

template <class Keeper>
void readText(Cell& cell, const PostgresRule& rule, const char* data, std::size_t size,
              Keeper& keep) {
  switch (rule.codec) {
    case PostgresCodec::Boolean:
      return setBoolean(cell, *data == 't');
    case PostgresCodec::Int2:
    case PostgresCodec::Int4:
    case PostgresCodec::Int8:
    case PostgresCodec::Oid:
      return setInteger(cell, rule.type, numberIn<std::int64_t>({data, size}));
    case PostgresCodec::Float4:
    case PostgresCodec::Float8:
      return setReal(cell, rule.type, numberIn<double>({data, size}));
    case PostgresCodec::Bytea:
      return readHex(cell, rule, data, keep);
    case PostgresCodec::Array: {
      std::string json;
      if (!appendArrayAsJson(json, {data, size}, rule.element)) break;
      // A JSON document, so that it is embedded as one; the column says that it is an array.
      return setBytes(cell, Storage::Text, Type::Json, keep.made(json.data(), json.size()),
                      json.size());
    }
    default:
      break;
  }
  setBytes(cell, Storage::Text, rule.type, keep.sent(data, size), size);
}

template <class Keeper>
void readRow(const PostgresHeader& header, const PGresult* result, int row, bool binary,
             Cell* cells, Keeper& keep) {
  const int width = static_cast<int>(header.rules.size());
  const PostgresRule* const rules = header.rules.data();
  for (int i = 0; i < width; ++i) {
    Cell& cell = cells[i];
    cell.column = static_cast<std::uint16_t>(i);
    cell.length = 0;
    const int size = PQgetlength(result, row, i);
    if (size == 0 && PQgetisnull(result, row, i) != 0) {
      cell.storage = Storage::Null;
      cell.type = Type::Other;
      cell.integer = 0;
      continue;
    }
    const char* const data = PQgetvalue(result, row, i);
    if (binary) {
      readBinary(cell, rules[i], data, static_cast<std::size_t>(size), keep);
    } else {
      readText(cell, rules[i], data, static_cast<std::size_t>(size), keep);
    }
  }
}

bool isBinary(const PGresult* result) noexcept {
  return PQnfields(result) != 0 && PQfformat(result, 0) == 1;
}

/// How much longer than the bytes sent the text of a value can be.
std::size_t growth(PostgresCodec codec) noexcept {
  switch (codec) {
    case PostgresCodec::Uuid:
      return 20;
    case PostgresCodec::Date:
      return 8;
    case PostgresCodec::Time:
    case PostgresCodec::TimeTz:
      return 12;
    case PostgresCodec::Timestamp:
    case PostgresCodec::TimestampTz:
    case PostgresCodec::Interval:
      return 24;
    case PostgresCodec::Numeric:
      return 12;
    default:
      return 0;
  }
}

}  // namespace

void PostgresRows::read(const PostgresHeader& header, const PGresult* result, int row,
                        Cell* cells) {
  kept_.clear();
  RowKeeper keep{kept_};
  readRow(header, result, row, isBinary(result), cells, keep);
}

void PostgresRows::append(const PostgresHeader& header, const PGresult* result, ResultBlock& block,
                          std::size_t maxRows, std::size_t maxBytes) {
  const std::size_t rowBytes = header.rules.size() * sizeof(Cell);
  const std::size_t before = block.rowCount() * rowBytes + block.byteCount();
  BlockKeeper keep{block, BlockBudget(maxBytes, before)};
  const bool binary = isBinary(result);
  const int rows = PQntuples(result);
  for (int row = 0; row < rows; ++row) {
    if (maxRows != 0 && block.rowCount() == maxRows) return;
    Cell* const cells = block.appendRow();
    keep.budget.spend(rowBytes, block.rowCount());
    readRow(header, result, row, binary, cells, keep);
  }
}

BlockHint PostgresRows::sizeOf(const PostgresHeader& header, const PGresult* result,
                               std::size_t maxRows) {
  BlockHint hint;
  const auto rows = static_cast<std::size_t>(PQntuples(result));
  hint.rows = maxRows != 0 && maxRows < rows ? maxRows : rows;
  const bool binary = isBinary(result);
  constexpr std::size_t kFewRows = 16;
  if (hint.rows <= kFewRows) {
    for (std::size_t row = 0; row < hint.rows; ++row) {
      for (std::size_t i = 0; i < header.rules.size(); ++i) {
        const PostgresCodec codec = header.rules[i].codec;
        if (codec <= PostgresCodec::Float8) continue;
        hint.bytes += static_cast<std::size_t>(
                          PQgetlength(result, static_cast<int>(row), static_cast<int>(i))) +
                      1 + (binary ? growth(codec) : 0);
      }
    }
  } else {
    // libpq keeps a length and a pointer for each value beside its bytes.
    constexpr std::size_t kValueOverhead = 16;
    const std::size_t overhead = rows * header.rules.size() * kValueOverhead;
    const std::size_t memory = PQresultMemorySize(result);
    hint.bytes = memory > overhead ? (memory - overhead) / rows * hint.rows : 0;
    for (const PostgresRule& rule : header.rules) {
      if (binary) hint.bytes += growth(rule.codec) * hint.rows;
    }
  }
  if (hint.rows == 0) hint.rows = 1;
  return hint;
}

}  // namespace sonde
