// The floors: what the same work costs with SQLite's C API alone, written as well as we know how.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>

namespace sonde::bench {

/// Closes what sqlite3_open_v2 opened.
class RawConnection {
 public:
  /// Opens with NOMUTEX, the page cache and durability settings of the benchmark.
  RawConnection(const std::string& path, bool writable);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  [[nodiscard]] sqlite3* get() const noexcept { return db_; }
  void run(const char* sql) const;
  /// A statement that lives as long as the connection.
  [[nodiscard]] sqlite3_stmt* prepare(const char* sql);

 private:
  sqlite3* db_ = nullptr;
};

/// The columns of table `users` in the benchmark, as a program without a library would hold them.
struct User {
  std::int64_t id = 0;
  std::string name;
  std::string email;
  std::int64_t age = 0;
  double score = 0;
  bool active = false;
  std::string bio;
  std::string createdAt;
};

/// The row number `id` of the benchmark's table, the same every time.
[[nodiscard]] User makeUser(std::int64_t id);

/// Makes the file with table `users` of this many rows at `path`, in WAL.
void makeUsersFile(const std::string& path, std::int64_t users);

// One call each; the sum returned keeps the optimiser from dropping the reads.
[[nodiscard]] std::uint64_t rawFind(sqlite3_stmt* byId, std::int64_t id, User& out);
[[nodiscard]] std::uint64_t rawFindByEmail(sqlite3_stmt* byEmail, const std::string& email,
                                           User& out);
/// Steps through every row and reads every column.
[[nodiscard]] std::uint64_t rawScan(sqlite3_stmt* all);
/// Steps through every row and writes it as JSON by hand; gives the bytes written.
[[nodiscard]] std::uint64_t rawScanToJson(sqlite3_stmt* all, std::string& out);
void rawInsert(sqlite3_stmt* insert, const User& user);
/// INSERT … RETURNING every column, read into `out`.
[[nodiscard]] std::uint64_t rawInsertReturning(sqlite3_stmt* insert, const User& user, User& out);
void rawUpdate(sqlite3_stmt* update, std::int64_t id, std::int64_t age);

}  // namespace sonde::bench
