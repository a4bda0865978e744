// Repository: everything that can be done with the rows of one table or view found at run time.
//
// Invariant: every name is checked against the live schema and every value bound; every query
// passes the executor's rewriters; compiled plans are shared through the PlanStore and follow
// schema changes. A repository is a cheap handle on an executor: of a database it may be used from
// any thread, of a transaction only from the thread that began it. Made by Database, Transaction
// and their views.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "../core/arg.hpp"
#include "../core/json_form.hpp"
#include "../core/record.hpp"
#include "../core/result_set.hpp"
#include "../introspect/table.hpp"
#include "../query/condition.hpp"
#include "../query/executor.hpp"
#include "finder.hpp"
#include "options.hpp"
#include "page.hpp"
#include "plan_store.hpp"

namespace sonde {

/// See the file comment.
///
/// Rows are identified by the primary key, or by the table's implicit key (SQLite's rowid) where it
/// declares none. A key of one column is passed as a value, a composite one as a Record by name, or
/// as the object Value that insert() gave; calls by key throw SchemaError where there is no key.
///
/// Besides what each function names, all of them throw SchemaError for a name the schema does not
/// have (naming the nearest ones, before any SQL runs), AuthorizationError for what a rewriter
/// denies, and what Executor throws. The SQL shown is SQLite's for users(id, name, email, age).
class Repository {
 public:
  /// @param plans Where compiled plans are kept; null for a store of its own.
  /// @throws SchemaError naming the nearest tables when there is none of this name.
  Repository(std::shared_ptr<Executor> executor, std::string_view table,
             std::shared_ptr<PlanStore> plans = nullptr);

  /// @return The table as the current schema has it; keeps that snapshot alive.
  [[nodiscard]] std::shared_ptr<const Table> table() const;
  [[nodiscard]] const std::shared_ptr<Executor>& executor() const noexcept;

  // --- reading ---

  /// @return The row of this key; empty when there is none.
  ///   SELECT "id", "name", "email", "age" FROM "users" WHERE "id" = ?
  [[nodiscard]] std::optional<Row> findById(Arg key) const;
  [[nodiscard]] std::optional<Row> findById(const Record& key) const;
  /// @return The row of this key. @throws NotFound when there is none.
  [[nodiscard]] Row getById(Arg key) const;
  [[nodiscard]] Row getById(const Record& key) const;

  /// @return The row of each key, in the order asked; empty where there is none. One statement for
  /// keys that are integers, else a batch, which Capabilities::pipeline sends together.
  ///   SELECT … FROM "users" WHERE "id" IN (SELECT value FROM json_each(?))
  [[nodiscard]] std::vector<std::optional<Row>> findByIds(std::span<const Value> keys) const;

  /// @return The first row whose column equals the value (is null, for a null); empty when none
  /// does.
  ///   SELECT … FROM "users" WHERE "email" = ? LIMIT 1
  [[nodiscard]] std::optional<Row> findOneBy(std::string_view column, Arg value) const;
  /// @return The first row, in the order of the options, that meets the filter; empty when none
  /// does.
  [[nodiscard]] std::optional<Row> findOneBy(const Filter& filter,
                                             const FindOptions& options = {}) const;
  /// @return The only row whose column equals the value. @throws NotFound, NotUnique.
  ///   SELECT … FROM "users" WHERE "email" = ? LIMIT 2
  [[nodiscard]] Row getOneBy(std::string_view column, Arg value) const;
  /// @return The only row that meets the filter. @throws NotFound, NotUnique.
  [[nodiscard]] Row getOneBy(const Filter& filter) const;

  /// @return Every row whose column equals the value (is null, for a null).
  [[nodiscard]] ResultSet findManyBy(std::string_view column, Arg value) const;
  /// @return Every row that meets the filter.
  ///   users.findManyBy({{"age", gt(18)}}, {.orderBy = {"-age"}, .limit = 20})
  ///   SELECT … FROM "users" WHERE "age" > ? ORDER BY "age" DESC LIMIT ?
  [[nodiscard]] ResultSet findManyBy(const Filter& filter, const FindOptions& options = {}) const;
  /// @return Every row that the options leave.
  [[nodiscard]] ResultSet findAll(const FindOptions& options = {}) const;

  /// @return The number of rows that meet the filter.
  ///   SELECT COUNT(*) FROM "users" WHERE …
  [[nodiscard]] std::uint64_t count(const Filter& filter = {}) const;
  /// @return Whether any row meets the filter.
  [[nodiscard]] bool exists(const Filter& filter = {}) const;

  /// @return A numbered page and how many there are. A second statement counts them, unless the
  /// page is the last one.
  /// @throws ValidationError for a page or size of 0, or beyond what the engine can count.
  [[nodiscard]] Page paginate(const PageRequest& request = {}) const;
  /// @return The rows after a cursor, by comparing with the order values of the row it stands for,
  /// ties and nulls included.
  /// @throws ValidationError for a size of 0, and for a cursor that is damaged or belongs to
  /// another table or order; SchemaError where there is no key to make the order total.
  [[nodiscard]] CursorPage paginateByCursor(const CursorRequest& request = {}) const;

  /// Hands each row to the callback in bounded memory; the view is valid during the call. A
  /// callback that returns bool ends the reading with false.
  template <class F>
  requires std::invocable<F&, RowView>
  void forEach(const FindOptions& options, F&& callback) const {
    if constexpr (std::is_void_v<std::invoke_result_t<F&, RowView>>) {
      stream(options, [&callback](RowView row) {
        callback(row);
        return true;
      });
    } else {
      stream(options, callback);
    }
  }
  /// Writes an array of objects to the sink in pieces of about 64 KiB, straight from the statement.
  /// @return The number of rows.
  /// @throws EncodingError naming the column when a text is not UTF-8; what was written stays
  /// written.
  std::uint64_t streamJson(const FindOptions& options, TextSink sink,
                           const JsonOptions& json = {}) const;

  // --- writing ---
  // ValidationError lists, field by field, what nothing in the database could make right: columns
  // that are computed, values that a strictly typed column refuses. Everything else is the engine's
  // to judge and comes back as ConstraintError.

  /// Inserts a row. @return The row as stored: defaults, computed columns, what triggers changed.
  /// One INSERT … RETURNING; under triggers or rewriters INSERT and SELECT in one transaction.
  /// @throws AuthorizationError, with nothing written, when the caller could not see the row.
  Row create(const Record& values) const;
  /// Inserts a row. @return Its key: a value, or an object of values for a composite key; null for
  /// a view without one. Cheaper than create() by the row that is not read back.
  Value insert(const Record& values) const;
  /// Inserts rows in one transaction, several a statement where the engine is faster so.
  /// @return The rows as stored, in the order given.
  ResultSet createMany(std::span<const Record> rows) const;
  ResultSet createMany(std::initializer_list<Record> rows) const {
    return createMany(std::span(rows.begin(), rows.size()));
  }
  /// Inserts rows, all or none: in bulk (PostgreSQL: COPY) where the engine can, nobody listens to
  /// changes and no rewriter is active; else in one transaction, several a statement where the
  /// engine is faster so. @return How many were inserted.
  std::uint64_t insertMany(std::span<const Record> rows) const;
  std::uint64_t insertMany(std::initializer_list<Record> rows) const {
    return insertMany(std::span(rows.begin(), rows.size()));
  }

  /// Changes the row of this key. @return The row as stored; empty when there is none.
  std::optional<Row> update(Arg key, const Record& changes) const;
  std::optional<Row> update(const Record& key, const Record& changes) const;
  /// Changes every row that meets the filter. @return How many.
  /// @throws ValidationError for a filter without conditions; see EveryRow.
  std::uint64_t updateBy(const Filter& filter, const Record& changes) const;
  std::uint64_t updateBy(EveryRow consent, const Record& changes) const;

  /// Inserts a row, or changes the one that has the same values in the conflict columns (empty: the
  /// primary key). @return The row as stored.
  ///   INSERT INTO "users" (…) VALUES (…) ON CONFLICT ("email") DO UPDATE SET …
  /// @throws ValidationError unless the columns are a key or unique and the record has all of them.
  Row upsert(const Record& values, const std::vector<std::string>& conflictColumns = {}) const;

  /// Deletes the row of this key. @return Whether there was one.
  bool deleteById(Arg key) const;
  bool deleteById(const Record& key) const;
  /// Deletes every row that meets the filter. @return How many.
  /// @throws ValidationError for a filter without conditions; see EveryRow.
  std::uint64_t deleteBy(const Filter& filter) const;
  std::uint64_t deleteBy(EveryRow consent) const;

  // --- finders by name; the grammar is in docs/finders.md ---

  /// @return The finder of this name, checked and compiled.
  /// @throws SchemaError saying where in the name it went wrong and what is near.
  [[nodiscard]] Finder finder(std::string_view name) const;
  /// Runs a finder: `users.call("countByAgeGreaterThan", 18).count()`.
  /// @throws What finder() and Finder::operator() throw.
  template <class... A>
  FinderResult call(std::string_view name, const A&... arguments) const {
    const std::array<Arg, sizeof...(A)> args{Arg(arguments)...};
    return callWith(name, args);
  }
  /// The same with the arguments in a span.
  FinderResult callWith(std::string_view name, Args args) const;

 private:
  void stream(const FindOptions& options, RowCallback callback) const;

  std::shared_ptr<const repo::Access> access_;
};

}  // namespace sonde
