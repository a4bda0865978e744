// How relations are named. docs/relations.md states the rules with examples.
//
// Invariant: the first choice of a name depends on the foreign key's own columns and the names of
// the tables it joins, on nothing else, so that a further foreign key leaves the names of the
// others alone. Later choices are only taken where a column or an earlier relation already has the
// name. Used by relations.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "table.hpp"
#include "words.hpp"

namespace sonde::detail {

/// A table's name in words.
struct TableWords {
  Words asWritten;
  Words singular;
  Words plural;
};

/// A foreign key that makes relations, with what its names are made of.
struct Link {
  const ForeignKey* key = nullptr;
  std::uint32_t child = 0;    ///< Position of the table that has the key.
  std::uint32_t parent = 0;   ///< Position of the table that it points at.
  bool childUnique = false;   ///< At most one child row has a parent.
  Words role;                 ///< What the parent is to the child: {"author"} for author_id.
  bool conventional = false;  ///< The role says no more than the parent's name does.
};

/// @return The words of a table's name; "unnamed" for one without a letter or digit.
[[nodiscard]] TableWords wordsOf(const Table& table);

/// @return What the parent is to the child, read from the columns of the key; the parent's name in
/// the singular where they do not tell. Never empty unless that name has no words.
[[nodiscard]] Words roleOf(const ForeignKey& key, const TableWords& parent);

/// @return Whether the role is the parent's name, or the end of it ("user" for auth_user).
[[nodiscard]] bool isConventional(const Words& role, const TableWords& parent) noexcept;

/// How many choices of a name the functions below tell apart; the last one is numbered further.
inline constexpr unsigned kNameChoices = 3;

/// @return The name for the child's relation to its parent.
[[nodiscard]] std::string belongsToName(const Link& link, const TableWords& parent,
                                        unsigned choice);

/// @return The name for the parent's relation to its children. `schema` is that of the child where
/// it has to be told, else empty.
[[nodiscard]] std::string inverseName(const Link& link, const TableWords& child,
                                      const std::string& schema, unsigned choice);

/// @return The name for the relation of near's parent to far's parent through a junction.
[[nodiscard]] std::string manyToManyName(const Link& near, const Link& far,
                                         const TableWords& nearParent, const TableWords& farParent,
                                         const TableWords& junction, unsigned choice);

}  // namespace sonde::detail
