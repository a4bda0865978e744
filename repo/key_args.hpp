// The key of a row as arguments in key order, from whatever form the caller gave it in.
//
// Invariant: points into the caller's key; valid for the call. A key of one column given as a plain
// value costs nothing. Used by the calls by key.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "../core/arg.hpp"
#include "../core/record.hpp"
#include "arg_buffer.hpp"
#include "table_plans.hpp"

namespace sonde::repo {

class KeyArgs {
 public:
  /// A value for a key of one column; an object by name for a composite key.
  /// @throws SchemaError where the table has no key; ValidationError naming the columns of the key
  /// when this is none.
  KeyArgs(const TablePlans& plans, const Arg& key) {
    if (plans.key().size() == 1 && key.kind() < Arg::Kind::Document) {
      buffer_.push(key);
    } else {
      fromObject(plans, key);
    }
  }
  /// A key by name. Throws as above.
  KeyArgs(const TablePlans& plans, const Record& key);

  [[nodiscard]] Args args() const noexcept { return buffer_.args(); }
  void appendTo(ArgBuffer& args) const { args.push(buffer_.args()); }

 private:
  void fromObject(const TablePlans& plans, const Arg& key);
  template <class Fields>
  void fromFields(const TablePlans& plans, const Fields& fields);

  ArgBuffer buffer_;
};

/// @return A key as it is given to callers: a value, or an object for several columns.
[[nodiscard]] Value keyValue(const TablePlans& plans, Args key);
/// @return A key by name, as change sets have it.
[[nodiscard]] Record keyRecord(const TablePlans& plans, Args key);

}  // namespace sonde::repo
