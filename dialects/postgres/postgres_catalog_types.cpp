#include "postgres_catalog_types.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "postgres_expression.hpp"
#include "postgres_types.hpp"

namespace sonde::postgres {
namespace {

// OIDs of pg_type.dat whose modifier says something that the model has a place for.
constexpr std::uint32_t kTimeOid = 1083;
constexpr std::uint32_t kTimestampOid = 1114;
constexpr std::uint32_t kIntervalOid = 1186;
constexpr std::uint32_t kTimeTzOid = 1266;
constexpr std::uint32_t kBitOid = 1560;
constexpr std::uint32_t kVarbitOid = 1562;

// Domains nest by hand: this many levels are no accident but a damaged catalog.
constexpr int kDeepestDomain = 1000;

/// Sets length, precision and scale from a type's modifier.
void setModifier(Column& column, std::uint32_t oid, std::int32_t modifier) {
  constexpr std::int32_t kHeader = 4;  // VARHDRSZ, by which modifiers with a length are raised
  if (modifier < 0) return;
  switch (oid) {
    case postgres_oid::kVarchar:
    case postgres_oid::kBpchar:
      column.length = modifier - kHeader;
      return;
    case kBitOid:
    case kVarbitOid:
      column.length = modifier;
      return;
    case postgres_oid::kNumeric:
      column.precision = ((modifier - kHeader) >> 16) & 0xFFFF;
      // Eleven bits with a sign.
      column.scale = (((modifier - kHeader) & 0x7FF) ^ 1024) - 1024;
      return;
    case kTimeOid:
    case kTimeTzOid:
    case kTimestampOid:
    case postgres_oid::kTimestampTz:
      column.precision = modifier;
      return;
    case kIntervalOid:
      // The upper half says which fields it holds.
      if ((modifier & 0xFFFF) != 0xFFFF) column.precision = modifier & 0xFFFF;
      return;
    default:
      return;
  }
}

}  // namespace

std::uint32_t CatalogTypes::use(std::uint32_t oid, std::int32_t modifier) {
  const std::uint64_t key = std::uint64_t{oid} << 32 | static_cast<std::uint32_t>(modifier);
  const auto [found, added] = places_.emplace(key, static_cast<std::uint32_t>(uses_.size()));
  if (added) uses_.emplace_back(oid, modifier);
  return found->second;
}

std::vector<std::uint32_t> CatalogTypes::usedOids() const {
  std::vector<std::uint32_t> oids;
  oids.reserve(uses_.size());
  for (const TypeUse& use : uses_) oids.push_back(use.first);
  std::sort(oids.begin(), oids.end());
  oids.erase(std::unique(oids.begin(), oids.end()), oids.end());
  return oids;
}

void CatalogTypes::take(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto [found, added] = types_.try_emplace(rows.oid(row, 0));
    if (!added) continue;
    CatalogType& type = found->second;
    type.schema = rows.text(row, 1);
    type.name = rows.text(row, 2);
    type.kind = rows.text(row, 3).front();
    type.element = rows.oid(row, 5);
    type.isArray = rows.text(row, 4) == "A" && type.element != 0;
    type.base = rows.oid(row, 6);
    type.modifier = static_cast<std::int32_t>(rows.integer(row, 7));
    type.notNull = rows.boolean(row, 8);
    type.collation = rows.oid(row, 9);
    type.plainName = rows.text(row, 10);
    type.listed = rows.boolean(row, 11);
  }
}

void CatalogTypes::takeLabels(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto found = types_.find(rows.oid(row, 0));
    if (found != types_.end()) found->second.labels.emplace_back(rows.text(row, 1));
  }
}

void CatalogTypes::takeDefaults(const PostgresResult& rows) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto found = types_.find(rows.oid(row, 0));
    if (found != types_.end()) found->second.defaultText = rows.text(row, 1);
  }
}

void CatalogTypes::takeNames(const PostgresResult& rows) {
  names_.resize(uses_.size());
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const auto use = static_cast<std::size_t>(rows.integer(row, 0));
    if (use < names_.size()) names_[use] = rows.text(row, 1);
  }
}

void CatalogTypes::addCheck(std::uint32_t domain, Check check) {
  const auto found = types_.find(domain);
  if (found != types_.end()) found->second.checks.push_back(std::move(check));
}

void CatalogTypes::useDomainBases() {
  for (const auto& [oid, type] : types_) {
    if (type.kind == 'd' && type.listed) (void)use(type.base, type.modifier);
  }
}

const CatalogType* CatalogTypes::find(std::uint32_t oid) const {
  const auto found = types_.find(oid);
  return found == types_.end() ? nullptr : &found->second;
}

const ColumnType& CatalogTypes::describe(std::uint32_t use) {
  if (described_.size() < uses_.size()) described_.resize(uses_.size());
  std::optional<ColumnType>& described = described_[use];
  if (!described) described = make(use);
  return *described;
}

ColumnType CatalogTypes::make(std::uint32_t use) const {
  auto [oid, modifier] = uses_[use];
  const CatalogType* type = find(oid);
  ColumnType out;
  Column& column = out.column;
  if (use < names_.size()) column.declaredType = names_[use];
  if (type == nullptr) return out;
  if (column.declaredType.empty()) column.declaredType = type->plainName;
  const auto broken = errors_.find(use);
  if (broken != errors_.end()) out.error = broken->second;
  out.collation = type->collation;
  if (type->kind == 'd') {
    column.domain = type->schema == "pg_catalog" ? type->name : type->schema + '.' + type->name;
  }
  // A domain takes over the default of the one it is made of, but not its NOT NULL.
  const std::string& defaultText = type->defaultText;
  for (int depth = 0; type->kind == 'd' && depth < kDeepestDomain; ++depth) {
    column.nullable = column.nullable && !type->notNull;
    oid = type->base;
    modifier = type->modifier >= 0 ? type->modifier : -1;
    const CatalogType* base = find(oid);
    if (base == nullptr) return out;
    type = base;
  }
  out.baseName = type->plainName;
  if (type->isArray) {
    column.type = Type::Array;
    setElement(column, *type);
  } else {
    setScalar(column, oid, modifier);
  }
  if (!defaultText.empty()) {
    column.defaultValue = readDefault(defaultText, out.baseName, column.type);
  }
  return out;
}

void CatalogTypes::setScalar(Column& column, std::uint32_t oid, std::int32_t modifier) const {
  const CatalogType* type = find(oid);
  if (type != nullptr && type->kind == 'e') {
    column.type = Type::Enum;
    column.enumValues = type->labels;
    return;
  }
  const PostgresType* builtIn = findPostgresType(oid);
  if (builtIn != nullptr) column.type = builtIn->type;
  setModifier(column, oid, modifier);
}

void CatalogTypes::setElement(Column& column, const CatalogType& array) const {
  Column element;
  std::uint32_t oid = array.element;
  const CatalogType* type = find(oid);
  for (int depth = 0; type != nullptr && type->kind == 'd' && depth < kDeepestDomain; ++depth) {
    oid = type->base;
    type = find(oid);
  }
  if (type != nullptr && type->isArray) {
    column.elementType = Type::Array;  // of a domain over an array
    return;
  }
  setScalar(element, oid, -1);
  column.elementType = element.type;
  column.enumValues = std::move(element.enumValues);
}

void CatalogTypes::list(Catalog& catalog, const std::unordered_set<std::uint32_t>& ofExtensions) {
  for (auto& [oid, type] : types_) {
    if (!type.listed || ofExtensions.count(oid) != 0) continue;
    if (type.kind == 'e') {
      catalog.enums.push_back({type.schema, type.name, type.labels});
    } else if (type.kind == 'd') {
      catalog.domains.push_back(domainOf(type));
    }
  }
  const auto byName = [](const auto& a, const auto& b) {
    return std::tie(a.schema, a.name) < std::tie(b.schema, b.name);
  };
  std::sort(catalog.enums.begin(), catalog.enums.end(), byName);
  std::sort(catalog.domains.begin(), catalog.domains.end(), byName);
}

Domain CatalogTypes::domainOf(const CatalogType& type) {
  const ColumnType& base = describe(use(type.base, type.modifier));
  Domain domain;
  domain.schema = type.schema;
  domain.name = type.name;
  domain.declaredType = base.column.declaredType;
  domain.nullable = base.column.nullable && !type.notNull;
  if (!type.defaultText.empty()) {
    domain.defaultValue = readDefault(type.defaultText, base.baseName, base.column.type);
  }
  domain.checks = type.checks;
  std::sort(domain.checks.begin(), domain.checks.end(),
            [](const Check& a, const Check& b) { return a.name < b.name; });
  return domain;
}

}  // namespace sonde::postgres
