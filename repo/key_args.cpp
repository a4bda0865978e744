#include "key_args.hpp"

#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"

namespace sonde::repo {
namespace {

[[noreturn]] void refuse(const TablePlans& plans, const std::string& field,
                         const std::string& problem) {
  std::string message = "the key of " + quoteForMessage(plans.table().name) + " is ";
  for (std::size_t i = 0; i < plans.key().size(); ++i) {
    if (i != 0) message += ", ";
    message += quoteForMessage(plans.key()[i]);
  }
  message += ": ";
  if (!field.empty()) message += quoteForMessage(field) + " ";
  ErrorDetails details;
  details.table = plans.table().name;
  details.columns = plans.key();
  throw ValidationError(message + problem, {{field, problem}}, std::move(details));
}

}  // namespace

KeyArgs::KeyArgs(const TablePlans& plans, const Record& key) { fromFields(plans, key); }

void KeyArgs::fromObject(const TablePlans& plans, const Arg& key) {
  (void)plans.requireKey();
  if (key.kind() != Arg::Kind::Document || key.document().kind() != Value::Kind::Object) {
    refuse(plans, {}, "give its columns by name");
  }
  fromFields(plans, key.document().members());
}

template <class Fields>
void KeyArgs::fromFields(const TablePlans& plans, const Fields& fields) {
  const bool ignoreCase = plans.table().ignoreCase;
  for (const std::string& column : plans.requireKey()) {
    const Value* found = nullptr;
    for (const auto& [name, value] : fields) {
      if (name == column || (ignoreCase && text::equalsIgnoreCase(name, column))) found = &value;
    }
    if (found == nullptr) refuse(plans, column, "is missing");
    buffer_.push(*found);
  }
  if (fields.size() == plans.key().size()) return;
  for (const auto& [name, value] : fields) {
    bool known = false;
    for (const std::string& column : plans.key()) {
      known = known || name == column || (ignoreCase && text::equalsIgnoreCase(name, column));
    }
    if (!known) refuse(plans, name, "is no part of it");
  }
}

Value keyValue(const TablePlans& plans, Args key) {
  if (key.size() == 1) return key.front().toValue();
  Value::Object members;
  for (std::size_t i = 0; i < key.size(); ++i) {
    members.emplace_back(plans.key()[i], key[i].toValue());
  }
  return Value::object(std::move(members));
}

Record keyRecord(const TablePlans& plans, Args key) {
  std::vector<Record::Field> fields;
  fields.reserve(key.size());
  for (std::size_t i = 0; i < key.size(); ++i) {
    fields.emplace_back(plans.key()[i], key[i].toValue());
  }
  return Record(std::move(fields));
}

}  // namespace sonde::repo
