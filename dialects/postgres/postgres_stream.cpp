// Rows one by one: as the server sends them outside a transaction, through a cursor inside one, so
// that the connection is free between the rows; writes are run to their end first.
#include <libpq-fe.h>

#include <algorithm>
#include <utility>

#include "../../core/error.hpp"
#include "postgres_pipeline.hpp"
#include "postgres_statement.hpp"

namespace sonde {
namespace {

constexpr std::size_t kFirstFetch = 64;
constexpr std::size_t kMostFetched = 4096;
constexpr std::size_t kFetchedBytes = std::size_t{1} << 20;

}  // namespace

const Cell* PostgresStatement::step() {
  if (state_ == State::Ready) start();
  bool any = false;
  switch (state_) {
    case State::Ready:
    case State::Done:
      return nullptr;
    case State::Buffered:
      any = row_ < PQntuples(result_.get());
      break;
    case State::SingleRow:
      any = nextSingleRow();
      break;
    case State::Cursor:
      any = nextFromCursor();
      break;
  }
  if (any) return readCurrent();
  endStream(true);
  state_ = State::Done;
  return nullptr;
}

const Cell* PostgresStatement::readCurrent() {
  rows_.read(header_, result_.get(), row_, cells_.data());
  ++row_;
  return cells_.data();
}

void PostgresStatement::start() {
  begin();
  if (selects_ && (inTransaction() || !session_->wantedSettings().empty())) {
    openCursor();
  } else if (selects_) {
    startSingleRow();
  } else {
    result_ = execute();
    row_ = 0;
    state_ = State::Buffered;
  }
}

// --- as the server sends them ---

void PostgresStatement::startSingleRow() {
  describeWhenNeeded();
  PostgresHandle& server = handle();
  const bool inside = inTransaction();
  for (bool again = false;; again = true) {
    server.started();
    server.requireSent(send(), sql_);
    PQsetSingleRowMode(server.connection());
    PostgresResult first = server.next(sql_);
    const ExecStatusType status = PQresultStatus(first.get());
    const bool rows = status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK;
    if (rows && header_.fits(first.get())) {
      result_ = std::move(first);
      break;
    }
    if (rows) {
      // What was described no longer holds: the schema changed in between.
      server.abandon();
      if (again || inside) throw QueryError("the columns of the statement change while it runs");
    } else {
      if (again || inside || !isStale(postgresSqlState(first.get()))) failRun(std::move(first));
      server.drain();
    }
    describeAgain();
  }
  state_ = State::SingleRow;
  row_ = 0;
}

/// Makes `result_` the next row. The first is there from the start.
bool PostgresStatement::nextSingleRow() {
  PostgresHandle& server = handle();
  if (row_ == 1) {
    try {
      result_ = server.nextGood(sql_, args_);
    } catch (...) {
      state_ = State::Done;
      throw;
    }
    row_ = 0;
  }
  if (PQresultStatus(result_.get()) == PGRES_SINGLE_TUPLE) return true;
  server.drain();
  state_ = State::Done;
  return false;
}

// --- through a cursor ---

void PostgresStatement::openCursor() {
  describeWhenNeeded();
  PostgresHandle& server = handle();
  const auto& settings = session_->wantedSettings();
  ownTransaction_ = !settings.empty();
  cursor_ = session_->newName();
  fetchSize_ = kFirstFetch;
  const std::string declare = "DECLARE " + cursor_ + " NO SCROLL CURSOR FOR " + sql_;
  const std::string fetchSql = "FETCH " + std::to_string(fetchSize_) + " FROM " + cursor_;
  PostgresResult fetched;
  PostgresPipeline pipeline(server, sql_);
  if (ownTransaction_) {
    pipeline.send("BEGIN");
    pipeline.sendSettings(settings);
  }
  pipeline.added(PQsendQueryParams(server.connection(), declare.c_str(), parameters_.count(),
                                   parameters_.types(), parameters_.values(), parameters_.lengths(),
                                   parameters_.formats(), 0));
  pipeline.added(PQsendQueryParams(server.connection(), fetchSql.c_str(), 0, nullptr, nullptr,
                                   nullptr, nullptr, wantsBinary() ? 1 : 0));
  pipeline.sync();
  const int before = ownTransaction_ ? 3 : 1;
  bool fine = true;
  for (int i = 0; i < before && fine; ++i) fine = pipeline.takeGood(fetched);
  if (fine) static_cast<void>(pipeline.takeGood(fetched));
  pipeline.finish();
  if (pipeline.failed()) {
    cursor_.clear();
    if (std::exchange(ownTransaction_, false)) server.execWithin("ROLLBACK", kRollbackTimeout);
    failRun(pipeline.takeFailed());
  }
  state_ = State::Cursor;
  takeFetched(std::move(fetched));
}

void PostgresStatement::takeFetched(PostgresResult fetched) {
  result_ = std::move(fetched);
  row_ = 0;
  accept(result_.get());
  const auto rows = static_cast<std::size_t>(PQntuples(result_.get()));
  lastFetched_ = rows < fetchSize_;
  if (rows == 0) return;
  // As many as fit into a fixed share of memory, judged by those just read.
  const std::size_t rowBytes = std::max<std::size_t>(PQresultMemorySize(result_.get()) / rows, 1);
  fetchSize_ = std::clamp<std::size_t>(kFetchedBytes / rowBytes, 1, kMostFetched);
}

bool PostgresStatement::nextFromCursor() {
  if (row_ < PQntuples(result_.get())) return true;
  if (lastFetched_) return false;
  PostgresHandle& server = handle();
  const std::string sql = "FETCH " + std::to_string(fetchSize_) + " FROM " + cursor_;
  try {
    server.started();
    server.requireSent(PQsendQueryParams(server.connection(), sql.c_str(), 0, nullptr, nullptr,
                                         nullptr, nullptr, wantsBinary() ? 1 : 0),
                       sql_);
    PostgresResult fetched = server.nextGood(sql_, args_);
    server.drain();
    takeFetched(std::move(fetched));
  } catch (...) {
    endStream(false);
    state_ = State::Done;
    throw;
  }
  return PQntuples(result_.get()) != 0;
}

// --- ending ---

void PostgresStatement::endStream(bool complete) {
  const State state = std::exchange(state_, State::Done);
  result_ = PostgresResult();
  PostgresHandle& server = handle();
  if (state == State::SingleRow) {
    server.abandon();
  } else if (state == State::Cursor) {
    const std::string cursor = std::exchange(cursor_, {});
    if (std::exchange(ownTransaction_, false)) {
      if (complete) {
        server.exec("COMMIT");
      } else {
        server.execWithin("ROLLBACK", kRollbackTimeout);
      }
    } else if (inTransaction() && !server.transactionFailed()) {
      server.execWithin("CLOSE " + cursor, kRollbackTimeout);
    }
  }
}

}  // namespace sonde
