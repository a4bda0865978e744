// A compiled query: SQL with placeholders, and where each placeholder's value comes from.
//
// Invariant: immutable and shared; `id` is unique in the process, so that a connection's statement
// cache finds the prepared statement by number instead of by text. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../core/value.hpp"

namespace sonde::query {

/// What is done to a text before it is bound.
enum class BindTransform : std::uint8_t {
  None,
  Like,        ///< Caller's LIKE pattern to what the dialect's operator wants.
  StartsWith,  ///< Plain text to a pattern.
  EndsWith,
  Contains,
  List,     ///< A list argument to the one text that the engine takes for it.
  Instant,  ///< A timestamp with an offset to the same instant as the engine reads it.
};

/// The source of one placeholder's value.
struct Slot {
  enum class Kind : std::uint8_t { Argument, Constant, Claim };
  Kind kind = Kind::Argument;
  BindTransform transform = BindTransform::None;
  bool ignoreCase = false;  ///< Of a pattern transform.
  std::uint32_t index = 0;  ///< Argument number, or index into Plan::constants.
  std::string claim;        ///< Name of the claim.
};

/// A table a statement touches, with what it does to it.
struct TableUse {
  std::string schema;
  std::string table;
  bool written = false;
};

struct Plan {
  std::uint64_t id = 0;
  std::string sql;
  std::vector<Slot> slots;
  std::vector<Value> constants;
  std::vector<TableUse> tables;
  std::uint32_t argumentCount = 0;  ///< Arguments the caller passes.
  bool direct = true;  ///< Placeholder i is argument i unchanged: bind the caller's array as it is.
  bool write = false;  ///< Needs a connection that may write.
  bool returnsRows = false;
  bool cacheable = true;  ///< Worth keeping prepared; not DDL, PRAGMA, EXPLAIN.
  /// Raw SQL that may leave something behind in its session: a setting, a temporary table, a lock.
  bool touchesSession = false;
};

using PlanPtr = std::shared_ptr<const Plan>;

/// @return An id no other plan of this process has. Thread-safe.
[[nodiscard]] std::uint64_t nextPlanId() noexcept;

}  // namespace sonde::query
