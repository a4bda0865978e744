#include "session_executor.hpp"

#include <string>

#include "../core/error.hpp"
#include "../core/json_writer.hpp"
#include "statement_run.hpp"

namespace sonde {

namespace {

ResultSet noRows() { return ResultSet(ResultBlock::make(Columns::make({}))); }

}  // namespace

void SessionExecutor::admit(const RawStatement& statement) const {
  if (statement.attaches && runtime_->pool().topology().shape != PoolShape::Single) {
    ErrorDetails details;
    details.sql = statement.plan.sql;
    details.hint = "name it under attachments in the configuration";
    throw Unsupported("a database attached by SQL would be there on one connection only",
                      std::move(details));
  }
}

void SessionExecutor::requireNotifications() const {
  if (capabilities().notifications) return;
  throw Unsupported(std::string(runtime_->dialect().name()) + " has no notifications");
}

std::vector<ResultSet> SessionExecutor::fetchEach(StatementRun& run, std::span<const Args> batch,
                                                  RunCounts& counts) const {
  std::vector<ResultSet> results;
  results.reserve(batch.size());
  for (BlockPtr& block : run.each(batch, compiler(), runtime_->options().maxResultBytes)) {
    counts.rows += block->rowCount();
    results.emplace_back(std::move(block));
  }
  return results;
}

void SessionExecutor::finishRaw(const RawStatement& statement, std::uint64_t affected) {
  if (statement.changesSchema) schemaTouched();
  if (!statement.operation || statement.writtenTable.empty() || !wantsChanges()) return;
  Change change;
  change.operation = *statement.operation;
  change.table = statement.writtenTable;
  change.affected = affected;
  if (const auto snapshot = schema(); const Table* table = snapshot->findTable(change.table)) {
    change.schema = table->schema;
    change.table = table->name;
  }
  recordChange(std::move(change));
}

ResultSet SessionExecutor::queryRaw(std::string_view sql, Args args) {
  const RawStatementPtr statement = raw(sql);
  if (!statement->plan.returnsRows) {
    const WriteResult result = execute(statement->plan, args);
    finishRaw(*statement, result.affected);
    return noRows();
  }
  ResultSet rows = query(statement->plan, args);
  finishRaw(*statement, rows.size());
  return rows;
}

WriteResult SessionExecutor::executeRaw(std::string_view sql, Args args) {
  const RawStatementPtr statement = raw(sql);
  const WriteResult result = execute(statement->plan, args);
  finishRaw(*statement, result.affected);
  return result;
}

void SessionExecutor::streamRaw(std::string_view sql, Args args, RowCallback callback) {
  const RawStatementPtr statement = raw(sql);
  std::uint64_t rows = 0;
  stream(statement->plan, args, [&](RowView row) {
    ++rows;
    return callback(row);
  });
  finishRaw(*statement, rows);
}

std::vector<std::string> SessionExecutor::explain(std::string_view sql) {
  runtime_->requireRawSql();
  return explainPrepared(query::rewritePlaceholders(sql, runtime_->dialect().lexerRules()).sql);
}

void SessionExecutor::streamJsonRaw(std::string_view sql, Args args, TextSink sink,
                                    const JsonOptions& options) {
  json::ArrayWriter writer(sink, options);
  streamRaw(sql, args, [&writer](RowView row) {
    writer.add(row);
    return true;
  });
  writer.finish();
}

}  // namespace sonde
