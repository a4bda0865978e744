#include "transaction_scope.hpp"

#include <exception>
#include <iterator>
#include <utility>

#include "../core/error.hpp"
#include "constraint_details.hpp"
#include "statement_run.hpp"

namespace sonde {

namespace {

std::string_view labelOf(TransactionMode mode) noexcept {
  return mode == TransactionMode::Write ? "write" : "read";
}

}  // namespace

bool mayRetry(const Error& error) noexcept {
  if (error.code() == ErrorCode::Transaction) {
    return static_cast<const TransactionError&>(error).retryable();
  }
  // lock_not_available: what engines answer when a lock was waited for in vain.
  return error.code() == ErrorCode::Timeout && error.sqlState() == "55P03";
}

TransactionScope::TransactionScope(std::shared_ptr<Runtime> runtime,
                                   std::shared_ptr<CommitMark> mark, const BeginOptions& options,
                                   const Context& context)
    : runtime_(std::move(runtime)),
      mark_(std::move(mark)),
      writes_(options.mode == TransactionMode::Write) {
  lease_.emplace(runtime_->pool().lease(writes_ ? LeaseKind::Write : LeaseKind::Read, context,
                                        labelOf(options.mode)));
  Connection& connection = lease_->session().connection();
  const SessionArming arming(lease_->session(), context);
  connection.begin(options);
  lease_->markTransaction(true, writes_);
  addLevel();
}

std::shared_ptr<TransactionScope> TransactionScope::begin(std::shared_ptr<Runtime> runtime,
                                                          std::shared_ptr<CommitMark> mark,
                                                          const BeginOptions& options,
                                                          const Context& context) {
  context.check();
  return std::shared_ptr<TransactionScope>(
      new TransactionScope(std::move(runtime), std::move(mark), options, context));
}

TransactionScope::~TransactionScope() {
  if (!levels_.empty()) discard(outermost());
}

void TransactionScope::addLevel() {
  levels_.push_back(
      {++lastSerial_, changes_.size(), commitListeners_.size(), {}, schema_, schemaVersion_});
}

bool TransactionScope::active(const TransactionLevel& level) const noexcept {
  return state_ == State::Active && level.depth < levels_.size() &&
         levels_[level.depth].serial == level.serial;
}

void TransactionScope::require(const TransactionLevel& level) const {
  if (thread_ != thisThread()) {
    throw TransactionError("a transaction is used on " + describeThread(thisThread()) +
                           ", but it was begun on " + describeThread(thread_));
  }
  if (active(level)) return;
  switch (state_) {
    case State::Committed:
      throw TransactionError("the transaction is used after it was committed");
    case State::RolledBack:
      throw TransactionError("the transaction is used after it was rolled back");
    case State::Active:
      throw TransactionError("the savepoint is used after it ended");
  }
}

void TransactionScope::requireQuiet() const {
  if (running_ == 0) return;
  throw TransactionError("the transaction cannot end while one of its streams runs");
}

void TransactionScope::requireUnspoiled() const {
  if (!spoiled_) return;
  ErrorDetails details;
  details.sqlState = "25P02";
  details.hint = "roll it back, or run what may fail inside tx.transaction(fn), a savepoint";
  throw TransactionError(
      "a statement of the transaction failed, after which the engine runs no other: " +
          spoiled_->what,
      spoiled_->retryable, std::move(details));
}

Session& TransactionScope::use(const TransactionLevel& level) {
  require(level);
  requireUnspoiled();
  return lease_->session();
}

TransactionLevel TransactionScope::push(const TransactionLevel& parent) {
  require(parent);
  if (parent.depth + 1 != levels_.size()) {
    throw TransactionError("an inner transaction is still open");
  }
  requireUnspoiled();
  lease_->session().connection().savepoint(static_cast<int>(levels_.size()));
  addLevel();
  return {levels_.size() - 1, levels_.back().serial};
}

void TransactionScope::commit(const TransactionLevel& level) {
  require(level);
  if (level.depth + 1 != levels_.size()) {
    throw TransactionError("an inner transaction is still open");
  }
  if (level.depth == 0) {
    commitOutermost();
    return;
  }
  requireUnspoiled();
  lease_->session().connection().releaseSavepoint(static_cast<int>(level.depth));
  auto listeners = std::move(levels_.back().rollbackListeners);
  levels_.pop_back();
  auto& outer = levels_.back().rollbackListeners;
  outer.insert(outer.end(), std::make_move_iterator(listeners.begin()),
               std::make_move_iterator(listeners.end()));
}

void TransactionScope::commitOutermost() {
  requireQuiet();
  Connection& connection = lease_->session().connection();
  if (!connection.inTransaction()) {
    auto listeners = takeRollbackListeners(0);
    finish(State::RolledBack);
    tellRollback(listeners);
    throw TransactionError("the engine had rolled the transaction back before the commit");
  }
  try {
    requireUnspoiled();
    connection.commit();
  } catch (const ConstraintError& error) {
    const std::shared_ptr<const Schema> seen = schema();
    discard(outermost());
    throwDescribed(error, *seen, nullptr, runtime_->dialect().lexerRules());
  } catch (const ConnectionError& error) {
    discard(outermost());
    ErrorDetails details = error.details();
    details.hint = "look whether the changes are there before making them again";
    throw ConnectionError(
        "the connection broke during the commit, so whether it took place is not known: " +
            std::string(error.what()),
        std::move(details));
  } catch (...) {
    discard(outermost());
    throw;
  }
  if (ReplicaSet* replicas = runtime_->replicas(); replicas != nullptr && writes_) {
    replicas->committed(connection, mark_);
  }
  const ChangeSet changes = std::move(changes_);
  const auto listeners = std::move(commitListeners_);
  finish(State::Committed);

  const Logger& logger = runtime_->logger();
  if (schemaChanged_) {
    try {
      runtime_->refreshSchema();
    } catch (const std::exception& error) {
      logger.log(LogLevel::Warn, "the schema could not be read after a commit",
                 {{"error", error.what()}});
    }
  }
  for (const auto& listener : listeners) {
    try {
      listener(changes);
    } catch (const std::exception& error) {
      logger.log(LogLevel::Error, "a listener failed",
                 {{"listener", "afterCommit"}, {"error", error.what()}});
    } catch (...) {
      logger.log(LogLevel::Error, "a listener failed", {{"listener", "afterCommit"}});
    }
  }
  if (!changes.empty()) runtime_->commitListeners().tell(logger, "afterCommit", changes);
}

void TransactionScope::rollback(const TransactionLevel& level) {
  require(level);
  if (level.depth == 0) requireQuiet();
  auto listeners = takeRollbackListeners(level.depth);
  if (level.depth == 0) {
    Connection& connection = lease_->session().connection();
    try {
      connection.rollback();
    } catch (...) {
      finish(State::RolledBack);
      throw;
    }
    finish(State::RolledBack);
  } else {
    rollbackTo(level.depth);
  }
  tellRollback(listeners);
}

void TransactionScope::rollbackTo(std::size_t depth) {
  Connection& connection = lease_->session().connection();
  connection.rollbackToSavepoint(static_cast<int>(depth));
  // No savepoint is set in a spoiled transaction, so every one that is open came before.
  spoiled_.reset();
  connection.releaseSavepoint(static_cast<int>(depth));
  const Level& level = levels_[depth];
  changes_.erase(changes_.begin() + static_cast<std::ptrdiff_t>(level.changes), changes_.end());
  commitListeners_.resize(level.commitListeners);
  schema_ = level.schemaBefore;
  schemaVersion_ = level.versionBefore;
  levels_.resize(depth);
}

void TransactionScope::discard(const TransactionLevel& level) noexcept {
  if (!active(level)) return;
  try {
    auto listeners = takeRollbackListeners(level.depth);
    Connection& connection = lease_->session().connection();
    if (level.depth == 0 || !connection.inTransaction()) {
      connection.rollback();
      finish(State::RolledBack);
    } else {
      rollbackTo(level.depth);
    }
    tellRollback(listeners);
  } catch (const std::exception& error) {
    runtime_->logger().log(LogLevel::Warn, "a transaction could not be rolled back in order",
                           {{"error", error.what()}});
    finish(State::RolledBack);
  }
}

// Ends the transaction for its handles, and gives the connection back unless a statement still
// stands on it.
void TransactionScope::finish(State state) noexcept {
  state_ = state;
  schema_.reset();
  changes_.clear();
  commitListeners_.clear();
  if (!lease_) return;
  lease_->markTransaction(false);
  if (running_ == 0) lease_.reset();
}

void TransactionScope::statementEnded() noexcept {
  --running_;
  if (running_ == 0 && state_ != State::Active) lease_.reset();
}

void TransactionScope::statementFailed(const Error* error) noexcept {
  if (state_ != State::Active) return;
  try {
    if (lease_->session().connection().inTransaction()) {
      // An error without a state came before the statement reached the engine.
      const bool spoils = runtime_->dialect().capabilities().errorSpoilsTransaction;
      if (spoils && !spoiled_ && error != nullptr && !error->sqlState().empty()) {
        spoiled_ = Spoiled{error->what(), mayRetry(*error)};
      }
      return;
    }
    auto listeners = takeRollbackListeners(0);
    finish(State::RolledBack);
    tellRollback(listeners);
  } catch (const std::exception&) {
    finish(State::RolledBack);
  }
}

std::vector<std::function<void()>> TransactionScope::takeRollbackListeners(std::size_t fromDepth) {
  std::vector<std::function<void()>> taken;
  for (std::size_t i = fromDepth; i < levels_.size(); ++i) {
    for (auto& listener : levels_[i].rollbackListeners) taken.push_back(std::move(listener));
    levels_[i].rollbackListeners.clear();
  }
  return taken;
}

void TransactionScope::tellRollback(
    const std::vector<std::function<void()>>& listeners) const noexcept {
  for (const auto& listener : listeners) {
    try {
      listener();
    } catch (const std::exception& error) {
      runtime_->logger().log(LogLevel::Error, "a listener failed",
                             {{"listener", "afterRollback"}, {"error", error.what()}});
    } catch (...) {
      runtime_->logger().log(LogLevel::Error, "a listener failed", {{"listener", "afterRollback"}});
    }
  }
  if (state_ == State::RolledBack) {
    runtime_->rollbackListeners().tell(runtime_->logger(), "afterRollback");
  }
}

bool TransactionScope::wantsChanges() const noexcept {
  return !commitListeners_.empty() || !runtime_->commitListeners().empty();
}

void TransactionScope::record(Change change) {
  if (state_ == State::Active && wantsChanges()) changes_.push_back(std::move(change));
}

void TransactionScope::afterCommit(const TransactionLevel& level,
                                   std::function<void(const ChangeSet&)> listener) {
  require(level);
  commitListeners_.push_back(std::move(listener));
}

void TransactionScope::afterRollback(const TransactionLevel& level,
                                     std::function<void()> listener) {
  require(level);
  levels_[level.depth].rollbackListeners.push_back(std::move(listener));
}

std::shared_ptr<const Schema> TransactionScope::schema() {
  return schema_ != nullptr ? schema_ : runtime_->schemas().current();
}

std::uint64_t TransactionScope::schemaVersion() const noexcept {
  return schema_ != nullptr ? schemaVersion_ : runtime_->schemas().version();
}

void TransactionScope::schemaTouched() {
  schemaChanged_ = true;
  schema_ = runtime_->schemas().readPrivately(lease_->session().connection());
  schemaVersion_ = SchemaStore::nextVersion();
}

}  // namespace sonde
