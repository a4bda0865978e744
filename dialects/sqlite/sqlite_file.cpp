#include "sqlite_file.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"

namespace sonde {
namespace {

constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kLookAt = 1024;

[[noreturn]] void refuse(const std::string& path, const std::string& what, std::string hint,
                         int code = SQLITE_CANTOPEN) {
  ErrorDetails details;
  details.sqlState = "08001";
  details.nativeCode = code;
  details.hint = std::move(hint);
  std::string message = "the database file " + quoteForMessage(path) + " " + what;
  if (!details.hint.empty()) message += "; " + details.hint;
  throw ConnectionError(message, std::move(details));
}

/// Judged for the effective user, as open() is.
bool mayAccess(const std::string& path, int how) noexcept {
  return faccessat(AT_FDCWD, path.c_str(), how, AT_EACCESS) == 0;
}

bool exists(const std::string& path) noexcept {
  struct stat found {};
  return stat(path.c_str(), &found) == 0;
}

std::string folderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

[[noreturn]] void refuseMissing(const std::string& path, SqliteFileUse use) {
  const std::string folder = folderOf(path);
  if (!exists(folder)) {
    refuse(path, "does not exist, nor does its folder", "see whether the path is right");
  }
  if (use == SqliteFileUse::Create) {
    refuse(path, "cannot be created: its folder may not be written", "choose another folder");
  }
  refuse(path, "does not exist",
         "see whether the path is right, or open it with mode=rwc to create it");
}

void checkWritable(const std::string& path) {
  if (!mayAccess(path, W_OK)) {
    if (errno == EROFS) {
      refuse(path, "lies on a read-only file system", "open it with mode=ro", SQLITE_READONLY);
    }
    refuseSqliteWrites(path);
  }
  // SQLite writes a journal beside the file; one that is there already can do.
  if (!mayAccess(folderOf(path), W_OK | X_OK) && !exists(path + "-journal") &&
      !exists(path + "-wal")) {
    refuse(path, "lies in a folder that may not be written, where SQLite needs to keep its journal",
           "open it with mode=ro", SQLITE_READONLY_DIRECTORY);
  }
}

/// The first bytes of a file; fewer where it is shorter.
std::string firstBytes(const std::string& path) {
  std::string bytes(kLookAt, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

std::uint64_t fileSize(const std::string& path) noexcept {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

std::uint32_t bigEndian(std::string_view bytes, std::size_t at, std::size_t size) noexcept {
  std::uint32_t number = 0;
  for (const char c : bytes.substr(at, size)) number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

/// Whether the bytes are spread as evenly as encrypted or compressed ones: of 1,024 random bytes
/// about 251 of the 256 values occur, of text or tables far fewer.
bool looksRandom(std::string_view bytes) noexcept {
  static constexpr std::size_t kFewestValues = 220;
  std::bitset<256> seen;
  for (const char c : bytes) seen.set(static_cast<unsigned char>(c));
  return bytes.size() == kLookAt && seen.count() >= kFewestValues;
}

[[noreturn]] void refuseNoDatabase(const std::string& path, int code) {
  struct Kind {
    std::string_view start;
    std::string_view what;
  };
  static constexpr std::array<Kind, 6> kKinds{{
      {"\x1F\x8B", "is a gzip archive, not a SQLite database"},
      {"PK\x03\x04", "is a zip archive, not a SQLite database"},
      {"\xFD\x37zXZ", "is an xz archive, not a SQLite database"},
      {"\x28\xB5\x2F\xFD", "is a zstd archive, not a SQLite database"},
      {"%PDF", "is a PDF document, not a SQLite database"},
      {"** This file contains an SQLite 2",
       "is a database of SQLite 2, which SQLite 3 cannot read"},
  }};
  const std::string bytes = firstBytes(path);
  for (const Kind& kind : kKinds) {
    if (std::string_view(bytes).starts_with(kind.start))
      refuse(path, std::string(kind.what), {}, code);
  }
  if (std::string_view(bytes).starts_with(kMagic)) {
    refuse(path, "begins like a SQLite database, but its header is damaged",
           "restore it from a backup", code);
  }
  if (fileSize(path) % 512 == 0 && looksRandom(bytes)) {
    refuse(path, "is not a SQLite database, or it is encrypted",
           "a database made with SQLCipher or another encryption needs that library", code);
  }
  refuse(path, "is not a SQLite database", "see whether the path is right", code);
}

/// The size that the header speaks of, in bytes, where that is more than the file has.
std::optional<std::uint64_t> truncatedFrom(const std::string& path, std::string_view header) {
  if (header.size() < 100 || !header.starts_with(kMagic)) return std::nullopt;
  std::uint64_t pageSize = bigEndian(header, 16, 2);
  if (pageSize == 1) pageSize = 65536;
  const std::uint64_t expected = pageSize * bigEndian(header, 28, 4);
  return expected > fileSize(path) ? std::optional(expected) : std::nullopt;
}

[[noreturn]] void refuseDamaged(const std::string& path, const SqliteOpenFailure& failure) {
  static constexpr const char* kHint =
      "restore it from a backup, or try .recover of the sqlite3 shell";
  if (const auto expected = truncatedFrom(path, firstBytes(path))) {
    refuse(path,
           "is cut short: " + std::to_string(fileSize(path)) + " of " + std::to_string(*expected) +
               " bytes are there",
           kHint, failure.code);
  }
  refuse(path, "is damaged (" + failure.message + ")", kHint, failure.code);
}

/// Whether the header says write-ahead log: both version bytes are 2.
bool isWalFile(const std::string& path) {
  const std::string bytes = firstBytes(path);
  return bytes.size() > 19 && bytes[18] == 2 && bytes[19] == 2;
}

}  // namespace

void checkSqliteFile(const std::string& path, SqliteFileUse use) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) {
    const int error = errno;
    if (error == ENOENT) {
      if (use == SqliteFileUse::Create && mayAccess(folderOf(path), W_OK | X_OK)) return;
      refuseMissing(path, use);
    }
    if (error == EACCES) {
      refuse(path, "cannot be reached: a folder on the way may not be entered by this user", {},
             SQLITE_PERM);
    }
    refuse(path, "cannot be reached: " + std::generic_category().message(error), {});
  }
  if (S_ISDIR(found.st_mode)) refuse(path, "is a folder", "name a file in it");
  if (!S_ISREG(found.st_mode)) refuse(path, "is no regular file", {});
  if (!mayAccess(path, R_OK)) {
    refuse(path, "may not be read by this user", "see the rights of the file", SQLITE_PERM);
  }
  if (use != SqliteFileUse::Read) checkWritable(path);
  // SQLite takes a file of one byte for an empty one, and would write over the byte.
  if (found.st_size == 1) refuseNoDatabase(path, SQLITE_NOTADB);
}

void throwSqliteOpenFailure(const std::string& path, const SqliteOpenFailure& failure) {
  switch (failure.code & 0xFF) {
    case SQLITE_NOTADB:
      refuseNoDatabase(path, failure.code);
    case SQLITE_CORRUPT:
      refuseDamaged(path, failure);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      if (isWalFile(path)) {
        refuse(
            path,
            "is in WAL mode, and SQLite cannot make the -shm file beside it that reading needs",
            "let this user write the folder, or open it with immutable=1 if nothing writes to it",
            failure.code);
      }
      if ((failure.code & 0xFF) == SQLITE_CANTOPEN) break;
      refuse(path, "holds an unfinished transaction that only a connection that may write can undo",
             "open it once with mode=rw", failure.code);
    default:
      break;
  }
  refuse(path, "cannot be opened (" + failure.message + ")", {}, failure.code);
}

void refuseSqliteWrites(const std::string& path) {
  refuse(path, "may not be written by this user", "open it with mode=ro", SQLITE_READONLY);
}

bool sqliteWalExists(const std::string& path) { return exists(path + "-wal"); }

bool sqliteWalIsEmpty(const std::string& path) {
  return exists(path + "-wal") && fileSize(path + "-wal") == 0;
}

}  // namespace sonde
