#include "backup_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>

#include "../../core/suggest.hpp"
#include "../../dialects/backup.hpp"

namespace sonde::detail {
namespace {

namespace fs = std::filesystem;

// What SQLite keeps beside a database. Beside a file that takes its place it would be applied to
// it.
constexpr const char* kCompanions[] = {"-wal", "-shm", "-journal"};

[[noreturn]] void refuse(const std::string& path, const std::string& why, std::string hint = {}) {
  ErrorDetails details;
  details.hint = std::move(hint);
  throw BackupError("no backup can be made at " + quoteForMessage(path) + ": " + why,
                    std::move(details));
}

std::string wordsOf(int systemError) { return std::generic_category().message(systemError); }

bool sameFile(const std::string& a, const std::string& b) noexcept {
  std::error_code none;
  return fs::equivalent(a, b, none) && !none;
}

bool exists(const std::string& path) noexcept {
  struct stat found {};
  return lstat(path.c_str(), &found) == 0;
}

void syncFolder(const std::string& target) {
  const std::string folder = fs::path(target).parent_path().string();
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) refuse(target, wordsOf(errno));
  const int result = fsync(descriptor);
  const int systemError = errno;
  close(descriptor);
  // Some file systems cannot sync a folder, and need not.
  if (result != 0 && systemError != EINVAL) refuse(target, wordsOf(systemError));
}

// Renames without replacing anything, in one step where the file system can.
int renameNew(const char* from, const char* to) noexcept {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (exists(to)) return EEXIST;
  return std::rename(from, to) == 0 ? 0 : errno;
}

}  // namespace

std::string checkBackupTarget(const std::string& path, bool overwrite,
                              const std::vector<std::string>& sources) {
  if (path.empty() || path.find('\0') != std::string::npos) refuse(path, "this is no path");
  std::string target = fs::absolute(path).lexically_normal().string();
  std::error_code none;
  const fs::file_status there = fs::symlink_status(target, none);
  if (target.ends_with('/') || fs::is_directory(there)) {
    refuse(path, "it is a folder", "name a file in it");
  }
  for (const std::string& source : sources) {
    if (target == source || sameFile(target, source)) {
      refuse(path, "it is the database itself", "take another name");
    }
  }
  const std::string folder = fs::path(target).parent_path().string();
  if (!fs::is_directory(folder, none)) {
    refuse(path, "the folder does not exist", "make it first: mkdir -p " + folder);
  }
  if (fs::exists(there)) {
    if (!overwrite) refuse(path, "there is a file already", "take another name, or overwrite it");
    if (!fs::is_regular_file(there)) refuse(path, "what is there is no regular file");
  }
  for (const char* const companion : kCompanions) {
    if (!exists(target + companion)) continue;
    refuse(path, "beside it lies " + quoteForMessage(target + companion),
           "a program may be using the database there; take another name");
  }
  return target;
}

void requireSpace(const std::string& target, std::uint64_t bytes) {
  struct statvfs space {};
  const std::string folder = fs::path(target).parent_path().string();
  // Where nobody knows, the writing will tell.
  if (statvfs(folder.c_str(), &space) != 0 || space.f_blocks == 0) return;
  const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
  if (free >= bytes) return;
  refuse(target,
         "no space is left: " + std::to_string(bytes) + " bytes are needed and " +
             std::to_string(free) + " are free",
         "free space there, or take another folder");
}

BackupFile::BackupFile(const std::string& target, const char* suffix)
    : target_(target), path_(target + suffix) {
  while (true) {
    descriptor_ = open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor_ < 0) {
      const int systemError = errno;
      const bool rights = systemError == EACCES || systemError == EROFS || systemError == EPERM;
      refuse(target, rights ? "the folder may not be written by this user" : wordsOf(systemError));
    }
    if (flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
      close(descriptor_);
      refuse(target, "another backup is being written there", "wait for it to end");
    }
    // It may have been published or removed between opening and locking it.
    struct stat mine {};
    struct stat named {};
    if (fstat(descriptor_, &mine) == 0 && stat(path_.c_str(), &named) == 0 &&
        mine.st_dev == named.st_dev && mine.st_ino == named.st_ino) {
      break;
    }
    close(descriptor_);
  }
  if (ftruncate(descriptor_, 0) == 0) return;
  const int systemError = errno;
  close(descriptor_);
  refuse(target, wordsOf(systemError));
}

BackupFile::~BackupFile() {
  if (!published_) {
    for (const char* const companion : kCompanions) std::remove((path_ + companion).c_str());
    std::remove(path_.c_str());
  }
  close(descriptor_);
}

std::uint64_t BackupFile::bytes() const {
  struct stat found {};
  return fstat(descriptor_, &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

void BackupFile::publish(bool overwrite) {
  if (fsync(descriptor_) != 0) {
    refuse(target_, "the disk did not take it: " + wordsOf(errno));
  }
  const int failure = overwrite ? (std::rename(path_.c_str(), target_.c_str()) == 0 ? 0 : errno)
                                : renameNew(path_.c_str(), target_.c_str());
  if (failure == EEXIST) refuse(target_, "a file of this name was made meanwhile");
  if (failure != 0) refuse(target_, wordsOf(failure));
  published_ = true;
  syncFolder(target_);
}

}  // namespace sonde::detail
