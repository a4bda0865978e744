#include "tracing_observer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/text.hpp"

namespace sonde {

namespace {

constexpr std::size_t kMostTracedPlans = 1000;
constexpr std::array<std::string_view, 6> kVerbs{"SELECT", "INSERT",  "UPDATE",
                                                 "DELETE", "REPLACE", "MERGE"};

double seconds(std::chrono::nanoseconds time) noexcept {
  return std::chrono::duration<double>(time).count();
}

// The operation of a normalised statement: its first word, or, of WITH … SELECT, the first that
// does something outside parentheses.
std::string operationOf(std::string_view normalized, const query::LexerRules& rules) {
  query::Lexer lexer(normalized, rules);
  query::Token token;
  int depth = 0;
  bool with = false;
  while (lexer.nextSignificant(token)) {
    if (token.kind == query::TokenKind::Open) ++depth;
    if (token.kind == query::TokenKind::Close) --depth;
    if (depth != 0 || token.kind != query::TokenKind::Word) continue;
    if (text::equalsIgnoreCase(token.text, "WITH")) {
      with = true;
      continue;
    }
    const bool verb = std::any_of(kVerbs.begin(), kVerbs.end(), [&](std::string_view word) {
      return text::equalsIgnoreCase(token.text, word);
    });
    if (!with || verb) return std::string(token.text);
  }
  return {};
}

}  // namespace

// A span that has begun; of one thread the statements nest, so the innermost is the last.
struct TracingObserver::Running {
  std::shared_ptr<const Described> described;
  std::unique_ptr<TraceSpan> span;

  static std::vector<Running>& ofThisThread() {
    thread_local std::vector<Running> running;
    return running;
  }
};

TracingObserver::TracingObserver(std::shared_ptr<Tracer> tracer, std::string_view system,
                                 const query::LexerRules& rules, const Uri& uri)
    : tracer_(std::move(tracer)),
      system_(system),
      rules_(rules),
      namespace_(uri.path),
      pool_(namespace_) {
  if (uri.hosts.size() != 1) return;
  server_ = uri.hosts.front().name;
  port_ = uri.hosts.front().port.value_or(0);
  pool_ = server_;
  if (port_ != 0) pool_ += ":" + std::to_string(port_);
  pool_ += "/" + namespace_;
}

std::shared_ptr<const TracingObserver::Described> TracingObserver::describe(
    const query::Plan& plan) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = plans_.find(plan.id); known != plans_.end()) return known->second;
  }
  auto described = std::make_shared<Described>();
  described->text = query::normalizeSql(plan.sql, rules_);
  described->operation = operationOf(described->text, rules_);
  if (plan.tables.size() == 1) described->collection = plan.tables.front().table;
  described->summary = described->operation;
  for (const query::TableUse& use : plan.tables) described->summary.append(" ").append(use.table);
  if (!plan.cacheable) return described;
  const std::lock_guard lock(mutex_);
  if (plans_.size() >= kMostTracedPlans) plans_.clear();
  plans_.emplace(plan.id, described);
  return described;
}

std::vector<TraceAttribute> TracingObserver::attributesOf(const Described& described) const {
  std::vector<TraceAttribute> attributes;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) attributes.push_back({name, value});
  };
  add("db.system.name", system_);
  add("db.namespace", namespace_);
  add("db.collection.name", described.collection);
  add("db.operation.name", described.operation);
  add("db.query.summary", described.summary);
  add("server.address", server_);
  if (port_ != 0) attributes.push_back({"server.port", port_});
  return attributes;
}

void TracingObserver::before(const StatementInfo& info) {
  Running running{describe(info.plan), nullptr};
  std::vector<TraceAttribute> attributes = attributesOf(*running.described);
  attributes.push_back({"db.query.text", running.described->text});
  try {
    running.span = tracer_->start(running.described->summary, attributes);
  } catch (...) {
    // A tracer that fails leaves its span out; it refuses nobody a statement.
  }
  Running::ofThisThread().push_back(std::move(running));
}

void TracingObserver::after(const StatementInfo& info, const StatementOutcome& outcome) noexcept {
  finish(info, outcome, nullptr);
}

void TracingObserver::failed(const StatementInfo& info, const std::exception& error,
                             const StatementOutcome& outcome) noexcept {
  finish(info, outcome, &error);
}

void TracingObserver::finish(const StatementInfo& info, const StatementOutcome& outcome,
                             const std::exception* error) noexcept {
  std::vector<Running>& stack = Running::ofThisThread();
  const Running running = std::move(stack.back());
  stack.pop_back();
  try {
    std::vector<TraceAttribute> found;
    std::string status;
    if (error != nullptr) {
      const auto* const known = dynamic_cast<const Error*>(error);
      found.push_back(
          {"error.type", errorCodeName(known == nullptr ? ErrorCode::Generic : known->code())});
      if (known != nullptr) status = known->sqlState();
      if (!status.empty()) found.push_back({"db.response.status_code", status});
    }
    std::vector<TraceAttribute> attributes = attributesOf(*running.described);
    attributes.insert(attributes.end(), found.begin(), found.end());
    if (error == nullptr && info.plan.returnsRows) {
      found.push_back({"db.response.returned_rows", static_cast<std::int64_t>(outcome.rows)});
    }
    if (running.span != nullptr) running.span->end(found, error != nullptr);
    tracer_->record(trace::kOperationDuration, seconds(outcome.waited + outcome.duration),
                    attributes);
    if (!info.inTransaction) {
      const TraceAttribute pool{"db.client.connection.pool.name", pool_};
      tracer_->record(trace::kConnectionWaitTime, seconds(outcome.waited), {&pool, 1});
    }
  } catch (const std::bad_alloc&) {
    // The span ends with its destruction; the caller's statement must not fail for it.
  }
}

}  // namespace sonde
