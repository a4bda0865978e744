#include "runtime.hpp"

#include <utility>

#include "../core/error.hpp"

namespace sonde {

Runtime::Runtime(std::unique_ptr<Driver> driver, RuntimeOptions options)
    : options_(std::move(options)),
      driver_(std::move(driver)),
      rawStatements_(driver_->dialect().lexerRules(), options_.pool.statementCapacity) {
  rewriterChains_.push_back(std::make_unique<const RewriterChain>());
  observerChains_.push_back(std::make_unique<const ObserverChain>());
  rewriters_ = rewriterChains_.back().get();
  observers_ = observerChains_.back().get();

  options_.pool.sessionSettings = driver_->dialect().capabilities().sessionSettings;
  pool_ = std::make_unique<SessionPool>(*driver_, options_.driver, options_.pool);
  // The first connection, whatever it is for, so that opening opens one and no more.
  const Lease lease = pool_->lease(LeaseKind::Write, Context(), "reading the schema");
  schemas_ = std::make_unique<SchemaStore>(lease.session().connection(), options_.relationNames,
                                           options_.schemaIntervals);
  if (options_.replicas.uris.empty()) return;
  if (!lease.session().connection().replicationState()) {
    throw Unsupported("replicas are configured, but " + std::string(driver_->dialect().name()) +
                      " does not tell how far one has replayed");
  }
  replicas_ = std::make_unique<ReplicaSet>(*driver_, options_.driver, options_.pool,
                                           std::move(options_.replicas));
}

void Runtime::close() {
  pool_->close();
  if (replicas_ != nullptr) replicas_->close();
}

bool Runtime::refreshSchema() { return lookAtSchema(&SchemaStore::refresh); }

bool Runtime::recheckSchema() { return lookAtSchema(&SchemaStore::recheck); }

bool Runtime::lookAtSchema(SchemaLook look) {
  const std::uint64_t before = schemas_->version();
  std::optional<SchemaChange> change;
  {
    const Lease lease = pool_->lease(LeaseKind::Read, Context(), "reading the schema");
    change = (*schemas_.*look)(lease.session().connection());
  }
  if (change) tellSchemaChange(*change);
  return schemas_->version() != before;
}

void Runtime::tellSchemaChange(const SchemaChange& change) {
  logger().log(LogLevel::Info, "the schema changed",
               {{"before", change.before}, {"after", change.after}});
  schemaListeners_.tell(logger(), "onSchemaChange", change);
}

void Runtime::addRewriter(std::shared_ptr<const QueryRewriter> rewriter) {
  if (rewriter == nullptr) throw ConfigError("addRewriter was given no rewriter");
  const std::lock_guard lock(chains_);
  rewriterList_.push_back(std::move(rewriter));
  rewriterChains_.push_back(std::make_unique<const RewriterChain>(rewriterList_));
  rewriters_.store(rewriterChains_.back().get(), std::memory_order_release);
}

void Runtime::requireRawSql() const {
  if (rewriters().empty() || options_.allowRawSql) return;
  ErrorDetails details;
  details.hint = "use a repository, or set allowRawSql in the configuration";
  throw AuthorizationError(
      "raw SQL is refused while a rewriter is active, because it would pass it by",
      std::move(details));
}

void Runtime::addObserver(std::shared_ptr<StatementObserver> observer) {
  if (observer == nullptr) throw ConfigError("addInterceptor was given no observer");
  const std::lock_guard lock(chains_);
  observerChains_.push_back(
      std::make_unique<const ObserverChain>(*observerChains_.back(), std::move(observer)));
  observers_.store(observerChains_.back().get(), std::memory_order_release);
}

}  // namespace sonde
