// The probes that read the whole of a SQLite database.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "../../core/error.hpp"
#include "sqlite_connection.hpp"
#include "sqlite_dialect.hpp"
#include "sqlite_probes.hpp"

namespace sonde {
namespace {

using ProbePtr = std::shared_ptr<const Probe>;

// Of what was found, as many as are read with pleasure.
constexpr std::size_t kShown = 3;

constexpr const char* kRestore =
    "restore the database from a backup, or save what can be read with .recover of the sqlite3 "
    "shell; see whether the disk is at fault";

// What SQLite says, in one line, without naming the database again.
std::string inOneLine(std::string_view message) {
  std::string out;
  while (!message.empty()) {
    const std::size_t end = std::min(message.find('\n'), message.size());
    const std::string_view line = message.substr(0, end);
    if (!line.starts_with("***")) out.append(out.empty() ? "" : "; ").append(line);
    message.remove_prefix(std::min(end + 1, message.size()));
  }
  return out;
}

// Runs a check that answers "ok", or a row for each thing that is wrong.
Reading checkPages(Connection& connection, const std::string& sql) {
  std::size_t wrong = 0;
  std::string shown;
  const auto add = [&](std::string_view text) {
    if (wrong++ < kShown) shown.append(shown.empty() ? "" : "; ").append(inOneLine(text));
  };
  try {
    const auto statement = connection.prepare(sql, false);
    while (const Cell* const cells = statement->step()) {
      if (cells[0].storage == Storage::Text && cells[0].view() != "ok") add(cells[0].view());
    }
    statement->reset();
  } catch (const Error& error) {
    constexpr std::string_view kCorrupt = "XX001";
    if (error.sqlState() != kCorrupt) throw;
    add(error.what());
  }
  if (wrong == 0) return Reading::of(0, "nothing is wrong");
  Reading reading = Reading::of(static_cast<double>(wrong));
  reading.finding = shown;
  if (wrong > kShown) reading.finding += "; and " + std::to_string(wrong - kShown) + " more";
  return reading;
}

ProbePtr pageCheck(std::string name, std::string measurement, std::string sql) {
  ProbeInfo info{.name = std::move(name),
                 .component = "integrity",
                 .measurement = std::move(measurement),
                 .cost = ProbeCost::Deep,
                 .criticality = Criticality::Critical,
                 .limits = {.fail = 1},
                 .advice = kRestore};
  return makeProbe(std::move(info), [sql = std::move(sql)](Connection& connection) {
    return checkPages(connection, sql);
  });
}

std::vector<std::string> tablesWithForeignKeys(Connection& connection) {
  const auto statement = connection.prepare(
      "SELECT DISTINCT m.name FROM main.sqlite_schema AS m, pragma_foreign_key_list(m.name, "
      "'main') "
      "WHERE m.type = 'table' ORDER BY m.name",
      false);
  std::vector<std::string> tables;
  while (const Cell* const cells = statement->step()) tables.emplace_back(cells[0].view());
  statement->reset();
  return tables;
}

std::string checkSql(const std::string& table) {
  return "PRAGMA main.foreign_key_check(" + SqliteDialect::instance().compiler().quote(table) + ")";
}

struct Violations {
  std::size_t rows = 0;
  std::set<std::string> parents;
};

Violations violationsOf(Connection& connection, const std::string& table) {
  const auto statement = connection.prepare(checkSql(table), false);
  Violations found;
  constexpr std::size_t kParent = 2;
  while (const Cell* const cells = statement->step()) {
    ++found.rows;
    if (cells[kParent].storage == Storage::Text) found.parents.emplace(cells[kParent].view());
  }
  statement->reset();
  return found;
}

Reading checkForeignKeys(Connection& connection, const ProbeProgress& progress) {
  const std::vector<std::string> tables = tablesWithForeignKeys(connection);
  std::size_t total = 0;
  std::size_t done = 0;
  Reading reading;
  for (const std::string& table : tables) {
    try {
      const Violations found = violationsOf(connection, table);
      total += found.rows;
      for (const std::string& parent : found.parents) {
        reading.finding += (reading.finding.empty() ? "" : "; ") + table +
                           " has rows without their row in " + parent;
      }
      if (found.rows != 0 && reading.remedy.empty()) {
        reading.remedy = checkSql(table);
      }
    } catch (const QueryError& error) {
      // The parent's columns are no key, or it is a view.
      reading.finding += (reading.finding.empty() ? "" : "; ") + table + ": " + error.what();
      reading.status = HealthStatus::Warn;
    }
    if (progress) progress(static_cast<double>(++done) / static_cast<double>(tables.size()));
  }
  reading.value = static_cast<double>(total);
  if (total != 0) {
    reading.status.reset();
    reading.finding.insert(0, std::to_string(total) + (total == 1 ? " row: " : " rows: "));
  }
  return reading;
}

ProbePtr foreignKeys() {
  ProbeInfo info{.name = "foreign-keys",
                 .component = "integrity",
                 .measurement = "foreignKeys",
                 .cost = ProbeCost::Deep,
                 .limits = {.fail = 1},
                 .advice =
                     "add the rows that are missing or remove those that name them, and see "
                     "that every writer has foreign keys on"};
  return makeProbe(std::move(info), &checkForeignKeys);
}

ProbePtr pageUse() {
  ProbeInfo info{.name = "page-use",
                 .component = "sqlite",
                 .measurement = "unusedInPages",
                 .unit = "%",
                 .cost = ProbeCost::Deep,
                 .limits = {.warn = 50},
                 .advice =
                     "write the database anew, with its pages full and in order: it needs as "
                     "much free disk as the database, and keeps others from writing",
                 .remedy = "VACUUM"};
  return makeProbe(std::move(info), [](Connection& connection) {
    constexpr double kWorthwhile = 16.0 * 1024 * 1024;
    std::unique_ptr<Statement> statement;
    try {
      statement =
          connection.prepare("SELECT total(unused), total(pgsize) FROM dbstat('main', 1)", false);
    } catch (const QueryError&) {
      return Reading::judged(HealthStatus::Unknown, "this SQLite was built without dbstat");
    }
    const Cell* const cells = statement->step();
    const double unused = cells == nullptr ? 0 : cells[0].real;
    const double all = cells == nullptr ? 0 : cells[1].real;
    statement->reset();
    Reading reading = Reading::of(all == 0 ? 0 : 100.0 * unused / all);
    if (unused < kWorthwhile) reading.status = HealthStatus::Pass;
    return reading;
  });
}

}  // namespace

std::vector<ProbePtr> sqliteDeepProbes() {
  return {pageCheck("quick-check", "quickCheck", "PRAGMA main.quick_check"),
          pageCheck("integrity-check", "integrityCheck", "PRAGMA main.integrity_check"),
          foreignKeys(), pageUse()};
}

}  // namespace sonde
