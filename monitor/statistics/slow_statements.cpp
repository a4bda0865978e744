#include "slow_statements.hpp"

#include <set>
#include <utility>

#include "../../core/error.hpp"
#include "../../session/statement_run.hpp"
#include "statistics_snapshot.hpp"

namespace sonde {

namespace {

constexpr std::size_t kMostNoted = 64;
constexpr std::size_t kMostSlowPlans = 256;
constexpr std::chrono::minutes kPlanLives{1};
constexpr std::chrono::seconds kExplainTimeout{1};

bool isLiteral(const query::Token& token) noexcept {
  return token.kind == query::TokenKind::String || token.kind == query::TokenKind::Number ||
         token.kind == query::TokenKind::Blob;
}

std::string bare(const query::Token& token, const query::LexerRules& rules) {
  return token.kind == query::TokenKind::String ? query::unquote(token, rules)
                                                : std::string(token.text);
}

std::string millisecondsText(std::chrono::nanoseconds time) {
  return std::to_string(std::chrono::round<std::chrono::milliseconds>(time).count());
}

}  // namespace

std::vector<std::string> maskPlan(std::vector<std::string> lines, std::string_view sql,
                                  const query::LexerRules& rules) {
  std::set<std::string, std::less<>> literals;
  query::Lexer lexer(sql, rules);
  for (query::Token token; lexer.next(token);) {
    if (isLiteral(token)) literals.insert(bare(token, rules));
  }
  if (literals.empty()) return lines;
  for (std::string& line : lines) {
    if (line.find("cost=") != std::string::npos) continue;
    std::string masked;
    query::Lexer words(line, rules);
    for (query::Token token; words.next(token);) {
      // A text may stand there in another spelling, a number only as it was written.
      const bool told = token.kind == query::TokenKind::String ||
                        (isLiteral(token) && literals.contains(bare(token, rules)));
      masked += told ? std::string_view("?") : token.text;
    }
    line = std::move(masked);
  }
  return lines;
}

SlowStatements::SlowStatements(Runtime& runtime, std::chrono::nanoseconds threshold,
                               std::shared_ptr<const Listening> listeners)
    : runtime_(runtime), threshold_(threshold), listeners_(std::move(listeners)) {}

SlowStatements::~SlowStatements() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SlowStatements::failed(const StatementInfo& info, const std::exception& error,
                            const StatementOutcome& outcome) noexcept {
  if (outcome.duration < threshold_) return;
  const auto* const known = dynamic_cast<const Error*>(&error);
  note(info, outcome, known == nullptr ? ErrorCode::Generic : known->code());
}

void SlowStatements::note(const StatementInfo& info, const StatementOutcome& outcome,
                          std::optional<ErrorCode> error) noexcept {
  if (listeners_->empty() && !runtime_.logger().enabled(LogLevel::Warn)) return;
  try {
    Noted noted;
    SlowStatement& slow = noted.statement;
    slow.sql = query::normalizeSql(info.plan.sql, runtime_.dialect().lexerRules());
    slow.fingerprint = query::hashNormalized(slow.sql);
    slow.tables = info.plan.tables;
    slow.duration = outcome.duration;
    slow.waited = outcome.waited;
    slow.rows = outcome.rows;
    slow.affected = outcome.affected;
    slow.effort = outcome.effort;
    slow.inTransaction = info.inTransaction;
    slow.error = error;
    slow.principal = info.context.principal();
    slow.tags = info.context.tags();
    slow.at = std::chrono::system_clock::now();
    noted.sql = info.plan.sql;
    noted.explainable = info.plan.cacheable;

    const std::lock_guard lock(mutex_);
    if (noted_.size() >= kMostNoted) {
      ++leftOut_;
      return;
    }
    slow.leftOut = std::exchange(leftOut_, 0);
    noted_.push_back(std::move(noted));
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
    wake_.notify_one();
  } catch (const std::exception&) {
    // No memory or no thread: the caller's statement must not fail for it.
  }
}

void SlowStatements::work() noexcept {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || !noted_.empty(); });
    if (noted_.empty()) return;
    Noted noted = std::move(noted_.front());
    noted_.pop_front();
    const bool ending = ending_;
    lock.unlock();
    try {
      if (ending) {
        noted.statement.noPlan = "the database was closed";
      } else {
        addPlan(noted);
      }
      tell(noted.statement);
    } catch (const std::exception& error) {
      runtime_.logger().log(LogLevel::Error, "a slow statement could not be told of",
                            {{"error", error.what()}});
    }
    lock.lock();
  }
}

void SlowStatements::addPlan(Noted& noted) {
  const auto now = std::chrono::steady_clock::now();
  auto known = plans_.find(noted.statement.fingerprint);
  if (known == plans_.end() || now - known->second.taken > kPlanLives) {
    if (plans_.size() >= kMostSlowPlans) plans_.clear();
    known = plans_.insert_or_assign(noted.statement.fingerprint, explain(noted)).first;
  }
  noted.statement.plan = known->second.lines;
  noted.statement.noPlan = known->second.why;
}

SlowStatements::KnownPlan SlowStatements::explain(const Noted& noted) const {
  KnownPlan plan{{}, {}, std::chrono::steady_clock::now()};
  if (!noted.explainable) {
    plan.why = "statements of this kind have no plan";
    return plan;
  }
  try {
    Context context;
    context.timeout(kExplainTimeout);
    const Lease lease =
        runtime_.pool().lease(LeaseKind::Read, context, "explaining a slow statement");
    const SessionArming arming(lease.session(), context);
    plan.lines = maskPlan(lease.session().connection().explain(noted.sql), noted.sql,
                          runtime_.dialect().lexerRules());
  } catch (const Error& error) {
    // Not its message, which may repeat a part of the statement.
    plan.why = "the engine could not explain it: " + std::string(errorCodeName(error.code()));
  }
  return plan;
}

void SlowStatements::tell(const SlowStatement& statement) const {
  std::string plan = statement.noPlan;
  for (const std::string& line : statement.plan) {
    if (!plan.empty()) plan += " | ";
    plan += line;
  }
  const std::string rows = std::to_string(statement.rows + statement.affected);
  std::string tags;
  for (const auto& [name, value] : statement.tags) {
    tags.append(tags.empty() ? "" : " ").append(name).append("=").append(value);
  }
  runtime_.logger().log(LogLevel::Warn, "slow statement",
                        {{"sql", statement.sql},
                         {"ms", millisecondsText(statement.duration)},
                         {"waitedMs", millisecondsText(statement.waited)},
                         {"rows", rows},
                         {"fingerprint", fingerprintText(statement.fingerprint)},
                         {"tags", tags},
                         {"plan", plan}});
  listeners_->tell(runtime_.logger(), "onSlowStatement", statement);
}

}  // namespace sonde
