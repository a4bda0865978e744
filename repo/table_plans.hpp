// The plans of one table, as one schema snapshot and one set of access rules have it.
//
// Invariant: the schema it was made for never changes; plans are added, never replaced, so that
// what a call found stays valid while it holds the object. A plan by column is found by index,
// everything else by hash, without locks. Held by TableHandle; used by Repository and Finder.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../core/function_ref.hpp"
#include "../core/record.hpp"
#include "../query/executor.hpp"
#include "read_mostly_map.hpp"

namespace sonde::repo {

struct FinderPlan;

/// A place for a plan that is compiled when it is first wanted.
class PlanSlot {
 public:
  [[nodiscard]] const query::Plan* get() const noexcept {
    return plan_.load(std::memory_order_acquire);
  }

 private:
  friend class TablePlans;
  mutable std::atomic<const query::Plan*> plan_{nullptr};
};

/// What is done with the values of a record.
enum class WriteKind : std::uint8_t { Insert, Update, Upsert };

/// How the key of an inserted row becomes known.
enum class KeySource : std::uint8_t {
  LastInsertId,  ///< It is the rowid, which the engine tells.
  Record,        ///< Every column of it was given.
  Returning,     ///< The engine has to return it.
  None,          ///< There is none.
};

/// The plans of an insert of several rows.
struct ManyPlans {
  PlanSlot plain;
  PlanSlot returningRow;
  PlanSlot returningKey;
};

/// A set of columns that records are written with: what was checked, and the plans.
struct WriteShape {
  /// The numbers of rows that one statement inserts, largest first; what is left goes singly.
  static constexpr std::array<std::size_t, 2> kManyRows{64, 8};

  WriteKind kind = WriteKind::Insert;
  std::vector<std::string> names;     ///< As the record spells them, in its order.
  std::vector<std::string> conflict;  ///< As the caller spells them.
  std::vector<std::string> columns;   ///< The same as `names`, as the table spells them.
  std::vector<std::string> target;    ///< The same as `conflict`.
  std::vector<std::size_t> strict;    ///< Fields whose value a strictly typed column may refuse.
  KeySource keySource = KeySource::None;
  std::vector<std::size_t> keyFields;  ///< For each key column its field; npos where not given.
  PlanSlot plain;
  PlanSlot returningRow;
  PlanSlot returningKey;
  std::array<ManyPlans, kManyRows.size()> many;
};

/// See the file comment.
class TablePlans {
 public:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  /// @throws SchemaError naming the nearest tables when the schema has no such table.
  TablePlans(const Executor& executor, std::uint64_t version, std::string_view schema,
             std::string_view table);
  ~TablePlans();
  TablePlans(const TablePlans&) = delete;
  TablePlans& operator=(const TablePlans&) = delete;

  /// @return A number that no other object of this class has or had.
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
  /// @return The number of the schema this was made for.
  [[nodiscard]] std::uint64_t version() const noexcept { return version_; }
  [[nodiscard]] const std::shared_ptr<const Schema>& schema() const noexcept { return schema_; }
  [[nodiscard]] const Table& table() const noexcept { return *table_; }
  /// @return The table without the columns that the access rules hide from this caller: what names
  /// are resolved against, so that a message never names what does not exist for the caller.
  [[nodiscard]] const Table& visible() const noexcept { return filtered_ ? *filtered_ : *table_; }
  /// @return The columns that identify a row, the implicit key included; empty when nothing does.
  [[nodiscard]] const std::vector<std::string>& key() const noexcept { return key_; }
  /// @return The same. @throws SchemaError when nothing does.
  [[nodiscard]] const std::vector<std::string>& requireKey() const;
  /// @return The rules for an operation; empty ones without rewriters.
  [[nodiscard]] const TableRules& rules(query::Operation operation) const noexcept {
    return rules_[static_cast<std::size_t>(operation)];
  }
  /// @return Whether a write of this kind must be followed by a look at the row: because RETURNING
  /// would not show what triggers do to it, or rules decide who sees it.
  [[nodiscard]] bool readsBack(const Executor& executor, query::Operation operation) const;
  /// @return Whether the engine can return rows from this write on this table.
  [[nodiscard]] bool canReturn(const Executor& executor, query::Operation operation) const;

  // --- plans; each compiles on its first use and then costs one load ---

  [[nodiscard]] const query::Plan& byKey(const Executor& executor) const;
  [[nodiscard]] const query::Plan& deleteByKey(const Executor& executor) const;
  /// SELECT 1 … WHERE key AND the check of the rules for `operation`.
  [[nodiscard]] const query::Plan& checkByKey(const Executor& executor,
                                              query::Operation operation) const;
  /// SELECT … WHERE column = ? (IS NULL without argument), with LIMIT ? as last argument if
  /// `limited`.
  /// @throws SchemaError naming the nearest columns when `column` is no column.
  [[nodiscard]] const query::Plan& byColumn(const Executor& executor, std::string_view column,
                                            bool null, bool limited) const;

  /// @return The plan kept under `key`, or the one that `make` builds, kept from now on.
  [[nodiscard]] query::PlanPtr shaped(const Executor& executor, std::string_view key,
                                      FunctionRef<query::Query()> make) const;
  /// @return The plan of a slot, or the one that `make` builds, kept there from now on.
  [[nodiscard]] const query::Plan& slot(const PlanSlot& slot, const Executor& executor,
                                        FunctionRef<query::Query()> make) const {
    if (const query::Plan* plan = slot.get()) return *plan;
    return fill(slot, executor, make);
  }
  /// @return The plan of a slot, or that of a query which does not pass the rewriters because it
  /// holds a rule itself.
  [[nodiscard]] const query::Plan& rawSlot(const PlanSlot& slot, const Executor& executor,
                                           const query::Select& rule) const;
  /// @return The shape of a record. `names` are those of the record; checked against the table.
  /// @throws SchemaError, ValidationError for names that cannot be written.
  [[nodiscard]] std::shared_ptr<const WriteShape> writeShape(
      const Executor& executor, WriteKind kind, const Record& record,
      const std::vector<std::string>& conflict) const;
  /// @return The compiled finder of this name. @throws SchemaError as parseFinder().
  [[nodiscard]] std::shared_ptr<const FinderPlan> finder(const Executor& executor,
                                                         std::string_view name) const;

  // --- parts of queries on this table ---

  /// @return A select of every visible column.
  [[nodiscard]] query::Select selectAll() const;
  /// @return Items for every column of the table, in its order.
  [[nodiscard]] std::vector<query::SelectItem> allItems() const;
  [[nodiscard]] std::vector<query::SelectItem> keyItems() const;
  /// @return key = arguments from `firstArgument` on.
  [[nodiscard]] query::ExprPtr keyEquals(std::uint32_t firstArgument = 0) const;
  /// @return The plan of a query that passed the rewriters.
  [[nodiscard]] query::PlanPtr compile(const Executor& executor, query::Query query) const;

 private:
  struct Shaped {
    std::string key;
    query::PlanPtr plan;
  };
  struct ColumnSlots {
    PlanSlot one, oneNull, many, manyNull;
  };

  const query::Plan& fill(const PlanSlot& slot, const Executor& executor,
                          FunctionRef<query::Query()> make) const;
  const query::Plan& keep(const PlanSlot& slot, query::PlanPtr plan) const;
  void applyRules(const Executor& executor);

  std::uint64_t id_;
  std::uint64_t version_;
  std::shared_ptr<const Schema> schema_;
  const Table* table_;
  std::optional<Table> filtered_;
  std::vector<std::string> key_;
  TableRules rules_[4];

  PlanSlot byKey_;
  PlanSlot deleteByKey_;
  PlanSlot checkInsert_;
  PlanSlot checkUpdate_;
  std::unique_ptr<ColumnSlots[]> byColumn_;  // one for each column, then the implicit key

  mutable std::mutex mutex_;  // guards adding
  mutable std::vector<query::PlanPtr> kept_;
  mutable ReadMostlyMap<Shaped> shaped_;
  mutable ReadMostlyMap<std::shared_ptr<const WriteShape>> writes_;
  mutable ReadMostlyMap<std::shared_ptr<const FinderPlan>> finders_;
};

}  // namespace sonde::repo
