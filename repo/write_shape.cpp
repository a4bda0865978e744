#include "write_shape.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"
#include "../query/filter.hpp"
#include "value_check.hpp"

namespace sonde::repo {
namespace {

std::size_t mix(std::size_t seed, std::string_view text) noexcept {
  const std::size_t hash = std::hash<std::string_view>{}(text);
  return (seed ^ hash) * 0x9E3779B97F4A7C15ULL + (seed >> 29);
}

query::Operation operationOf(WriteKind kind) noexcept {
  return kind == WriteKind::Update ? query::Operation::Update : query::Operation::Insert;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

[[noreturn]] void refuse(const TablePlans& plans, std::vector<ValidationError::Problem> problems) {
  const std::string& table = plans.table().name;
  std::string message = "cannot write to " + quoteForMessage(table) + ": ";
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (i != 0) message += "; ";
    if (!problems[i].field.empty()) message += quoteForMessage(problems[i].field) + " ";
    message += problems[i].message;
  }
  ErrorDetails details;
  details.table = table;
  for (const auto& problem : problems) details.columns.push_back(problem.field);
  throw ValidationError(message, std::move(problems), std::move(details));
}

void resolveNames(const TablePlans& plans, const Record& record, WriteShape& shape) {
  std::vector<ValidationError::Problem> problems;
  const TableRules& rules = plans.rules(operationOf(shape.kind));
  for (std::size_t i = 0; i < record.size(); ++i) {
    const std::string& given = record[i].first;
    shape.names.push_back(given);
    const std::string& name = query::resolveColumn(plans.visible(), given);
    const Column* column = plans.visible().findColumn(name);
    if (rules.hides(name)) {
      throw SchemaError("table " + quoteForMessage(plans.table().name) + " has no column " +
                        quoteForMessage(given));
    }
    if (contains(shape.columns, name)) problems.push_back({given, "is given twice"});
    if (column != nullptr && column->readOnly()) {
      problems.push_back({given, "is computed by the database and cannot be written"});
    }
    if (column != nullptr && refusesValues(*column)) shape.strict.push_back(i);
    shape.columns.push_back(name);
  }
  if (!problems.empty()) refuse(plans, std::move(problems));
}

void resolveTarget(const TablePlans& plans, const std::vector<std::string>& conflict,
                   WriteShape& shape) {
  shape.conflict = conflict;
  const Table& table = plans.table();
  if (conflict.empty()) {
    if (table.keyColumns().empty()) (void)plans.requireKey();
    shape.target = plans.key();
  }
  for (const std::string& given : conflict) {
    shape.target.push_back(query::resolveColumn(plans.visible(), given));
  }
  std::vector<ValidationError::Problem> problems;
  const bool isKey = shape.target == plans.key() || table.isUnique(shape.target);
  if (!isKey) {
    for (const std::string& name : shape.target) {
      problems.push_back({name, "is no key or unique constraint by itself, or with the others"});
    }
  }
  for (const std::string& name : shape.target) {
    if (!contains(shape.columns, name)) {
      problems.push_back({name, "decides the conflict but has no value"});
    }
  }
  if (!problems.empty()) refuse(plans, std::move(problems));
}

void chooseKeySource(const TablePlans& plans, const Executor& executor, WriteShape& shape) {
  bool given = true;
  for (const std::string& name : plans.key()) {
    const auto at = std::find(shape.columns.begin(), shape.columns.end(), name);
    given = given && at != shape.columns.end();
    shape.keyFields.push_back(at == shape.columns.end()
                                  ? TablePlans::npos
                                  : static_cast<std::size_t>(at - shape.columns.begin()));
  }
  shape.keySource = KeySource::None;
  if (plans.key().empty()) return;
  const bool lastId = executor.capabilities().lastInsertId && plans.key().size() == 1;
  const Column* only = plans.table().findColumn(plans.key().front());
  if (lastId && (only == nullptr || only->rowidAlias)) {
    shape.keySource = KeySource::LastInsertId;
  } else if (given) {
    shape.keySource = KeySource::Record;
  } else if (lastId && only->autoIncrement) {
    shape.keySource = KeySource::LastInsertId;
  } else if (plans.canReturn(executor, query::Operation::Insert)) {
    shape.keySource = KeySource::Returning;
  }
}

}  // namespace

std::size_t writeShapeHash(WriteKind kind, const Record& record,
                           const std::vector<std::string>& conflict) noexcept {
  std::size_t hash = static_cast<std::size_t>(kind) + 1;
  for (const auto& [name, value] : record) hash = mix(hash, name);
  hash += record.size();
  for (const std::string& name : conflict) hash = mix(hash, name);
  return hash;
}

bool fits(const WriteShape& shape, WriteKind kind, const Record& record,
          const std::vector<std::string>& conflict) noexcept {
  if (shape.kind != kind || shape.names.size() != record.size() || shape.conflict != conflict) {
    return false;
  }
  for (std::size_t i = 0; i < record.size(); ++i) {
    if (shape.names[i] != record[i].first) return false;
  }
  return true;
}

std::shared_ptr<const WriteShape> makeWriteShape(const TablePlans& plans, const Executor& executor,
                                                 WriteKind kind, const Record& record,
                                                 const std::vector<std::string>& conflict) {
  auto shape = std::make_shared<WriteShape>();
  shape->kind = kind;
  resolveNames(plans, record, *shape);
  if (kind == WriteKind::Upsert) resolveTarget(plans, conflict, *shape);
  chooseKeySource(plans, executor, *shape);
  return shape;
}

void checkValues(const TablePlans& plans, const WriteShape& shape, const Record& record) {
  if (shape.strict.empty() && shape.target.empty()) return;
  std::vector<ValidationError::Problem> problems;
  for (const std::size_t field : shape.strict) {
    const Column& column = plans.table().column(shape.columns[field]);
    std::string problem = valueProblem(column, record[field].second);
    if (!problem.empty()) problems.push_back({shape.names[field], std::move(problem)});
  }
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    if (record[i].second.isNull() && contains(shape.target, shape.columns[i])) {
      problems.push_back({shape.names[i], "decides the conflict and cannot be null"});
    }
  }
  if (!problems.empty()) refuse(plans, std::move(problems));
}

query::Insert insertOf(const TablePlans& plans, const WriteShape& shape) {
  query::Insert insert;
  insert.table = &plans.table();
  insert.columns = shape.columns;
  insert.rows.emplace_back();
  for (std::uint32_t i = 0; i < shape.columns.size(); ++i) {
    insert.rows.front().push_back(query::parameter(i));
  }
  if (shape.kind != WriteKind::Upsert) return insert;

  query::Conflict conflict;
  conflict.target = shape.target;
  for (const std::string& column : shape.columns) {
    if (!contains(shape.target, column)) conflict.columns.push_back(column);
  }
  conflict.update = !conflict.columns.empty();
  insert.conflict = std::move(conflict);
  return insert;
}

query::Update updateOf(const TablePlans& plans, const WriteShape& shape) {
  query::Update update;
  update.table = &plans.table();
  for (std::uint32_t i = 0; i < shape.columns.size(); ++i) {
    update.set.push_back({shape.columns[i], query::parameter(i)});
  }
  return update;
}

}  // namespace sonde::repo
