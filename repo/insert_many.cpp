#include "insert_many.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "changes.hpp"
#include "insert.hpp"
#include "row_copy.hpp"
#include "write_shape.hpp"

namespace sonde::repo {
namespace {

using query::Operation;

// Below this, beginning a bulk insert costs more than it saves.
constexpr std::size_t kFewestInBulk = 64;

// Chunks that share their round trips, at most.
constexpr std::size_t kChunksAtOnce = 16;

bool holdsRows(const TablePlans& plans) {
  const TableKind kind = plans.table().kind;
  return kind == TableKind::Table || kind == TableKind::Partitioned || kind == TableKind::Partition;
}

bool fitsInsert(const WriteShape& shape, const Record& row) {
  static const std::vector<std::string> kNoConflict;
  return fits(shape, WriteKind::Insert, row, kNoConflict);
}

std::shared_ptr<const WriteShape> shapeOf(const Executor& executor, const TablePlans& plans,
                                          const Record& row) {
  return plans.writeShape(executor, WriteKind::Insert, row, {});
}

// What the statement of several rows gives back.
enum class Gives : std::uint8_t { Nothing, Key, Row };

query::Query insertOfMany(const TablePlans& plans, const WriteShape& shape, std::size_t rows,
                          Gives gives) {
  query::Insert insert = insertOf(plans, shape);
  std::uint32_t argument = static_cast<std::uint32_t>(shape.columns.size());
  for (std::size_t row = 1; row < rows; ++row) {
    auto& values = insert.rows.emplace_back();
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
      values.push_back(query::parameter(argument++));
    }
  }
  if (gives == Gives::Key) insert.returning = plans.keyItems();
  if (gives == Gives::Row) insert.returning = plans.allItems();
  insert.returningAll = gives == Gives::Row;
  return insert;
}

// Rows of one set of columns that one statement inserts.
class Chunk {
 public:
  /// The largest chunk that `rows` begins with; a single row where no larger one fits.
  Chunk(const Executor& executor, const TablePlans& plans, std::span<const Record> rows)
      : shape_(shapeOf(executor, plans, rows.front())) {
    std::size_t same = 1;
    while (same < std::min(rows.size(), WriteShape::kManyRows.front()) &&
           fitsInsert(*shape_, rows[same])) {
      ++same;
    }
    const std::size_t columns = shape_->columns.size();
    std::size_t size = 1;
    for (std::size_t i = 0; i < WriteShape::kManyRows.size() && size == 1 && columns != 0; ++i) {
      const std::size_t wanted = WriteShape::kManyRows[i];
      if (wanted > same || wanted * columns > executor.capabilities().maxParameters) continue;
      many_ = &shape_->many[i];
      size = wanted;
    }
    rows_ = rows.first(size);
  }

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }

  /// @return Whether `rows` begin with another chunk for the same statement.
  [[nodiscard]] bool fitsToo(std::span<const Record> rows) const {
    return rows.size() >= size() &&
           std::all_of(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(size()),
                       [this](const Record& row) { return fitsInsert(*shape_, row); });
  }

  /// @return The values of the rows, checked. They point into the rows.
  [[nodiscard]] std::vector<Arg> args(const TablePlans& plans) const { return args(plans, rows_); }
  /// The same for the chunk that `rows` begin with.
  [[nodiscard]] std::vector<Arg> args(const TablePlans& plans, std::span<const Record> rows) const {
    std::vector<Arg> args;
    args.reserve(size() * shape_->columns.size());
    for (const Record& row : rows.first(size())) {
      checkValues(plans, *shape_, row);
      for (const auto& field : row) args.emplace_back(field.second);
    }
    return args;
  }

  /// @return The plan of a chunk of several rows.
  [[nodiscard]] const query::Plan& plan(const Executor& executor, const TablePlans& plans,
                                        Gives gives) const {
    const PlanSlot& slot = gives == Gives::Nothing ? many_->plain
                           : gives == Gives::Key   ? many_->returningKey
                                                   : many_->returningRow;
    return plans.slot(slot, executor,
                      [&] { return insertOfMany(plans, *shape_, rows_.size(), gives); });
  }

 private:
  std::shared_ptr<const WriteShape> shape_;
  const ManyPlans* many_ = nullptr;
  std::span<const Record> rows_;
};

// Puts the rows of several statements into one block, without a copy where one statement gave all.
class Collector {
 public:
  explicit Collector(std::size_t rows) noexcept : rows_(rows) {}

  void add(const ResultSet& rows) {
    if (!block_ && rows.size() == rows_) {
      block_ = rows.block();
      return;
    }
    for (const RowView row : rows) appendCopy(into(rows.block()->sharedColumns()), row);
  }
  void add(const Row& row) { appendCopy(into(row.block()->sharedColumns()), row.view()); }

  /// Adds the row that an INSERT … RETURNING gives, straight from the statement. @return Whether it
  /// gave one.
  bool addFrom(Executor& executor, const query::Plan& plan, Args args) {
    if (!block_) {
      const std::optional<Row> first = executor.queryRow(plan, args);
      if (first) add(*first);
      return first.has_value();
    }
    bool any = false;
    executor.stream(plan, args, [&](RowView row) {
      appendCopy(*block_, row);
      any = true;
      return true;
    });
    return any;
  }

  [[nodiscard]] BlockPtr take() {
    return block_ ? std::move(block_) : ResultBlock::make(Columns::make({}), {});
  }

 private:
  ResultBlock& into(const std::shared_ptr<const Columns>& columns) {
    if (!block_) block_ = ResultBlock::make(columns, {rows_, 0});
    return *block_;
  }

  std::size_t rows_;
  BlockPtr block_;
};

void createSingly(Executor& executor, const TablePlans& plans, const Record& values,
                  Collector& out) {
  if (plans.readsBack(executor, Operation::Insert) || executor.wantsChanges()) {
    out.add(createRow(executor, plans, values));
    return;
  }
  const auto shape = shapeOf(executor, plans, values);
  checkValues(plans, *shape, values);
  const ArgBuffer args = argsOf(values);
  const query::Plan& plan = insertReturningRow(executor, plans, *shape);
  if (!out.addFrom(executor, plan, args.args())) rowNotVisible(plans);
}

/// Creates the chunk that `rows` begin with and those like it that follow. @return How many rows.
std::size_t createChunks(Executor& executor, const TablePlans& plans, const Chunk& chunk,
                         std::span<const Record> rows, Collector& out) {
  std::vector<std::vector<Arg>> values;
  std::size_t taken = 0;
  do {
    values.push_back(chunk.args(plans, rows.subspan(taken)));
    taken += chunk.size();
  } while (values.size() < kChunksAtOnce && chunk.fitsToo(rows.subspan(taken)));
  const std::vector<Args> batch(values.begin(), values.end());
  const query::Plan& plan = chunk.plan(executor, plans, Gives::Row);
  for (const ResultSet& stored : executor.queryEach(plan, batch)) {
    if (stored.size() != chunk.size()) rowNotVisible(plans);
    if (executor.wantsChanges()) {
      // NOLINTNEXTLINE(modernize-loop-convert): to iterate gives views, and a change keeps its row
      for (std::size_t i = 0; i < stored.size(); ++i) {
        const Row row = stored[i];
        tellRow(executor, plans, Operation::Insert, keyInRow(plans, row.view()), row);
      }
    }
    out.add(stored);
  }
  return taken;
}

std::uint64_t insertSingly(Executor& executor, const TablePlans& plans, const Record& values) {
  const Inserted inserted = insertRow(executor, plans, values);
  if (!inserted.stored) return 0;
  verifyRow(executor, plans, Operation::Insert, inserted.key);
  if (executor.wantsChanges()) tellRow(executor, plans, Operation::Insert, inserted.key);
  return 1;
}

}  // namespace

std::optional<std::uint64_t> insertInBulk(Executor& executor, const TablePlans& plans,
                                          std::span<const Record> rows) {
  if (!executor.capabilities().bulkInsert || rows.size() < kFewestInBulk || !holdsRows(plans) ||
      !executor.rewriters().empty() || executor.wantsChanges()) {
    return std::nullopt;
  }
  const auto shape = shapeOf(executor, plans, rows.front());
  if (shape->columns.empty()) return std::nullopt;
  for (const Record& row : rows) {
    if (!fitsInsert(*shape, row)) return std::nullopt;
    checkValues(plans, *shape, row);
  }
  const query::Plan& plan =
      plans.slot(shape->plain, executor, [&]() -> query::Query { return insertOf(plans, *shape); });
  std::vector<Arg> args;
  std::size_t at = 0;
  const auto next = [&]() -> Args {
    args.clear();
    if (at == rows.size()) return {};
    for (const auto& field : rows[at]) args.emplace_back(field.second);
    ++at;
    return args;
  };
  const std::uint64_t stored = executor.bulkInsert(plan, plans.table(), shape->columns, next);
  tellBulk(executor, plans, Operation::Insert, stored);
  return stored;
}

std::uint64_t insertRows(Executor& executor, const TablePlans& plans,
                         std::span<const Record> rows) {
  if (const auto stored = insertInBulk(executor, plans, rows)) return *stored;
  const bool keys = executor.wantsChanges();
  const bool several = executor.capabilities().multiRowInsertIsFaster && holdsRows(plans) &&
                       !plans.rules(Operation::Insert).check &&
                       (!keys || tellsKeys(executor, plans, Operation::Insert));
  std::uint64_t stored = 0;
  while (!rows.empty()) {
    std::size_t taken = 1;
    if (!several) {
      stored += insertSingly(executor, plans, rows.front());
    } else if (const Chunk chunk(executor, plans, rows); chunk.size() == 1) {
      stored += insertSingly(executor, plans, rows.front());
    } else {
      taken = chunk.size();
      const std::vector<Arg> args = chunk.args(plans);
      const query::Plan& plan = chunk.plan(executor, plans, keys ? Gives::Key : Gives::Nothing);
      stored += keys ? runBulk(executor, plans, Operation::Insert, plan, args)
                     : executor.execute(plan, args).affected;
    }
    rows = rows.subspan(taken);
  }
  if (!keys) tellBulk(executor, plans, Operation::Insert, stored);
  return stored;
}

BlockPtr createRows(Executor& executor, const TablePlans& plans, std::span<const Record> rows) {
  Collector out(rows.size());
  const bool several = executor.capabilities().multiRowInsertIsFaster &&
                       !plans.readsBack(executor, Operation::Insert);
  while (!rows.empty()) {
    std::size_t taken = 1;
    if (!several) {
      createSingly(executor, plans, rows.front(), out);
    } else if (const Chunk chunk(executor, plans, rows); chunk.size() == 1) {
      createSingly(executor, plans, rows.front(), out);
    } else {
      taken = createChunks(executor, plans, chunk, rows, out);
    }
    rows = rows.subspan(taken);
  }
  return out.take();
}

}  // namespace sonde::repo
