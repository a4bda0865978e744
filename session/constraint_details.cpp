#include "constraint_details.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../core/text.hpp"

namespace sonde {

namespace {

using Names = std::vector<std::string>;

// What is known of the failure, completed step by step.
struct Facts {
  ConstraintKind kind;
  ErrorDetails details;
  const Table* table = nullptr;
};

const Table* writtenTable(const Schema& schema, const query::Plan* plan) {
  if (plan == nullptr) return nullptr;
  for (const query::TableUse& use : plan->tables) {
    if (!use.written) continue;
    return use.schema.empty() ? schema.findTable(use.table)
                              : schema.findTable(use.schema, use.table);
  }
  return nullptr;
}

bool isNamed(const std::optional<std::string>& name, std::string_view wanted) {
  return name && text::equalsIgnoreCase(*name, wanted);
}

bool sameSet(Names a, Names b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

// MySQL puts the table before the name of a key, and MariaDB before that of a column's check.
std::string_view withoutTable(std::string_view constraint, const Table& table) {
  const std::size_t size = table.name.size();
  const bool prefixed = constraint.size() > size + 1 && constraint[size] == '.' &&
                        text::equalsIgnoreCase(constraint.substr(0, size), table.name);
  return prefixed ? constraint.substr(size + 1) : constraint;
}

Names plainColumns(const Index& index) {
  Names columns;
  for (const IndexPart& part : index.parts) {
    if (!part.column.empty()) columns.push_back(part.column);
  }
  return columns;
}

bool isPrimaryKeyName(const Table& table, std::string_view name) {
  if (!table.primaryKey) return false;
  // The name that MySQL's primary keys all have, whether or not the catalog says so.
  return isNamed(table.primaryKey->name, name) || text::equalsIgnoreCase(name, "PRIMARY");
}

struct Key {
  ConstraintKind kind = ConstraintKind::Unique;
  Names columns;
};

// The unique rule of this name; empty when the table has none.
std::optional<Key> keyOf(const Table& table, std::string_view constraint) {
  const std::string_view name = withoutTable(constraint, table);
  if (isPrimaryKeyName(table, name)) {
    return Key{ConstraintKind::PrimaryKey, table.primaryKey->columns};
  }
  for (const UniqueConstraint& unique : table.uniqueConstraints) {
    if (isNamed(unique.name, name)) return Key{ConstraintKind::Unique, unique.columns};
  }
  for (const Index& index : table.indexes) {
    if (!text::equalsIgnoreCase(index.name, name)) continue;
    const bool primary = index.origin == "primaryKey";
    return Key{primary ? ConstraintKind::PrimaryKey : ConstraintKind::Unique, plainColumns(index)};
  }
  return std::nullopt;
}

const ForeignKey* foreignKeyOf(const Table& table, std::string_view constraint) {
  const std::string_view name = withoutTable(constraint, table);
  for (const ForeignKey& key : table.foreignKeys) {
    if (isNamed(key.name, name)) return &key;
  }
  return nullptr;
}

// SQLite tells the expression of a check without a name.
const Check* checkOf(const Table& table, std::string_view constraint) {
  const std::string_view name = withoutTable(constraint, table);
  for (const Check& check : table.checks) {
    if (isNamed(check.name, name) || check.expression == constraint) return &check;
  }
  return nullptr;
}

// The only table for which `has` holds; null when there is none or more than one.
template <class Has>
const Table* onlyTable(const Schema& schema, Has has) {
  const Table* only = nullptr;
  for (const Table& table : schema.tables()) {
    if (table.isInternal() || !has(table)) continue;
    if (only != nullptr) return nullptr;
    only = &table;
  }
  return only;
}

// The table that has the constraint: the one at hand, else the only one in the schema.
template <class Has>
const Table* ownerOf(const Schema& schema, const Facts& facts, Has has) {
  if (facts.table != nullptr && has(*facts.table)) return facts.table;
  return onlyTable(schema, has);
}

void describeKey(const Schema& schema, Facts& facts) {
  ErrorDetails& details = facts.details;
  if (!details.constraint.empty()) {
    const Table* owner = ownerOf(schema, facts, [&](const Table& table) {
      return keyOf(table, details.constraint).has_value();
    });
    if (owner != nullptr) {
      Key key = *keyOf(*owner, details.constraint);
      facts.table = owner;
      facts.kind = key.kind;
      if (details.columns.empty()) details.columns = std::move(key.columns);
    }
    return;
  }
  if (facts.table == nullptr || details.columns.empty()) return;
  const Table& table = *facts.table;
  if (table.primaryKey && sameSet(table.primaryKey->columns, details.columns)) {
    facts.kind = ConstraintKind::PrimaryKey;
    details.constraint = table.primaryKey->name.value_or("");
    return;
  }
  for (const UniqueConstraint& unique : table.uniqueConstraints) {
    if (sameSet(unique.columns, details.columns)) details.constraint = unique.name.value_or("");
  }
}

struct Reference {
  const Table* table;
  const ForeignKey* key;
};

// The foreign keys that a statement on a table can break: those of a row it writes, and those that
// point at a row it removes or changes.
std::vector<Reference> breakable(const Schema& schema, const Table& written,
                                 std::string_view firstWord) {
  const bool removes = text::equalsIgnoreCase(firstWord, "DELETE");
  const bool adds =
      text::equalsIgnoreCase(firstWord, "INSERT") || text::equalsIgnoreCase(firstWord, "REPLACE");
  std::vector<Reference> found;
  for (const Table& table : schema.tables()) {
    for (const ForeignKey& key : table.foreignKeys) {
      const bool own = &table == &written && !removes;
      const bool pointing =
          !adds && key.references.table == written.name && key.references.schema == written.schema;
      if (own || pointing) found.push_back({&table, &key});
    }
  }
  return found;
}

std::string_view firstWord(std::string_view sql, const query::LexerRules& rules) {
  query::Lexer lexer(sql, rules);
  query::Token token;
  return lexer.nextSignificant(token) ? token.text : std::string_view();
}

void describeForeignKey(const Schema& schema, const query::Plan* plan,
                        const query::LexerRules& rules, Facts& facts) {
  ErrorDetails& details = facts.details;
  Reference found{nullptr, nullptr};
  if (!details.constraint.empty()) {
    const auto has = [&](const Table& table) {
      return foreignKeyOf(table, details.constraint) != nullptr;
    };
    found.table = ownerOf(schema, facts, has);
    if (found.table != nullptr) found.key = foreignKeyOf(*found.table, details.constraint);
  } else if (details.columns.empty() && facts.table != nullptr && plan != nullptr) {
    const auto all = breakable(schema, *facts.table, firstWord(plan->sql, rules));
    if (all.size() == 1) found = all.front();
  }
  if (found.key == nullptr) return;
  facts.table = found.table;
  details.columns = found.key->columns;
  if (details.constraint.empty()) details.constraint = found.key->name.value_or("");
}

// The columns of the table that an expression mentions, in the table's order.
Names mentionedColumns(const Table& table, std::string_view expression,
                       const query::LexerRules& rules) {
  std::vector<bool> mentioned(table.columns.size(), false);
  query::Lexer lexer(expression, rules);
  query::Token token;
  std::size_t last = Table::npos;
  bool afterCast = false;
  const auto settle = [&] {
    if (last != Table::npos) mentioned[last] = true;
    last = Table::npos;
  };
  while (lexer.nextSignificant(token)) {
    if (token.kind == query::TokenKind::Open) {
      last = Table::npos;  // what seemed a column was a function
      continue;
    }
    settle();
    const bool name =
        token.kind == query::TokenKind::Word || token.kind == query::TokenKind::QuotedIdentifier;
    if (name && !afterCast) last = table.columnIndex(query::unquote(token, rules));
    afterCast = token.text == "::";
  }
  settle();
  Names columns;
  for (std::size_t i = 0; i < mentioned.size(); ++i) {
    if (mentioned[i]) columns.push_back(table.columns[i].name);
  }
  return columns;
}

void describeCheck(const Schema& schema, const query::LexerRules& rules, Facts& facts) {
  ErrorDetails& details = facts.details;
  if (details.constraint.empty()) return;
  const Table* owner = ownerOf(schema, facts, [&](const Table& table) {
    return checkOf(table, details.constraint) != nullptr;
  });
  if (owner == nullptr) return;
  facts.table = owner;
  if (!details.columns.empty()) return;
  details.columns =
      mentionedColumns(*owner, checkOf(*owner, details.constraint)->expression, rules);
}

// As the table spells them.
void spellColumns(Facts& facts) {
  if (facts.table == nullptr) return;
  facts.details.table = facts.table->name;
  for (std::string& name : facts.details.columns) {
    if (const Column* column = facts.table->findColumn(name)) name = column->name;
  }
}

}  // namespace

void throwDescribed(const ConstraintError& error, const Schema& schema, const query::Plan* plan,
                    const query::LexerRules& rules) {
  Facts facts{error.kind(), error.details(), writtenTable(schema, plan)};
  const std::string& told = facts.details.table;
  const bool another = facts.table == nullptr || !text::equalsIgnoreCase(facts.table->name, told);
  if (!told.empty() && another) facts.table = schema.findTable(told);

  switch (facts.kind) {
    case ConstraintKind::Unique:
    case ConstraintKind::PrimaryKey:
      describeKey(schema, facts);
      break;
    case ConstraintKind::ForeignKey:
      describeForeignKey(schema, plan, rules, facts);
      break;
    case ConstraintKind::Check:
      describeCheck(schema, rules, facts);
      break;
    default:
      break;
  }
  spellColumns(facts);
  throw ConstraintError(facts.kind, error.what(), std::move(facts.details));
}

}  // namespace sonde
