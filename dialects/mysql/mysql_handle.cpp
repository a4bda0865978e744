#include "mysql_handle.hpp"

#include <mysql.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "../../core/error.hpp"
#include "mysql_open.hpp"

namespace sonde {
namespace {

using std::chrono::milliseconds;

// A statement that was told to stop answers within milliseconds, unless it has much to undo or the
// server hangs; then the connection is dropped, which has the server undo it without us.
constexpr milliseconds kGrace{1000};
constexpr milliseconds kKillTimeout{1000};

void appendEscaped(std::string& out, char c) {
  switch (c) {
    case '\0':
      out += "\\0";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\x1A':
      out += "\\Z";
      return;
    case '\'':
    case '\\':
      out += '\\';
      break;
    default:
      break;
  }
  out += c;
}

}  // namespace

MysqlFailure mysqlFailure(st_mysql* db) {
  return {mysql_errno(db), mysql_sqlstate(db), mysql_error(db)};
}

MysqlHandle::MysqlHandle(st_mysql* db, std::shared_ptr<const MysqlOptions> options,
                         std::size_t host)
    : db_(db),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      options_(std::move(options)),
      host_(host),
      product_(mariadb_connection(db) != 0 ? MysqlProduct::MariaDb : MysqlProduct::Mysql),
      version_(mysql_get_server_info(db)),
      versionNumber_(mysql_get_server_version(db)),
      threadId_(mysql_thread_id(db)) {
  if (wake_ >= 0) return;
  const std::string why = std::strerror(errno);
  mysql_close(db_);
  throw ConnectionError("cannot make an event for the connection: " + why);
}

MysqlHandle::~MysqlHandle() {
  onStop_.reset();
  // The farewell must not wait for a server that hangs.
  MysqlWaitUntil briefly(Clock::now() + kGrace);
  const MysqlWaitScope scope(briefly);
  closeDeferred();
  mysql_close(db_);
  ::close(wake_);
}

// --- running ---

void MysqlHandle::started() {
  if (reader_ != nullptr) std::exchange(reader_, nullptr)->keepRest();
  if (!closing_.empty()) closeDeferred();
  stop_ = MysqlStop::None;
  if (killed_) [[unlikely]] {
    // What was to be stopped may have ended by itself; should the word arrive late, this takes it.
    giveUpAt_.reset();
    runQuietly("DO 0");
    killed_ = false;
    stop_ = MysqlStop::None;
  }
  if (woken_.load(std::memory_order_relaxed)) [[unlikely]] {
    drainWake();
  }
  check();
}

void MysqlHandle::run(std::string_view sql) {
  started();
  const MysqlWaitScope scope(*this);
  if (mysql_real_query(db_, sql.data(), sql.size()) != 0) fail(sql);
}

bool MysqlHandle::runQuietly(std::string_view sql) noexcept {
  const MysqlWaitScope scope(*this);
  if (mysql_real_query(db_, sql.data(), sql.size()) != 0) return false;
  if (MYSQL_RES* rows = mysql_store_result(db_)) mysql_free_result(rows);
  return true;
}

void MysqlHandle::execute(std::string_view sql) { static_cast<void>(query(sql)); }

MysqlRows MysqlHandle::query(std::string_view sql) {
  run(sql);
  const MysqlWaitScope scope(*this);
  MysqlRows rows(mysql_store_result(db_));
  if (mysql_errno(db_) != 0) fail(sql);
  // A procedure gives several results, the last one without rows.
  while (mysql_more_results(db_) != 0) {
    if (mysql_next_result(db_) > 0) fail(sql);
    if (MYSQL_RES* more = mysql_store_result(db_)) mysql_free_result(more);
  }
  return rows;
}

std::string MysqlHandle::literal(std::string_view text) {
  std::string quoted;
  quoted.reserve(text.size() + 2);
  quoted += '\'';
  for (const char c : text) appendEscaped(quoted, c);
  quoted += '\'';
  return quoted;
}

void MysqlHandle::close(st_mysql_stmt* statement) noexcept {
  if (reader_ != nullptr) {
    // libmariadb would throw the reader's rows away to send this.
    closing_.push_back(statement);
    return;
  }
  const MysqlWaitScope scope(*this);
  mysql_stmt_close(statement);
}

void MysqlHandle::closeDeferred() noexcept {
  for (st_mysql_stmt* statement : closing_) mysql_stmt_close(statement);
  closing_.clear();
}

bool MysqlHandle::inTransaction() const noexcept {
  return !broken_ && (db_->server_status & SERVER_STATUS_IN_TRANS) != 0;
}

// --- stopping ---

void MysqlHandle::arm(const Context& context) {
  if (!context.interruptible()) return;
  context.check();
  disarm();
  if (context.stopToken().stop_possible()) onStop_.emplace(context.stopToken(), Waker{this});
  armed_ = &context;
}

void MysqlHandle::disarm() noexcept {
  armed_ = nullptr;
  onStop_.reset();
}

void MysqlHandle::interrupt() noexcept { wake(); }

void MysqlHandle::wake() noexcept {
  woken_.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_, &one, sizeof(one)));
}

void MysqlHandle::drainWake() noexcept {
  woken_.store(false, std::memory_order_relaxed);
  std::uint64_t count = 0;
  static_cast<void>(!::read(wake_, &count, sizeof(count)));
}

bool MysqlHandle::ready(int socket, bool reading) noexcept {
  while (true) {
    if (giveUpAt_) return pollMysqlSocket(socket, reading, -1, &*giveUpAt_) > 0;
    std::optional<Clock::time_point> until;
    if (armed_ != nullptr) until = armed_->deadline();
    const int found = pollMysqlSocket(socket, reading, wake_, until ? &*until : nullptr);
    if (found > 0) return true;
    if (found == 0) {
      stop_ = MysqlStop::Deadline;
    } else {
      drainWake();
      const bool asked = armed_ != nullptr && armed_->stopToken().stop_requested();
      stop_ = asked ? MysqlStop::Cancelled : MysqlStop::Interrupted;
    }
    killQuery();
    giveUpAt_ = Clock::now() + kGrace;
  }
}

bool MysqlHandle::killQuery() noexcept {
  killed_ = true;
  return killMysqlQuery(*options_, host_, threadId_, kKillTimeout);
}

// --- failures ---

void MysqlHandle::fail(std::string_view sql, Args args) { fail(mysqlFailure(db_), sql, args); }

void MysqlHandle::fail(const MysqlFailure& failure, std::string_view sql, Args args) {
  const MysqlStop stop = std::exchange(stop_, MysqlStop::None);
  giveUpAt_.reset();
  if (isMysqlConnectionLost(failure.code)) {
    broken_ = true;
  } else if (inTransaction() && mayEndMysqlTransaction(failure.code)) {
    // An error says nothing of the transaction; the next answer does.
    runQuietly("DO 0");
  }
  if (isMysqlConstraint(failure.code)) {
    MysqlConstraint broken = readMysqlConstraint(failure, sql);
    complete(broken);
    throw ConstraintError(broken.kind, broken.message, std::move(broken.details));
  }
  throwMysqlError(failure, {sql, args, stop, options_->busyTimeout});
}

void MysqlHandle::failStopped(std::string_view sql) {
  const MysqlStop stop = std::exchange(stop_, MysqlStop::None);
  throwMysqlError({1317, "70100", "Query execution was interrupted"},
                  {sql, {}, stop, options_->busyTimeout});
}

// A duplicate names its key only; the catalog knows the columns.
void MysqlHandle::complete(MysqlConstraint& broken) noexcept {
  if (broken.kind != ConstraintKind::Unique && broken.kind != ConstraintKind::PrimaryKey) return;
  if (broken.details.table.empty()) return;
  try {
    MysqlRows rows = query(
        "SELECT column_name FROM information_schema.statistics WHERE table_schema = DATABASE() "
        "AND table_name = " +
        literal(broken.details.table) + " AND index_name = " + literal(broken.details.constraint) +
        " ORDER BY seq_in_index");
    while (rows.next()) broken.details.columns.emplace_back(rows.text(0));
  } catch (const std::exception&) {
    broken.details.columns.clear();  // The error itself is what the caller must hear of.
  }
}

}  // namespace sonde
