#include "floor.hpp"

#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace sonde::bench {
namespace {

void check(sqlite3* db, int code) {
  if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db));
}

void bindText(sqlite3_stmt* statement, int at, const std::string& text) {
  sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

void assignText(sqlite3_stmt* statement, int column, std::string& to) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  to.assign(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

std::uint64_t readUser(sqlite3_stmt* row, User& out) {
  out.id = sqlite3_column_int64(row, 0);
  assignText(row, 1, out.name);
  assignText(row, 2, out.email);
  out.age = sqlite3_column_int64(row, 3);
  out.score = sqlite3_column_double(row, 4);
  out.active = sqlite3_column_int(row, 5) != 0;
  assignText(row, 6, out.bio);
  assignText(row, 7, out.createdAt);
  return static_cast<std::uint64_t>(out.id) + out.name.size() + out.bio.size();
}

void finish(sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

void bindUser(sqlite3_stmt* insert, const User& user) {
  bindText(insert, 1, user.name);
  bindText(insert, 2, user.email);
  sqlite3_bind_int64(insert, 3, user.age);
  sqlite3_bind_double(insert, 4, user.score);
  sqlite3_bind_int(insert, 5, user.active ? 1 : 0);
  bindText(insert, 6, user.bio);
  bindText(insert, 7, user.createdAt);
}

void appendInteger(std::string& out, std::int64_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void appendReal(std::string& out, double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  const std::string_view text(digits, static_cast<std::size_t>(end - digits));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

// Byte by byte, with a run copied at once: the writer one would write by hand. It checks escapes,
// and trusts the text to be UTF-8.
void appendText(std::string& out, std::string_view text) {
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, from, i - from);
    from = i + 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else {
      static constexpr char kHex[] = "0123456789abcdef";
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
    }
  }
  out.append(text, from, text.size() - from);
  out += '"';
}

std::string_view columnText(sqlite3_stmt* row, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(row, column))};
}

}  // namespace

RawConnection::RawConnection(const std::string& path, bool writable) {
  const int mode = writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  const int code = sqlite3_open_v2(path.c_str(), &db_, mode | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) throw std::runtime_error("cannot open " + path);
  run("PRAGMA synchronous = NORMAL");
  run("PRAGMA cache_size = -131072");
  run("PRAGMA foreign_keys = ON");
}

RawConnection::~RawConnection() {
  while (sqlite3_stmt* statement = sqlite3_next_stmt(db_, nullptr)) sqlite3_finalize(statement);
  sqlite3_close(db_);
}

void RawConnection::run(const char* sql) const {
  check(db_, sqlite3_exec(db_, sql, nullptr, nullptr, nullptr));
}

sqlite3_stmt* RawConnection::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  check(db_, sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  return statement;
}

User makeUser(std::int64_t id) {
  User user;
  const std::string number = std::to_string(id);
  user.id = id;
  user.name = "User number " + number;
  user.email = "user" + number + "@example.org";
  user.age = 18 + id * 7919 % 80;
  user.score = static_cast<double>(id * 31 % 10'000) / 8.0;
  user.active = id % 3 != 0;
  user.bio =
      "Lives in house " + number + ", likes \"quiet\" evenings, and writes a line or two a day.";
  user.createdAt = "2024-0" + std::to_string(1 + id % 9) + "-1" + std::to_string(id % 10) +
                   " 08:30:0" + std::to_string(id % 10);
  return user;
}

void makeUsersFile(const std::string& path, std::int64_t users) {
  RawConnection db(path, true);
  db.run("PRAGMA journal_mode = WAL");
  db.run(
      "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE,"
      " age INTEGER, score REAL, active BOOLEAN, bio TEXT, created_at TIMESTAMP)");
  db.run("CREATE INDEX users_by_age ON users (age)");
  db.run("BEGIN");
  sqlite3_stmt* insert = db.prepare(
      "INSERT INTO users (name, email, age, score, active, bio, created_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)");
  for (std::int64_t id = 1; id <= users; ++id) rawInsert(insert, makeUser(id));
  db.run("COMMIT");
  db.run("ANALYZE");
  db.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

std::uint64_t rawFind(sqlite3_stmt* byId, std::int64_t id, User& out) {
  sqlite3_bind_int64(byId, 1, id);
  const std::uint64_t sum = sqlite3_step(byId) == SQLITE_ROW ? readUser(byId, out) : 0;
  finish(byId);
  return sum;
}

std::uint64_t rawFindByEmail(sqlite3_stmt* byEmail, const std::string& email, User& out) {
  bindText(byEmail, 1, email);
  const std::uint64_t sum = sqlite3_step(byEmail) == SQLITE_ROW ? readUser(byEmail, out) : 0;
  finish(byEmail);
  return sum;
}

std::uint64_t rawScan(sqlite3_stmt* all) {
  std::uint64_t sum = 0;
  const int columns = sqlite3_column_count(all);
  while (sqlite3_step(all) == SQLITE_ROW) {
    for (int i = 0; i < columns; ++i) {
      switch (sqlite3_column_type(all, i)) {
        case SQLITE_INTEGER:
          sum += static_cast<std::uint64_t>(sqlite3_column_int64(all, i));
          break;
        case SQLITE_FLOAT:
          sum += static_cast<std::uint64_t>(sqlite3_column_double(all, i));
          break;
        case SQLITE_TEXT: {
          const std::string_view text = columnText(all, i);
          sum += text.size() + static_cast<unsigned char>(text.empty() ? 0 : text.front());
          break;
        }
        default:
          break;
      }
    }
  }
  finish(all);
  return sum;
}

std::uint64_t rawScanToJson(sqlite3_stmt* all, std::string& out) {
  std::uint64_t bytes = 0;
  out.clear();
  out += '[';
  bool first = true;
  while (sqlite3_step(all) == SQLITE_ROW) {
    if (!first) out += ',';
    first = false;
    out += "{\"id\":";
    appendInteger(out, sqlite3_column_int64(all, 0));
    out += ",\"name\":";
    appendText(out, columnText(all, 1));
    out += ",\"email\":";
    appendText(out, columnText(all, 2));
    out += ",\"age\":";
    appendInteger(out, sqlite3_column_int64(all, 3));
    out += ",\"score\":";
    appendReal(out, sqlite3_column_double(all, 4));
    out += ",\"active\":";
    out += sqlite3_column_int(all, 5) != 0 ? "true" : "false";
    out += ",\"bio\":";
    appendText(out, columnText(all, 6));
    out += ",\"created_at\":";
    const std::size_t from = out.size();
    appendText(out, columnText(all, 7));
    out[from + 11] = 'T';  // "2024-01-02 03:04:05" in ISO 8601
    out += '}';
    if (out.size() > std::size_t{64} * 1024) {
      bytes += out.size();
      out.clear();
    }
  }
  out += ']';
  finish(all);
  return bytes + out.size();
}

void rawInsert(sqlite3_stmt* insert, const User& user) {
  bindUser(insert, user);
  if (sqlite3_step(insert) != SQLITE_DONE) {
    throw std::runtime_error(sqlite3_errmsg(sqlite3_db_handle(insert)));
  }
  finish(insert);
}

std::uint64_t rawInsertReturning(sqlite3_stmt* insert, const User& user, User& out) {
  bindUser(insert, user);
  const std::uint64_t sum = sqlite3_step(insert) == SQLITE_ROW ? readUser(insert, out) : 0;
  if (sqlite3_step(insert) != SQLITE_DONE) {
    throw std::runtime_error(sqlite3_errmsg(sqlite3_db_handle(insert)));
  }
  finish(insert);
  return sum;
}

void rawUpdate(sqlite3_stmt* update, std::int64_t id, std::int64_t age) {
  sqlite3_bind_int64(update, 1, age);
  sqlite3_bind_int64(update, 2, id);
  if (sqlite3_step(update) != SQLITE_DONE) {
    throw std::runtime_error(sqlite3_errmsg(sqlite3_db_handle(update)));
  }
  finish(update);
}

}  // namespace sonde::bench
