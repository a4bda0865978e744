#include "table.hpp"

#include <algorithm>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"

namespace sonde {
namespace {

bool sameName(std::string_view a, std::string_view b, bool ignoreCase) noexcept {
  return ignoreCase ? text::equalsIgnoreCase(a, b) : a == b;
}

/// The position of the item called `name`: an exact match, else the first but for case.
template <typename Items>
std::size_t indexOf(const Items& items, std::string_view name, bool ignoreCase) noexcept {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].name == name) return i;
  }
  if (!ignoreCase) return Table::npos;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (text::equalsIgnoreCase(items[i].name, name)) return i;
  }
  return Table::npos;
}

template <typename Items>
[[noreturn]] void throwUnknown(std::string_view what, std::string_view wrong, const Table& table,
                               const Items& items) {
  std::vector<std::string> names;
  names.reserve(items.size());
  for (const auto& item : items) names.push_back(item.name);
  std::vector<std::string> suggestions = nearest(wrong, names);
  std::string message = "no ";
  message.append(what).append(" ").append(quoteForMessage(wrong)).append(" in table ");
  message.append(quoteForMessage(table.name)).append(didYouMean(suggestions));
  ErrorDetails details;
  details.table = table.name;
  throw SchemaError(message, std::move(suggestions), std::move(details));
}

std::string_view nameOf(const std::string& column) noexcept { return column; }
std::string_view nameOf(const IndexPart& part) noexcept { return part.column; }

/// Whether every column of `key` is one of `columns`.
template <typename Key>
bool within(const Key& key, const std::vector<std::string>& columns, bool ignoreCase) noexcept {
  return std::all_of(key.begin(), key.end(), [&](const auto& part) {
    return std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
      return sameName(nameOf(part), column, ignoreCase);
    });
  });
}

/// Whether every one of `columns` is a column of `key`.
template <typename Key>
bool covers(const Key& key, const std::vector<std::string>& columns, bool ignoreCase) noexcept {
  return std::all_of(columns.begin(), columns.end(), [&](const std::string& column) {
    return std::any_of(key.begin(), key.end(), [&](const auto& part) {
      return sameName(nameOf(part), column, ignoreCase);
    });
  });
}

/// Whether `test` holds for the columns of the primary key, of a unique constraint or of a whole
/// unique index.
template <typename Test>
bool anyUniqueKey(const Table& table, Test test) noexcept {
  if (table.primaryKey && !table.primaryKey->columns.empty() && test(table.primaryKey->columns)) {
    return true;
  }
  for (const UniqueConstraint& unique : table.uniqueConstraints) {
    if (!unique.columns.empty() && test(unique.columns)) return true;
  }
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
    return index.enforcesUniqueColumns() && test(index.parts);
  });
}

}  // namespace

std::string_view tableKindName(TableKind kind) noexcept {
  switch (kind) {
    case TableKind::Table:
      return "table";
    case TableKind::View:
      return "view";
    case TableKind::MaterializedView:
      return "materializedView";
    case TableKind::Virtual:
      return "virtual";
    case TableKind::Shadow:
      return "shadow";
    case TableKind::Foreign:
      return "foreign";
    case TableKind::Partitioned:
      return "partitioned";
    case TableKind::Partition:
      return "partition";
    case TableKind::System:
      return "system";
  }
  return "table";
}

std::size_t Table::columnIndex(std::string_view column) const noexcept {
  return indexOf(columns, column, ignoreCase);
}

const Column* Table::findColumn(std::string_view column) const noexcept {
  const std::size_t i = columnIndex(column);
  return i == npos ? nullptr : &columns[i];
}

const Column& Table::column(std::string_view column) const {
  const Column* found = findColumn(column);
  if (found == nullptr) throwUnknown("column", column, *this, columns);
  return *found;
}

const Relation* Table::findRelation(std::string_view relation) const noexcept {
  const std::size_t i = indexOf(relations, relation, ignoreCase);
  return i == npos ? nullptr : &relations[i];
}

const Relation& Table::relation(std::string_view relation) const {
  const Relation* found = findRelation(relation);
  if (found == nullptr) throwUnknown("relation", relation, *this, relations);
  return *found;
}

const std::vector<std::string>& Table::keyColumns() const noexcept {
  static const std::vector<std::string> kNone;
  return primaryKey ? primaryKey->columns : kNone;
}

bool Table::isStored() const noexcept {
  return !isInternal() && kind != TableKind::View && kind != TableKind::MaterializedView;
}

bool Table::writable() const noexcept {
  if (kind == TableKind::View) {
    if (error) return false;
    if (updatable.value_or(false)) return true;
    return std::any_of(triggers.begin(), triggers.end(),
                       [](const Trigger& trigger) { return trigger.timing == "INSTEAD OF"; });
  }
  return isStored() && !columns.empty();
}

bool Table::isUnique(const std::vector<std::string>& names) const noexcept {
  return anyUniqueKey(*this, [&](const auto& key) {
    return within(key, names, ignoreCase) && covers(key, names, ignoreCase);
  });
}

bool Table::hasKeyWithin(const std::vector<std::string>& names) const noexcept {
  return anyUniqueKey(*this, [&](const auto& key) { return within(key, names, ignoreCase); });
}

}  // namespace sonde
