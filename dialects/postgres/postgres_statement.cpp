#include "postgres_statement.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/text.hpp"
#include "../../query/lexer.hpp"
#include "../../query/sql_check.hpp"
#include "postgres_dialect.hpp"
#include "postgres_pipeline.hpp"

namespace sonde {
namespace {

// Beyond the limit of the rows kept: what the protocol adds to them.
constexpr std::size_t kReceiveSlack = std::size_t{1} << 20;

// Rows that are read to the end rather than cancelled, which costs a connection to the server.
constexpr int kCheapRows = 100;

// From here on a result is taken row by row when the statement runs again.
constexpr int kManyRows = 1000;

bool good(const PostgresResult& result) noexcept {
  switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_SINGLE_TUPLE:
    case PGRES_EMPTY_QUERY:
      return true;
    default:
      return false;
  }
}

bool isUtc(const char* zone) noexcept {
  if (zone == nullptr) return false;
  const std::string_view name = zone;
  return name == "UTC" || name == "Etc/UTC" || name == "GMT";
}

std::size_t parametersIn(std::string_view sql, const query::LexerRules& rules) {
  query::Lexer lexer(sql, rules);
  query::Token token;
  std::size_t most = 0;
  while (lexer.nextSignificant(token)) {
    if (token.kind != query::TokenKind::Parameter || !token.text.starts_with('$')) continue;
    std::size_t number = 0;
    std::from_chars(token.text.data() + 1, token.text.data() + token.text.size(), number);
    most = std::max(most, number);
  }
  return most;
}

/// Whether a cursor can be declared for a statement that reads: queries, but not SHOW or EXPLAIN.
bool isQuery(std::string_view sql, const query::LexerRules& rules) {
  query::Lexer lexer(sql, rules);
  query::Token token;
  while (lexer.nextSignificant(token) && token.kind == query::TokenKind::Open) {
  }
  static constexpr std::string_view kQueries[] = {"SELECT", "WITH", "VALUES", "TABLE"};
  return std::any_of(std::begin(kQueries), std::end(kQueries), [&](std::string_view word) {
    return text::equalsIgnoreCase(token.text, word);
  });
}

bool countsChanges(std::string_view tag) noexcept {
  return tag.starts_with("INSERT") || tag.starts_with("UPDATE") || tag.starts_with("DELETE") ||
         tag.starts_with("MERGE");
}

}  // namespace

PostgresStatement::PostgresStatement(std::shared_ptr<PostgresSession> session, std::string_view sql,
                                     bool persistent)
    : session_(std::move(session)), sql_(sql), named_(persistent && !session_->pooled()) {
  checkSql();
  const query::LexerRules& rules = PostgresDialect::instance().lexerRules();
  readOnly_ = !query::looksLikeWrite(sql_, rules);
  selects_ = readOnly_ && isQuery(sql_, rules);
  parameterCount_ = parametersIn(sql_, rules);
  if (!persistent) return;
  session_->freeForgotten();
  describe();
}

PostgresStatement::~PostgresStatement() {
  reset();
  session_->forget(std::move(name_));
}

// --- preparing ---

void PostgresStatement::checkSql() {
  query::checkNoNul(sql_);
  static_cast<void>(query::onlyStatement(sql_, PostgresDialect::instance().lexerRules()));
}

// Parse and describe in one round trip: the result. Under the settings of the context, because
// names may mean other tables by them (search_path).
PostgresResult PostgresStatement::prepareOnServer(const std::string& name) {
  PostgresHandle& server = handle();
  const auto& settings = session_->wantedSettings();
  PostgresPipeline pipeline(server, sql_);
  if (!settings.empty()) {
    pipeline.send("BEGIN");
    pipeline.sendSettings(settings);
  }
  pipeline.added(PQsendPrepare(server.connection(), name.c_str(), sql_.c_str(), 0, nullptr));
  pipeline.added(PQsendDescribePrepared(server.connection(), name.c_str()));
  if (!settings.empty()) pipeline.send("COMMIT");
  pipeline.sync();
  PostgresResult described;
  PostgresResult other;
  bool fine = settings.empty() || (pipeline.takeGood(other) && pipeline.takeGood(other));
  fine = fine && pipeline.takeGood(other) && pipeline.takeGood(described);
  if (fine && !settings.empty()) static_cast<void>(pipeline.takeGood(other));
  pipeline.finish();
  if (!pipeline.failed()) return described;
  if (!settings.empty() && inTransaction()) server.execWithin("ROLLBACK", kRollbackTimeout);
  server.fail(pipeline.failed(), sql_);
}

void PostgresStatement::describe() {
  PostgresHandle& server = handle();
  std::string name = named_ ? session_->newName() : std::string();
  const PostgresResult described = prepareOnServer(name);
  name_ = std::move(name);
  std::vector<std::uint32_t> oids(static_cast<std::size_t>(PQnparams(described.get())));
  for (std::size_t i = 0; i < oids.size(); ++i) {
    oids[i] = PQparamtype(described.get(), static_cast<int>(i));
  }
  parameterTypes_ = session_->types().types(server, oids);
  parameterCount_ = oids.size();
  header_ = PostgresHeader();
  accept(described.get());
  described_ = true;
}

void PostgresStatement::describeWhenNeeded() {
  if (!described_) describe();
}

void PostgresStatement::describeAgain() {
  session_->forget(std::exchange(name_, {}));
  session_->types().clear();
  described_ = false;
  schemaChanged_ = true;
  describe();
  if (bound_) parameters_.set(args_, parameterTypes_, readOnly_, sql_);
}

void PostgresStatement::accept(const PGresult* result) {
  if (header_.columns != nullptr && header_.fits(result)) [[likely]]
    return;
  header_ = PostgresHeader::make(*session_, result);
  cells_.resize(header_.rules.size());
}

bool PostgresStatement::wantsBinary() const noexcept {
  if (!described_ || !header_.binary) return false;
  return !header_.zoned || isUtc(PQparameterStatus(handle().connection(), "TimeZone"));
}

// 0A000: cached plan must not change result type. 26000: somebody else dropped the statement.
bool PostgresStatement::isStale(std::string_view sqlState) const noexcept {
  return described_ && (sqlState == "26000" || (sqlState == "0A000" && !name_.empty()));
}

// --- parameters ---

void PostgresStatement::requireCount(Args args) const {
  if (args.size() == parameterCount_) return;
  query::refuseSql("the statement has " + std::to_string(parameterCount_) + " placeholders, but " +
                       std::to_string(args.size()) + " parameters were given",
                   sql_);
}

void PostgresStatement::bind(Args args) {
  if (state_ != State::Ready) reset();
  requireCount(args);
  bound_ = false;
  if (!args.empty()) describeWhenNeeded();
  parameters_.set(args, parameterTypes_, readOnly_, sql_);
  args_ = args;
  bound_ = true;
}

void PostgresStatement::begin() {
  if (state_ != State::Ready) {
    const Args args = args_;
    const bool bound = bound_;
    reset();
    args_ = args;
    bound_ = bound;
  }
  if (bound_) return;
  // A run without bind() sees nothing of the run before.
  const std::vector<Arg> nulls(parameterCount_);
  if (parameterCount_ != 0) describeWhenNeeded();
  parameters_.set(nulls, parameterTypes_, readOnly_, sql_);
}

// --- running to the end ---

int PostgresStatement::send() {
  PGconn* const connection = handle().connection();
  const int format = wantsBinary() ? 1 : 0;
  if (!name_.empty() && !parameters_.retyped()) [[likely]] {
    return PQsendQueryPrepared(connection, name_.c_str(), parameters_.count(), parameters_.values(),
                               parameters_.lengths(), parameters_.formats(), format);
  }
  return PQsendQueryParams(connection, sql_.c_str(), parameters_.count(), parameters_.types(),
                           parameters_.values(), parameters_.lengths(), parameters_.formats(),
                           format);
}

PostgresResult PostgresStatement::executeOnce() {
  PostgresHandle& server = handle();
  server.started();
  server.requireSent(send(), sql_);
  PostgresResult result = server.next(sql_);
  // The end of the statement; a good result is followed by nothing else.
  if (good(result)) server.drain();
  return result;
}

PostgresResult PostgresStatement::executeWithSettings(const std::vector<Context::Pair>& settings) {
  PostgresHandle& server = handle();
  PostgresResult result;
  PostgresPipeline pipeline(server, sql_);
  pipeline.send("BEGIN");
  pipeline.sendSettings(settings);
  pipeline.added(send());
  pipeline.send("COMMIT");
  pipeline.sync();
  PostgresResult other;
  if (pipeline.takeGood(other) && pipeline.takeGood(other) && pipeline.takeGood(result)) {
    static_cast<void>(pipeline.takeGood(other));
  }
  pipeline.finish();
  if (!pipeline.failed()) return result;
  if (server.inTransaction()) server.execWithin("ROLLBACK", kRollbackTimeout);
  return pipeline.takeFailed();
}

PostgresResult PostgresStatement::execute() {
  for (bool again = false;; again = true) {
    const bool inside = inTransaction();
    const auto& settings = session_->wantedSettings();
    PostgresResult result = settings.empty() ? executeOnce() : executeWithSettings(settings);
    if (good(result)) [[likely]] {
      accept(result.get());
      if (PQresultStatus(result.get()) == PGRES_COMMAND_OK) {
        session_->noteCommand(PQcmdStatus(result.get()));
      }
      return result;
    }
    if (inside || again || !isStale(postgresSqlState(result.get()))) failRun(std::move(result));
    handle().drain();
    describeAgain();
  }
}

void PostgresStatement::failRun(PostgresResult result) {
  const Args args = std::exchange(args_, {});
  bound_ = false;
  state_ = State::Ready;
  if (isStale(postgresSqlState(result.get()))) {
    // The next run prepares anew.
    session_->forget(std::exchange(name_, {}));
    described_ = false;
    schemaChanged_ = true;
  }
  if (PQresultStatus(result.get()) != PGRES_FATAL_ERROR) handle().refuseCopy(sql_);
  handle().fail(result, sql_, args);
}

BlockPtr PostgresStatement::fetch(std::size_t maxRows, std::size_t maxBytes) {
  begin();
  const bool partly = maxRows != 0 && selects_ && !fewRows_;
  if (partly && !inTransaction() && session_->wantedSettings().empty()) {
    return fetchFirst(maxRows, maxBytes);
  }
  if (manyRows_ && selects_ && session_->wantedSettings().empty()) {
    return fetchSingly(maxRows, maxBytes);
  }
  PostgresHandle& server = handle();
  server.limitReceived(maxBytes == 0 ? 0 : 2 * maxBytes + kReceiveSlack);
  const PostgresResult result = execute();
  server.limitReceived(0);
  state_ = State::Done;
  fewRows_ = PQntuples(result.get()) <= kCheapRows;
  manyRows_ = PQntuples(result.get()) > kManyRows;
  BlockPtr block =
      ResultBlock::make(header_.columns, PostgresRows::sizeOf(header_, result.get(), maxRows));
  PostgresRows::append(header_, result.get(), *block, maxRows, maxBytes);
  return block;
}

// Each row goes into the block as it comes. libpq's own copy of a large result costs more, in fresh
// memory alone, than a result for each row.
BlockPtr PostgresStatement::fetchSingly(std::size_t maxRows, std::size_t maxBytes) {
  startSingleRow();
  BlockPtr block = ResultBlock::make(header_.columns, hint_);
  try {
    while (nextSingleRow()) {
      row_ = 1;
      if (maxRows != 0 && block->rowCount() == maxRows) continue;
      PostgresRows::append(header_, result_.get(), *block, maxRows, maxBytes);
    }
  } catch (...) {
    reset();
    throw;
  }
  manyRows_ = block->rowCount() > static_cast<std::size_t>(kManyRows);
  hint_ = {std::max<std::size_t>(block->rowCount(), 1), block->byteCount()};
  return block;
}

// The first rows of what may be many: the rest is not waited for.
BlockPtr PostgresStatement::fetchFirst(std::size_t maxRows, std::size_t maxBytes) {
  startSingleRow();
  BlockPtr block = ResultBlock::make(header_.columns);
  int beyond = 0;
  while (nextSingleRow()) {
    row_ = 1;
    if (block->rowCount() < maxRows) {
      PostgresRows::append(header_, result_.get(), *block, maxRows, maxBytes);
    } else if (++beyond > kCheapRows) {
      break;
    }
  }
  fewRows_ = beyond <= kCheapRows;
  reset();
  state_ = State::Done;
  return block;
}

std::uint64_t PostgresStatement::run() {
  begin();
  const PostgresResult result = execute();
  state_ = State::Done;
  return countsChanges(PQcmdStatus(result.get())) ? result.affected() : 0;
}

void PostgresStatement::reset() noexcept {
  endStream(false);
  state_ = State::Ready;
  bound_ = false;
  args_ = {};
}

}  // namespace sonde
