#include "fingerprint.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "hash128.hpp"

namespace sonde::detail {
namespace {

/// Writes values so that different sequences of them give different bytes: numbers in LEB128, texts
/// with their length before them, lists with their size, optionals with a flag.
class Encoder {
 public:
  Encoder() { bytes_.reserve(kUsualSize); }

  template <typename... Values>
  void put(const Values&... values) {
    (write(values), ...);
  }

  /// Writes a list whose order says nothing: the sum of the hashes of its items.
  template <typename Items, typename Encode>
  void putUnordered(const Items& items, Encode encode) {
    Hash128 sum;
    std::uint64_t count = 0;
    for (const auto& item : items) {
      Encoder encoder;
      if (!encode(encoder, item)) continue;
      const Hash128 hash = hash128(encoder.bytes_);
      sum.low += hash.low;
      sum.high += hash.high;
      ++count;
    }
    put(count, sum.low, sum.high);
  }

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  void write(std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes_ += static_cast<char>(0x80 | (number & 0x7f));
    bytes_ += static_cast<char>(number);
  }
  void write(bool flag) { write(std::uint64_t{flag}); }
  void write(int number) { write(static_cast<std::uint64_t>(std::int64_t{number})); }
  void write(std::string_view text) {
    write(std::uint64_t{text.size()});
    bytes_ += text;
  }
  void write(const std::string& text) { write(std::string_view(text)); }

  template <typename Enum, typename = std::enable_if_t<std::is_enum_v<Enum>>>
  void write(Enum value) {
    write(static_cast<std::uint64_t>(value));
  }
  template <typename T>
  void write(const std::optional<T>& value) {
    write(value.has_value());
    if (value) write(*value);
  }
  template <typename T>
  void write(const std::vector<T>& values) {
    write(std::uint64_t{values.size()});
    for (const T& value : values) write(value);
  }
  void write(const ColumnDefault& value) { put(value.kind, value.text); }
  void write(const PrimaryKey& key) { put(key.name, key.columns); }
  void write(const Check& check) {
    put(check.name, check.expression);
    if (!check.validated) put(std::string_view("NOT VALID"));
  }
  void write(const IndexPart& part) {
    put(part.column, part.expression, part.descending, part.nullsFirst, part.collation,
        part.opclass, part.prefixLength);
  }
  /// Columns are most of a schema: what is one of few goes into one number, with a bit for each
  /// optional part, and absent parts take no bytes.
  void write(const Column& column) {
    std::uint64_t summary = 0;
    int used = 0;
    const auto add = [&](auto value, int bits) {
      summary |= static_cast<std::uint64_t>(value) << used;
      used += bits;
    };
    add(column.type, 8);
    add(column.elementType, 8);
    add(column.generated, 2);
    add(column.identity, 2);
    add(column.isUnsigned, 1);
    add(column.nullable, 1);
    add(column.autoIncrement, 1);
    add(column.rowidAlias, 1);
    add(column.length.has_value(), 1);
    add(column.precision.has_value(), 1);
    add(column.scale.has_value(), 1);
    add(column.domain.has_value(), 1);
    add(column.defaultValue.has_value(), 1);
    add(column.collation.has_value(), 1);
    add(!column.enumValues.empty(), 1);
    add(!column.generatedExpression.empty(), 1);
    add(column.onUpdate.has_value(), 1);
    put(column.name, column.declaredType, summary);
    putPresent(column.length, column.precision, column.scale, column.domain, column.defaultValue,
               column.collation, column.onUpdate);
    if (!column.enumValues.empty()) put(column.enumValues);
    if (!column.generatedExpression.empty()) put(column.generatedExpression);
  }

  template <typename... Optionals>
  void putPresent(const Optionals&... values) {
    ((values ? write(*values) : void()), ...);
  }

  static constexpr std::size_t kUsualSize = 512;  // of a table
  std::string bytes_;
};

bool encodeForeignKey(Encoder& out, const ForeignKey& key) {
  out.put(key.name, key.columns, key.references.schema, key.references.table,
          key.references.columns, key.onDelete, key.onUpdate, key.deferrable, key.initiallyDeferred,
          key.match, key.setNullColumns, key.validated);
  return true;
}

bool encodeIndex(Encoder& out, const Index& index) {
  out.put(index.name, index.unique, index.parts, index.include, index.where, index.method,
          index.valid, index.origin, index.nullsNotDistinct);
  return true;
}

bool encodeTable(Encoder& out, const Table& table) {
  if (table.isInternal()) return false;
  out.put(tableKindName(table.kind), table.schema, table.name, table.error.has_value(),
          table.strict, table.withoutRowid, table.partitionOf, table.columns, table.primaryKey);
  // The parts of a table say all there is; nothing but its SQL describes a view or a virtual table.
  if (!table.isStored() || table.kind == TableKind::Virtual) out.put(table.definition);
  out.putUnordered(table.foreignKeys, encodeForeignKey);
  out.putUnordered(table.uniqueConstraints, [](Encoder& item, const UniqueConstraint& unique) {
    item.put(unique.name, unique.columns, unique.nullsNotDistinct);
    return true;
  });
  out.putUnordered(table.indexes, encodeIndex);
  out.putUnordered(table.checks, [](Encoder& item, const Check& check) {
    item.put(check);
    return true;
  });
  out.putUnordered(table.exclusions, [](Encoder& item, const Exclusion& exclusion) {
    item.put(exclusion.name, exclusion.definition);
    return true;
  });
  out.putUnordered(table.triggers, [](Encoder& item, const Trigger& trigger) {
    item.put(trigger.name, trigger.timing, trigger.events, trigger.columns, trigger.definition);
    return true;
  });
  if (!table.inherits.empty()) out.put(table.inherits);
  return true;
}

}  // namespace

std::string fingerprintOf(const Catalog& catalog) {
  Encoder out;
  out.put(catalog.dialect);
  out.putUnordered(catalog.tables, encodeTable);
  out.putUnordered(catalog.enums, [](Encoder& item, const EnumType& type) {
    item.put(type.schema, type.name, type.values);
    return true;
  });
  out.putUnordered(catalog.domains, [](Encoder& item, const Domain& domain) {
    item.put(domain.schema, domain.name, domain.declaredType, domain.nullable, domain.defaultValue,
             domain.checks);
    return true;
  });
  out.putUnordered(catalog.sequences, [](Encoder& item, const Sequence& sequence) {
    item.put(sequence.schema, sequence.name, sequence.ownedBy);
    return true;
  });
  return hash128(out.bytes()).hex();
}

}  // namespace sonde::detail
