#include "postgres_usage.hpp"

#include <charconv>
#include <memory>
#include <string_view>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/result_set.hpp"
#include "../../core/text.hpp"
#include "../tuner_reading.hpp"
#include "postgres_dialect.hpp"
#include "postgres_what_if.hpp"

namespace sonde {
namespace {

// What another user's statement reads as for those who may not see it.
constexpr const char* kHidden = "<insufficient privilege>";

// A partition's index goes with its parent's; one that tells rows apart in replication, keeps them
// unique or backs a constraint is never to be dropped, however seldom it is read.
constexpr const char* kIndexes =
    "SELECT s.schemaname, s.relname, s.indexrelname, s.idx_scan, pg_relation_size(s.indexrelid) "
    "FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid JOIN pg_class c ON "
    "c.oid = s.indexrelid WHERE i.indisvalid AND NOT i.indisunique AND NOT i.indisprimary AND NOT "
    "i.indisexclusion AND NOT i.indisreplident AND NOT c.relispartition AND NOT EXISTS (SELECT 1 "
    "FROM pg_constraint k WHERE k.conindid = s.indexrelid) ORDER BY 1, 2, 3";

constexpr const char* kCounted =
    "SELECT extract(epoch FROM now() - coalesce(stats_reset, pg_postmaster_start_time()))::bigint, "
    "(SELECT count(*) FROM pg_stat_replication), pg_is_in_recovery() FROM pg_stat_database WHERE "
    "datname = current_database()";

/// The extension that counts statements.
struct Extension {
  std::string prefix;  ///< Its schema, quoted, with a dot.
  int minor = 0;       ///< Of its version, which began with 1 always.
};

Extension findExtension(Connection& connection) {
  const ResultSet rows =
      readRows(connection,
               "SELECT n.nspname, e.extversion FROM pg_extension e JOIN pg_namespace n ON n.oid = "
               "e.extnamespace WHERE e.extname = 'pg_stat_statements'");
  if (rows.empty()) {
    ErrorDetails details;
    details.hint =
        "add it to shared_preload_libraries, restart the server, and run CREATE EXTENSION "
        "pg_stat_statements in this database";
    throw Unsupported("the extension pg_stat_statements is not installed in the database",
                      std::move(details));
  }
  const RowView row = *rows.begin();
  Extension extension;
  extension.prefix = PostgresDialect::instance().compiler().quote(cellText(row, 0)) + ".";
  const std::string version = cellText(row, 1);
  if (const std::size_t dot = version.find('.'); dot != std::string::npos) {
    std::from_chars(version.data() + dot + 1, version.data() + version.size(), extension.minor);
  }
  return extension;
}

ResultSet readStatements(Connection& connection, const Extension& extension, std::size_t most) {
  constexpr int kExecTime = 8;  // total_time was split in two in version 1.8
  const std::string time = extension.minor < kExecTime ? "total_time" : "total_exec_time";
  try {
    return readRows(
        connection,
        "SELECT query, sum(calls)::float8, sum(rows)::float8, sum(" + time + ")::float8 FROM " +
            extension.prefix +
            "pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = "
            "current_database()) AND position('" +
            std::string(kPostgresWhatIfTag) +
            "' IN query) = 0 GROUP BY query ORDER BY 4 DESC LIMIT $1",
        {static_cast<std::int64_t>(most)});
  } catch (const QueryError& error) {
    // 55000: the library was not loaded when the server started.
    if (error.sqlState() != "55000") throw;
    ErrorDetails details;
    details.sqlState = error.sqlState();
    details.hint = "add it to shared_preload_libraries, and restart the server";
    throw Unsupported("pg_stat_statements counts nothing: the server did not load it as it started",
                      std::move(details));
  }
}

/// Tells what the counters have lost.
void noteLosses(Connection& connection, const Extension& extension,
                std::vector<std::string>& notes) {
  constexpr int kInfo = 9;  // pg_stat_statements_info came with version 1.9
  if (extension.minor < kInfo) return;
  const ResultSet rows =
      readRows(connection, "SELECT dealloc, extract(epoch FROM now() - stats_reset)::bigint FROM " +
                               extension.prefix + "pg_stat_statements_info");
  if (rows.empty()) return;
  const RowView row = *rows.begin();
  constexpr std::int64_t kDay = 86'400;
  const std::int64_t seconds = cellNumber(row, 1);
  if (seconds < kDay) {
    notes.push_back("pg_stat_statements has counted for " +
                    text::counted(static_cast<std::uint64_t>(seconds / 60), "minute", "minutes") +
                    " only");
  }
  if (const std::int64_t lost = cellNumber(row, 0); lost > 0) {
    notes.push_back("pg_stat_statements made room " +
                    text::counted(static_cast<std::uint64_t>(lost), "time", "times") +
                    " by forgetting the statements that ran least: raise pg_stat_statements.max");
  }
}

}  // namespace

ObservedStatements PostgresUsage::statements(Connection& connection, std::size_t most) const {
  const Extension extension = findExtension(connection);
  ObservedStatements observed;
  std::uint64_t hidden = 0;
  for (const RowView row : readStatements(connection, extension, most)) {
    std::string sql = cellText(row, 0);
    if (sql == kHidden) {
      hidden += row[1].as<std::uint64_t>();
      continue;
    }
    observed.statements.push_back(
        {std::move(sql), row[1].as<double>(), row[2].as<double>(), row[3].as<double>()});
  }
  if (hidden > 0) {
    observed.notes.push_back(text::counted(hidden, "call", "calls") +
                             " of other users cannot be read: that takes the role "
                             "pg_read_all_stats");
  }
  noteLosses(connection, extension, observed.notes);
  return observed;
}

IndexUsage PostgresUsage::indexes(Connection& connection) const {
  IndexUsage usage;
  usage.source = "pg_stat_user_indexes";
  const ResultSet counted = readRows(connection, kCounted);
  if (counted.empty()) return usage;
  const RowView first = *counted.begin();
  usage.counted = std::chrono::seconds(cellNumber(first, 0));
  if (cellNumber(first, 1) > 0 || first[2].as<bool>()) {
    usage.notes.emplace_back(
        "what other servers of the replication read is counted there, and not known here");
  }
  for (const RowView row : readRows(connection, kIndexes)) {
    usage.indexes.push_back({cellText(row, 0), cellText(row, 1), cellText(row, 2),
                             static_cast<double>(cellNumber(row, 3)),
                             static_cast<std::uint64_t>(cellNumber(row, 4))});
  }
  return usage;
}

}  // namespace sonde
