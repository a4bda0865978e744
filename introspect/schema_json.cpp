#include "schema_json.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "selection.hpp"

namespace sonde {
namespace {

/// Builds the JSON value; `Json` decides whether keys keep their order.
template <typename Json>
class Writer {
 public:
  [[nodiscard]] static Json schema(const Schema& schema, const std::vector<std::string>& names) {
    Json tables = Json::array();
    for (const Table* one : detail::selectTables(schema, names, true))
      tables.push_back(table(*one));
    return {{"sonde", 1},
            {"dialect", schema.dialect()},
            {"serverVersion", schema.serverVersion()},
            {"fingerprint", schema.fingerprint()},
            {"tables", std::move(tables)},
            {"enums", list(schema.enums(), enumType)},
            {"domains", list(schema.domains(), domain)},
            {"sequences", list(schema.sequences(), sequence)}};
  }

 private:
  template <typename T>
  static Json orNull(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
  }
  static Json orNull(std::string_view text) { return text.empty() ? Json(nullptr) : Json(text); }

  static Json names(const std::vector<std::string>& values) {
    Json out = Json::array();
    for (const std::string& value : values) out.push_back(value);
    return out;
  }

  template <typename Items, typename Function>
  static Json list(const Items& items, Function function) {
    Json out = Json::array();
    for (const auto& item : items) out.push_back(function(item));
    return out;
  }

  static Json table(const Table& table) {
    return {{"schema", table.schema},
            {"name", table.name},
            {"kind", tableKindName(table.kind)},
            {"error", orNull(table.error)},
            {"comment", orNull(table.comment)},
            {"rowEstimate", orNull(table.rowEstimate)},
            {"strict", table.strict},
            {"withoutRowid", table.withoutRowid},
            {"definition", orNull(table.definition)},
            {"partitionOf", orNull(table.partitionOf)},
            {"inherits", names(table.inherits)},
            {"updatable", orNull(table.updatable)},
            {"columns", list(table.columns, column)},
            {"primaryKey", table.primaryKey ? primaryKey(*table.primaryKey) : Json(nullptr)},
            {"foreignKeys", list(table.foreignKeys, foreignKey)},
            {"uniqueConstraints", list(table.uniqueConstraints, unique)},
            {"indexes", list(table.indexes, index)},
            {"checks", list(table.checks, check)},
            {"exclusions", list(table.exclusions, exclusion)},
            {"triggers", list(table.triggers, trigger)},
            {"relations", list(table.relations, relation)}};
  }

  static Json column(const Column& column) {
    const bool isEnum = column.type == Type::Enum || !column.enumValues.empty();
    const bool isArray = column.type == Type::Array;
    return {{"name", column.name},
            {"position", column.position},
            {"declaredType", column.declaredType},
            {"type", typeName(column.type)},
            {"length", orNull(column.length)},
            {"precision", orNull(column.precision)},
            {"scale", orNull(column.scale)},
            {"unsigned", column.isUnsigned},
            {"elementType", isArray ? Json(typeName(column.elementType)) : Json(nullptr)},
            {"domain", orNull(column.domain)},
            {"enumValues", isEnum ? names(column.enumValues) : Json(nullptr)},
            {"nullable", column.nullable},
            {"default", defaultValue(column.defaultValue)},
            {"generated", generated(column.generated)},
            {"generatedExpression", orNull(column.generatedExpression)},
            {"onUpdate", orNull(column.onUpdate)},
            {"autoIncrement", column.autoIncrement},
            {"identity", identity(column.identity)},
            {"collation", orNull(column.collation)},
            {"comment", orNull(column.comment)}};
  }

  static Json defaultValue(const std::optional<ColumnDefault>& value) {
    if (!value) return nullptr;
    const bool literal = value->kind == ColumnDefault::Kind::Literal;
    return {{"kind", literal ? "literal" : "expression"}, {"text", value->text}};
  }

  static Json generated(Generated generated) {
    if (generated == Generated::No) return nullptr;
    return generated == Generated::Stored ? "stored" : "virtual";
  }

  static Json identity(Identity identity) {
    if (identity == Identity::No) return nullptr;
    return identity == Identity::Always ? "always" : "byDefault";
  }

  static Json primaryKey(const PrimaryKey& key) {
    return {{"name", orNull(key.name)}, {"columns", names(key.columns)}};
  }

  static Json foreignKey(const ForeignKey& key) {
    const bool some = !key.setNullColumns.empty();
    return {{"name", orNull(key.name)},
            {"columns", names(key.columns)},
            {"references",
             {{"schema", key.references.schema},
              {"table", key.references.table},
              {"columns", names(key.references.columns)}}},
            {"onDelete", referentialActionName(key.onDelete)},
            {"onUpdate", referentialActionName(key.onUpdate)},
            {"deferrable", key.deferrable},
            {"initiallyDeferred", key.initiallyDeferred},
            {"match", key.match},
            {"setNullColumns", some ? names(key.setNullColumns) : Json(nullptr)},
            {"validated", key.validated},
            {"dangling", key.dangling}};
  }

  static Json unique(const UniqueConstraint& unique) {
    return {{"name", orNull(unique.name)},
            {"columns", names(unique.columns)},
            {"nullsNotDistinct", unique.nullsNotDistinct}};
  }

  static Json part(const IndexPart& part) {
    Json out = Json::object();
    if (part.column.empty()) {
      out["expression"] = part.expression;
    } else {
      out["column"] = part.column;
    }
    out["descending"] = part.descending;
    out["nullsFirst"] = orNull(part.nullsFirst);
    out["collation"] = orNull(part.collation);
    out["opclass"] = orNull(part.opclass);
    out["prefixLength"] = orNull(part.prefixLength);
    return out;
  }

  static Json index(const Index& index) {
    return {{"name", index.name},
            {"unique", index.unique},
            {"parts", list(index.parts, part)},
            {"include", names(index.include)},
            {"where", orNull(index.where)},
            {"method", index.method},
            {"valid", index.valid},
            {"origin", orNull(index.origin)},
            {"nullsNotDistinct", index.nullsNotDistinct}};
  }

  static Json check(const Check& check) {
    return {{"name", orNull(check.name)},
            {"expression", check.expression},
            {"validated", check.validated}};
  }

  static Json exclusion(const Exclusion& exclusion) {
    return {{"name", orNull(exclusion.name)}, {"definition", exclusion.definition}};
  }

  static Json trigger(const Trigger& trigger) {
    return {{"name", trigger.name},
            {"timing", trigger.timing},
            {"events", names(trigger.events)},
            {"columns", names(trigger.columns)},
            {"definition", trigger.definition}};
  }

  static Json through(const RelationThrough& through) {
    return {{"schema", through.schema},
            {"table", through.table},
            {"columns", names(through.columns)},
            {"foreignColumns", names(through.foreignColumns)}};
  }

  static Json relation(const Relation& relation) {
    return {{"name", relation.name},
            {"kind", relationKindName(relation.kind)},
            {"schema", relation.schema},
            {"table", relation.table},
            {"through", relation.through ? through(*relation.through) : Json(nullptr)},
            {"columns", names(relation.columns)},
            {"foreignColumns", names(relation.foreignColumns)}};
  }

  static Json enumType(const EnumType& type) {
    return {{"schema", type.schema}, {"name", type.name}, {"values", names(type.values)}};
  }

  static Json domain(const Domain& domain) {
    return {{"schema", domain.schema},
            {"name", domain.name},
            {"declaredType", domain.declaredType},
            {"nullable", domain.nullable},
            {"default", defaultValue(domain.defaultValue)},
            {"checks", list(domain.checks, check)}};
  }

  static Json sequence(const Sequence& sequence) {
    return {{"schema", sequence.schema},
            {"name", sequence.name},
            {"ownedBy", orNull(sequence.ownedBy)}};
  }
};

}  // namespace

nlohmann::json schemaJson(const Schema& schema, const std::vector<std::string>& tables) {
  return Writer<nlohmann::json>::schema(schema, tables);
}

std::string schemaJsonText(const Schema& schema, const std::vector<std::string>& tables,
                           int indent) {
  using Json = nlohmann::ordered_json;
  const Json json = Writer<Json>::schema(schema, tables);
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sonde
