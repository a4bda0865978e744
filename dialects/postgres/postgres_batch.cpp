// One statement run for many lists of arguments, sent together.
#include <libpq-fe.h>

#include <algorithm>
#include <utility>

#include "../../core/error.hpp"
#include "postgres_pipeline.hpp"
#include "postgres_statement.hpp"

namespace sonde {
namespace {

// What is under way at once: enough to make the round trip cheap, and a bound for what waits in
// buffers on both sides.
constexpr std::size_t kInFlight = 128;

}  // namespace

std::vector<BlockPtr> PostgresStatement::fetchEach(std::span<const Args> batch,
                                                   std::size_t maxBytes) {
  if (batch.size() < 2 || !session_->wantedSettings().empty()) {
    return Statement::fetchEach(batch, maxBytes);
  }
  begin();
  describeWhenNeeded();
  // Statements before a sync are one transaction to the server. For reads that makes no difference,
  // and in a transaction everything is one anyway; writes outside one must stand on their own.
  const bool inside = inTransaction();
  const bool apart = !readOnly_ && !inside;
  std::vector<BlockPtr> blocks;
  blocks.reserve(batch.size());
  for (std::size_t at = 0; at < batch.size(); at += kInFlight) {
    const auto part = batch.subspan(at, std::min(kInFlight, batch.size() - at));
    PostgresPipeline pipeline(handle(), sql_);
    sendBatch(pipeline, part, apart);
    if (takeBatch(pipeline, part, maxBytes, blocks)) continue;
    pipeline.finish();
    const std::size_t failing = blocks.size();
    const bool stale = !pipeline.failed() || isStale(postgresSqlState(pipeline.failed().get()));
    if (!stale || inside || apart) {
      args_ = batch[failing];
      if (pipeline.failed()) failRun(pipeline.takeFailed());
      throw QueryError("the columns of the statement changed while it ran");
    }
    // Reads: what was not taken is run again, one by one.
    handle().drain();
    describeAgain();
    for (BlockPtr& block : Statement::fetchEach(batch.subspan(failing), maxBytes)) {
      blocks.push_back(std::move(block));
    }
    return blocks;
  }
  return blocks;
}

void PostgresStatement::sendBatch(PostgresPipeline& pipeline, std::span<const Args> batch,
                                  bool apart) {
  bound_ = false;
  for (const Args& args : batch) {
    requireCount(args);
    parameters_.set(args, parameterTypes_, readOnly_, sql_);
    pipeline.added(send());
    if (apart) pipeline.sync();
  }
  if (!apart) pipeline.sync();
}

bool PostgresStatement::takeBatch(PostgresPipeline& pipeline, std::span<const Args> batch,
                                  std::size_t maxBytes, std::vector<BlockPtr>& blocks) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    PostgresResult result;
    // Other columns than described: their names cannot be asked for while the pipeline is full.
    if (!pipeline.takeGood(result) || !header_.fits(result.get())) return false;
    BlockPtr block =
        ResultBlock::make(header_.columns, PostgresRows::sizeOf(header_, result.get(), 0));
    PostgresRows::append(header_, result.get(), *block, 0, maxBytes);
    blocks.push_back(std::move(block));
  }
  return true;
}

}  // namespace sonde
