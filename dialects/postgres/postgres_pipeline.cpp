#include "postgres_pipeline.hpp"

#include <libpq-fe.h>

#include <utility>

namespace sonde {

PostgresPipeline::PostgresPipeline(PostgresHandle& handle, std::string_view sql)
    : handle_(handle), sql_(sql) {
  handle_.started();
  handle_.requireSent(PQenterPipelineMode(handle_.connection()), sql_);
}

PostgresPipeline::~PostgresPipeline() { finish(); }

void PostgresPipeline::send(const char* sql, std::span<const char* const> parameters) {
  added(PQsendQueryParams(handle_.connection(), sql, static_cast<int>(parameters.size()), nullptr,
                          parameters.data(), nullptr, nullptr, 0));
}

void PostgresPipeline::sendSettings(const std::vector<Context::Pair>& settings) {
  std::string sql = "SELECT ";
  std::vector<const char*> parameters;
  for (const auto& [name, value] : settings) {
    if (!parameters.empty()) sql += ", ";
    sql += "pg_catalog.set_config($" + std::to_string(parameters.size() + 1) + ", $" +
           std::to_string(parameters.size() + 2) + ", true)";
    parameters.push_back(name.c_str());
    parameters.push_back(value.c_str());
  }
  send(sql.c_str(), parameters);
}

void PostgresPipeline::sync() {
  handle_.requireSent(PQpipelineSync(handle_.connection()), sql_);
  ++syncsLeft_;
  unsynced_ = false;
}

PostgresResult PostgresPipeline::take() {
  while (true) {
    PostgresResult result = handle_.next(sql_);
    // A null ends the command before; the connection's loss gives nothing but nulls.
    if (!result) {
      if (PQstatus(handle_.connection()) == CONNECTION_BAD) handle_.failConnection(sql_);
      continue;
    }
    if (PQresultStatus(result.get()) != PGRES_PIPELINE_SYNC) return result;
    --syncsLeft_;
  }
}

bool PostgresPipeline::takeGood(PostgresResult& result) {
  result = take();
  switch (PQresultStatus(result.get())) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      return true;
    default:
      if (!failed_) std::swap(failed_, result);
      return false;
  }
}

void PostgresPipeline::finish() noexcept {
  if (!std::exchange(on_, false)) return;
  try {
    if (unsynced_) sync();
    while (syncsLeft_ != 0 && PQstatus(handle_.connection()) != CONNECTION_BAD) {
      const PostgresResult result = handle_.next(sql_);
      if (!result) continue;
      if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC) --syncsLeft_;
    }
  } catch (const std::exception&) {
    handle_.markBroken();
    return;
  }
  if (PQexitPipelineMode(handle_.connection()) == 0) handle_.markBroken();
  handle_.settle();
}

}  // namespace sonde
