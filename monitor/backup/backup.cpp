#include "backup.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../dialects/backup.hpp"
#include "backup_file.hpp"

namespace sonde {
namespace {

using std::chrono::steady_clock;

constexpr std::array<std::string_view, 4> kStageNames = {"copying", "rewriting", "checking",
                                                         "comparing"};

// The connection that is copied from: one of its own, or the only one there is.
class Source {
 public:
  Source(Runtime& runtime, const BackupMaker& maker, const Context& context) {
    lease_.emplace(runtime.pool().lease(LeaseKind::Read, context, "backing up"));
    files_ = maker.files(lease_->session().connection());
    if (!files_.empty()) {
      lease_.reset();
      apart_ = runtime.pool().openApart(context);
    } else {
      lease_->markTransaction(true, false);
    }
    session().obey(&context);
  }
  ~Source() {
    try {
      if (connection().inTransaction()) connection().rollback();
      session().obey(nullptr);
    } catch (const std::exception&) {
      return;  // then the connection is broken, and is thrown away
    }
    if (lease_) lease_->markTransaction(false);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  [[nodiscard]] const std::vector<std::string>& files() const noexcept { return files_; }
  [[nodiscard]] Connection& connection() const noexcept { return session().connection(); }

 private:
  [[nodiscard]] Session& session() const noexcept { return apart_ ? *apart_ : lease_->session(); }

  std::optional<Lease> lease_;
  std::unique_ptr<Session> apart_;
  std::vector<std::string> files_;
};

std::uint64_t sizeOf(const std::vector<std::string>& files) {
  std::uint64_t sum = 0;
  for (const std::string& file : files) {
    std::error_code none;
    const std::uintmax_t size = std::filesystem::file_size(file, none);
    if (!none) sum += size;
  }
  return sum;
}

void tell(const BackupOptions& options, BackupStage stage, std::uint64_t done = 0,
          std::uint64_t total = 0) {
  if (options.progress) options.progress({stage, done, total});
}

[[noreturn]] void copyDiffers(const std::string& what) {
  ErrorDetails details;
  details.hint = "check the source: sonde query URI \"PRAGMA integrity_check\"";
  throw BackupError("the copy is not what the source is: " + what, std::move(details));
}

[[noreturn]] void copyIsDamaged(const std::string& how) {
  ErrorDetails details;
  details.hint = "the source is damaged: keep older backups, and try .recover of the sqlite3 shell";
  throw BackupError("the copy did not pass its check: " + how, std::move(details));
}

void checkCopy(const BackupMaker& maker, Connection& copy, bool full) {
  const std::vector<std::string> problems = maker.check(copy, full);
  if (problems.empty()) return;
  std::string how = problems.front();
  if (problems.size() > 1)
    how += " (and " + std::to_string(problems.size() - 1) + " more findings)";
  copyIsDamaged(how);
}

std::uint64_t countRows(Connection& connection, const std::string& sql) {
  const auto statement = connection.prepare(sql, false);
  const Cell* const cells = statement->step();
  return cells == nullptr ? 0 : static_cast<std::uint64_t>(cells[0].integer);
}

void compareRows(Connection& source, Connection& copy, const BackupMaker& maker,
                 const SqlCompiler& compiler, const Schema& schema, const BackupOptions& options,
                 BackupReport& report) {
  std::vector<const Table*> tables;
  for (const Table& table : schema.tables()) {
    if (maker.ownsRows(table)) tables.push_back(&table);
  }
  for (const Table* const table : tables) {
    tell(options, BackupStage::Comparing, report.tables.size(), tables.size());
    const std::string sql =
        "SELECT count(*) FROM " + compiler.quote(table->schema) + "." + compiler.quote(table->name);
    const std::uint64_t expected = countRows(source, sql);
    const std::uint64_t found = countRows(copy, sql);
    if (found != expected) {
      copyDiffers("table " + quoteForMessage(table->name) + " has " + std::to_string(found) +
                  " rows instead of " + std::to_string(expected));
    }
    report.tables.push_back({table->name, found});
  }
}

void verify(const BackupMaker& maker, Source& source, const std::string& path,
            const Dialect& dialect, const BackupOptions& options, const Context& context,
            BackupReport& report) {
  std::unique_ptr<Connection> copy;
  try {
    copy = maker.open(path);
  } catch (const ConnectionError& error) {
    copyIsDamaged(error.what());
  }
  copy->arm(context);
  tell(options, BackupStage::Checking);
  checkCopy(maker, *copy, options.fullCheck);
  tell(options, BackupStage::Comparing);
  const auto expected = Schema::build(maker.catalog(source.connection()));
  report.fingerprint = expected->fingerprint();
  if (Schema::build(maker.catalog(*copy))->fingerprint() != report.fingerprint) {
    copyDiffers("the schema differs");
  }
  if (options.countRows) {
    compareRows(source.connection(), *copy, maker, dialect.compiler(), *expected, options, report);
  }
}

void rewrite(const BackupMaker& maker, const std::string& copy, const std::string& path,
             const Context& context) {
  try {
    maker.rewrite(copy, path, context);
  } catch (const QueryError& error) {
    copyIsDamaged(error.what());
  } catch (const ConnectionError& error) {
    copyIsDamaged(error.what());
  }
}

CopyRequest requestOf(const std::string& path, const BackupOptions& options, const Context& context,
                      BackupReport& report) {
  CopyRequest request;
  request.path = path;
  request.pagesPerStep = options.pagesPerStep;
  request.pause = options.pause;
  request.context = context;
  request.progress = [&options, &report](std::uint64_t done, std::uint64_t total) {
    report.pages = total;
    tell(options, BackupStage::Copying, done, total);
  };
  return request;
}

}  // namespace

std::string_view backupStageName(BackupStage stage) noexcept {
  return kStageNames.at(static_cast<std::size_t>(stage));
}

BackupReport backupDatabase(Runtime& runtime, const std::string& path, const BackupOptions& options,
                            const Context& context) {
  const auto began = steady_clock::now();
  context.check();
  const std::unique_ptr<BackupMaker> maker = runtime.driver().backup();
  Source source(runtime, *maker, context);
  BackupReport report;
  report.path = detail::checkBackupTarget(path, options.overwrite, source.files());
  report.vacuumed = options.vacuum;
  report.fullCheck = options.fullCheck;
  detail::requireSpace(report.path, sizeOf(source.files()) * (options.vacuum ? 2 : 1));

  detail::BackupFile file(report.path);
  std::optional<detail::BackupFile> exact;
  if (options.vacuum) exact.emplace(report.path, ".partial-copy");
  const std::string& copied = exact ? exact->path() : file.path();
  maker->copy(source.connection(), requestOf(copied, options, context, report));
  if (exact) {
    tell(options, BackupStage::Rewriting);
    rewrite(*maker, copied, file.path(), context);
    exact.reset();
  }
  verify(*maker, source, file.path(), runtime.dialect(), options, context, report);
  context.check();
  report.bytes = file.bytes();
  file.publish(options.overwrite);
  report.finished = std::chrono::system_clock::now();
  report.duration =
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
  runtime.logger().log(LogLevel::Info, "made a backup", {{"path", report.path}});
  return report;
}

}  // namespace sonde
