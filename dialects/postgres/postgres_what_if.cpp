#include "postgres_what_if.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "../../core/error.hpp"
#include "../../core/text.hpp"
#include "../../query/sql_check.hpp"
#include "postgres_dialect.hpp"
#include "postgres_plan.hpp"

namespace sonde {
namespace {

constexpr std::chrono::milliseconds kCleanUp{2000};
const std::string kPrepared = "sonde_what_if";

const SqlCompiler& compiler() { return PostgresDialect::instance().compiler(); }
const query::LexerRules& rules() { return PostgresDialect::instance().lexerRules(); }

/// One statement whose parameters are `$1` and so on.
struct Planned {
  std::string sql;
  std::size_t parameters = 0;
};

/// @throws ValidationError when the text is no statement or several; Unsupported for one that has
/// no plan.
Planned readStatement(std::string_view text) {
  const std::string_view sql = query::onlyStatement(text, rules());
  query::checkNoNul(sql);
  query::Lexer lexer(sql, rules());
  query::Token token;
  bool first = true;
  std::size_t numbered = 0;
  while (lexer.nextSignificant(token)) {
    if (std::exchange(first, false) && token.kind != query::TokenKind::Open) {
      static constexpr std::string_view kWords[] = {"SELECT", "WITH",   "VALUES", "INSERT",
                                                    "UPDATE", "DELETE", "MERGE",  "TABLE"};
      if (std::none_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) {
            return text::equalsIgnoreCase(token.text, word);
          })) {
        throw Unsupported("only statements that read or change rows have a plan");
      }
    }
    if (token.kind != query::TokenKind::Parameter || !token.text.starts_with('$')) continue;
    std::size_t number = 0;
    std::from_chars(token.text.data() + 1, token.text.data() + token.text.size(), number);
    numbered = std::max(numbered, number);
  }
  if (numbered > 0) return {std::string(sql), numbered};
  query::BoundSql bound = query::rewritePlaceholders(sql, rules());
  return {std::move(bound.sql), bound.parameters};
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += c;
    out += c;
  }
  return out + "'";
}

class PostgresWhatIf final : public WhatIf {
 public:
  PostgresWhatIf(PostgresHandle& server, std::shared_ptr<const Schema> schema,
                 const std::string& version, const std::string& extensionSchema)
      : server_(server),
        schema_(std::move(schema)),
        method_("PostgreSQL's planner with HypoPG " + version),
        prefix_(compiler().quote(extensionSchema) + ".") {
    mode_ = server_.exec("SELECT current_setting('plan_cache_mode')").text(0, 0);
    server_.exec("SET plan_cache_mode = force_generic_plan");
    reset();
  }
  ~PostgresWhatIf() override {
    // No cast of what is thrown here: the session is at its end, or the server takes it away.
    server_.execWithin("SELECT " + prefix_ + "hypopg_reset()", kCleanUp);
    server_.execWithin("SET plan_cache_mode = " + mode_, kCleanUp);
  }
  PostgresWhatIf(const PostgresWhatIf&) = delete;
  PostgresWhatIf& operator=(const PostgresWhatIf&) = delete;

  void assume(std::span<const HypotheticalIndex> indexes) override;
  void hide(std::span<const std::string> names) override {
    if (!names.empty()) throw Unsupported("HypoPG hides no indexes before version 1.4");
  }
  [[nodiscard]] bool canHide() const noexcept override { return false; }
  [[nodiscard]] QueryPlan plan(std::string_view sql) override;
  [[nodiscard]] std::optional<double> rows(std::string_view schema,
                                           std::string_view table) override;
  [[nodiscard]] std::optional<double> fraction(std::string_view schema, std::string_view table,
                                               std::string_view condition) override;
  [[nodiscard]] std::optional<std::uint64_t> size(const HypotheticalIndex& index) override;
  [[nodiscard]] std::string_view method() const noexcept override { return method_; }
  [[nodiscard]] std::vector<std::string> notes() const override {
    return {"what a foreign key looks up in other tables is no part of PostgreSQL's plans"};
  }

 private:
  struct Made {
    std::string oid;
    std::string name;
  };

  [[nodiscard]] const Table& find(std::string_view schema, std::string_view table) const {
    const Table* const found = schema.empty() ? nullptr : schema_->findTable(schema, table);
    return found != nullptr ? *found : schema_->table(table);
  }
  void reset() {
    server_.exec("SELECT " + prefix_ + "hypopg_reset()");
    names_.clear();
  }
  [[nodiscard]] Made make(const HypotheticalIndex& index);

  PostgresHandle& server_;
  std::shared_ptr<const Schema> schema_;
  std::string method_;
  std::string prefix_;
  std::string mode_;
  std::map<std::string, std::string> names_;  // HypoPG's → those assumed.
};

PostgresWhatIf::Made PostgresWhatIf::make(const HypotheticalIndex& index) {
  const Table& table = find(index.schema, index.table);
  for (const IndexPart& part : index.index.parts) {
    if (!part.column.empty()) static_cast<void>(table.column(part.column));
  }
  const std::string ddl = compiler().createIndex(table, index.index, IndexBuild::Blocking);
  const char* const parameter = ddl.c_str();
  const PostgresResult made = server_.exec(
      "SELECT indexrelid, indexname FROM " + prefix_ + "hypopg_create_index($1)", {&parameter, 1});
  if (made.rows() != 1)
    throw Unsupported("HypoPG cannot assume the index \"" + index.index.name + "\"");
  return {std::string(made.text(0, 0)), std::string(made.text(0, 1))};
}

void PostgresWhatIf::assume(std::span<const HypotheticalIndex> indexes) {
  reset();
  try {
    for (const HypotheticalIndex& index : indexes) names_[make(index).name] = index.index.name;
  } catch (...) {
    if (!server_.broken()) reset();
    throw;
  }
}

QueryPlan PostgresWhatIf::plan(std::string_view sql) {
  const Planned planned = readStatement(sql);
  const std::string explain = "EXPLAIN " + std::string(kPostgresWhatIfTag) + " (FORMAT JSON) ";
  // A line of its own: the statement may end in a comment.
  if (planned.parameters == 0) {
    return readPostgresPlan(server_.exec(explain + planned.sql + "\n").text(0, 0), names_);
  }
  server_.exec("PREPARE " + kPrepared + " AS " + std::string(kPostgresWhatIfTag) + " " +
               planned.sql + "\n");
  std::string nulls;
  for (std::size_t i = 0; i < planned.parameters; ++i) nulls += i == 0 ? "NULL" : ", NULL";
  try {
    const PostgresResult result =
        server_.exec(explain + "EXECUTE " + kPrepared + "(" + nulls + ")");
    server_.exec("DEALLOCATE " + kPrepared);
    return readPostgresPlan(result.text(0, 0), names_);
  } catch (...) {
    server_.execWithin("DEALLOCATE " + kPrepared, kCleanUp);
    throw;
  }
}

std::optional<double> PostgresWhatIf::rows(std::string_view schema, std::string_view table) {
  const Table& found = find(schema, table);
  const std::string name = compiler().quote(found.schema) + "." + compiler().quote(found.name);
  const PostgresResult result =
      server_.exec("SELECT reltuples::bigint FROM pg_catalog.pg_class WHERE oid = " + quoted(name) +
                   "::regclass");
  const std::int64_t rows = result.integer(0, 0);
  // Before PostgreSQL 14 an unknown number was 0.
  if (result.rows() == 0 || rows <= 0) return std::nullopt;
  return static_cast<double>(rows);
}

std::optional<double> PostgresWhatIf::fraction(std::string_view schema, std::string_view table,
                                               std::string_view condition) {
  const std::optional<double> all = rows(schema, table);
  if (!all) return std::nullopt;
  query::checkFragment(condition, rules());
  const Table& found = find(schema, table);
  // The planner's own guess, from what ANALYZE sampled.
  const QueryPlan guess =
      plan("SELECT 1 FROM " + compiler().quote(found.schema) + "." + compiler().quote(found.name) +
           " WHERE (" + std::string(condition) + "\n)");
  if (!guess.rows) return std::nullopt;
  return std::clamp(*guess.rows / *all, 0.0, 1.0);
}

std::optional<std::uint64_t> PostgresWhatIf::size(const HypotheticalIndex& index) {
  const Made made = make(index);
  const PostgresResult result =
      server_.exec("SELECT s, " + prefix_ + "hypopg_drop_index(" + made.oid + ") FROM " + prefix_ +
                   "hypopg_relation_size(" + made.oid + ") AS s");
  return static_cast<std::uint64_t>(result.integer(0, 0));
}

}  // namespace

WhatIfOffer makePostgresWhatIf(PostgresHandle& server, std::shared_ptr<const Schema> schema) {
  const PostgresResult installed = server.exec(
      "SELECT e.extversion, n.nspname FROM pg_catalog.pg_extension e "
      "JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'hypopg'");
  if (installed.rows() == 1) {
    return {std::make_unique<PostgresWhatIf>(server, std::move(schema),
                                             std::string(installed.text(0, 0)),
                                             std::string(installed.text(0, 1))),
            {}};
  }
  const PostgresResult available =
      server.exec("SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'hypopg'");
  return {nullptr, available.rows() > 0
                       ? "the extension hypopg is not installed in the database: CREATE EXTENSION "
                         "hypopg"
                       : "the server does not have the extension hypopg (Debian: "
                         "postgresql-15-hypopg)"};
}

}  // namespace sonde
