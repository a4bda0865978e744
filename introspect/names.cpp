#include "names.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "../core/text.hpp"

namespace sonde::detail {
namespace {

/// Takes `tail` off the end of `words`. @return False, with nothing done, when nothing else would
/// be left.
bool dropTail(Words& words, const Words& tail) {
  if (tail.empty() || words.size() <= tail.size() || !endsWith(words, tail)) return false;
  words.resize(words.size() - tail.size());
  return true;
}

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) out += word;
  return out;
}

/// Takes off the word "id": author_id, authorId, id_author, and customerid where customers are
/// meant.
bool dropId(Words& words, const TableWords& parent) {
  static const Words kId = {"id"};
  if (dropTail(words, kId)) return true;
  if (words.size() > 1 && words.front() == "id") {
    words.erase(words.begin());
    return true;
  }
  if (words.size() != 1) return false;
  if (words.front() != joined(parent.singular) + "id" &&
      words.front() != joined(parent.plural) + "id") {
    return false;
  }
  words = parent.singular;
  return true;
}

/// The role that one column tells: the column without "id", else without the name of the column it
/// points at, else as it is.
Words roleOfColumn(const std::string& own, const std::string& theirs, const TableWords& parent) {
  Words words = splitWords(own);
  if (!dropId(words, parent)) dropTail(words, splitWords(theirs));
  return words;
}

/// The words that all columns begin with; empty when there are none.
Words commonStart(const std::vector<Words>& columns) {
  Words start = columns.front();
  for (const Words& column : columns) {
    const auto end = std::mismatch(start.begin(), start.end(), column.begin(), column.end()).first;
    start.erase(end, start.end());
  }
  return start;
}

/// The role that several columns tell: what each is called beside the name of its target
/// (datum_auth_name, datum_code → auth_name, code), else the words that all begin with.
Words roleOfColumns(const ForeignKey& key, const std::vector<std::size_t>& telling,
                    const TableWords& parent) {
  std::vector<Words> columns;
  std::vector<Words> rests;
  for (const std::size_t i : telling) {
    columns.push_back(splitWords(key.columns[i]));
    Words rest = columns.back();
    if (dropTail(rest, splitWords(key.references.columns[i]))) rests.push_back(std::move(rest));
  }
  const bool allAgree = rests.size() == columns.size() &&
                        std::all_of(rests.begin(), rests.end(),
                                    [&](const Words& rest) { return rest == rests.front(); });
  if (allAgree) return rests.front();
  if (Words start = commonStart(columns); !start.empty()) return start;
  Words role = parent.singular;
  role.emplace_back("by");
  for (const Words& column : columns) append(role, column);
  return role;
}

Words columnWords(const ForeignKey& key) {
  Words words;
  for (const std::string& column : key.columns) append(words, splitWords(column));
  return words;
}

Words with(Words words, const char* joint, const Words& tail) {
  words.emplace_back(joint);
  append(words, tail);
  return words;
}

/// Whether a junction's name consists of the names of the tables that it joins, in either order.
bool namesBoth(const TableWords& junction, const TableWords& a, const TableWords& b) {
  const auto normal = [](Words words, const Words& tail) {
    append(words, tail);
    for (std::string& word : words) word = singular(std::string_view(word));
    return words;
  };
  const Words name = normal(junction.asWritten, {});
  return name == normal(a.singular, b.singular) || name == normal(b.singular, a.singular);
}

}  // namespace

TableWords wordsOf(const Table& table) {
  Words words = splitWords(table.name);
  if (words.empty()) return {{"unnamed"}, {"unnamed"}, {"unnamed"}};
  return {words, singular(words), plural(words)};
}

Words roleOf(const ForeignKey& key, const TableWords& parent) {
  // A column called like the one it points at says nothing of the role: a tenant that both share.
  std::vector<std::size_t> telling;
  for (std::size_t i = 0; i < key.columns.size(); ++i) {
    if (!text::equalsIgnoreCase(key.columns[i], key.references.columns[i])) telling.push_back(i);
  }
  if (telling.empty()) {
    if (key.columns.size() > 1) return parent.singular;
    Words words = splitWords(key.columns.front());
    return dropId(words, parent) ? words : parent.singular;
  }
  Words role = telling.size() == 1 ? roleOfColumn(key.columns[telling.front()],
                                                  key.references.columns[telling.front()], parent)
                                   : roleOfColumns(key, telling, parent);
  return role.empty() ? parent.singular : role;
}

bool isConventional(const Words& role, const TableWords& parent) noexcept {
  return !role.empty() && (endsWith(parent.singular, role) || endsWith(parent.asWritten, role));
}

std::string belongsToName(const Link& link, const TableWords& parent, unsigned choice) {
  if (choice == 0) return camelCase(link.role);
  if (choice == 1 && !endsWith(link.role, parent.singular)) {
    Words words = link.role;
    append(words, parent.singular);
    return camelCase(words);
  }
  Words words = columnWords(*link.key);
  words.emplace_back("ref");
  return camelCase(words);
}

std::string inverseName(const Link& link, const TableWords& child, const std::string& schema,
                        unsigned choice) {
  Words base = splitWords(schema);
  append(base, link.childUnique ? child.singular : child.plural);
  if (choice == 0) {
    if (link.conventional) return camelCase(base);
    if (link.child == link.parent && link.role == Words{"parent"}) {
      return link.childUnique ? "child" : "children";
    }
  }
  return camelCase(with(std::move(base), "by", choice < 2 ? link.role : columnWords(*link.key)));
}

std::string manyToManyName(const Link& near, const Link& far, const TableWords& nearParent,
                           const TableWords& farParent, const TableWords& junction,
                           unsigned choice) {
  if (choice + 1 == kNameChoices) {
    return camelCase(
        with(with(farParent.plural, "by", columnWords(*near.key)), "through", junction.asWritten));
  }
  Words words = far.conventional ? farParent.plural : plural(far.role);
  if (far.conventional && !near.conventional) words = with(std::move(words), "by", near.role);
  const bool plain =
      !far.conventional || !near.conventional || namesBoth(junction, nearParent, farParent);
  if (plain && choice == 0) return camelCase(words);
  return camelCase(with(std::move(words), "through", junction.asWritten));
}

}  // namespace sonde::detail
