#include "small_disk.hpp"

#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace sonde::test {
namespace {

std::string failure(const char* what) {
  return std::string("cannot ") + what + ": " + std::strerror(errno);
}

// Mounts that this thread makes from here on are its own.
std::string leaveMountsToOthers() {
  if (unshare(CLONE_NEWNS) != 0) return failure("leave the mount namespace");
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return failure("keep mounts apart");
  }
  return {};
}

}  // namespace

std::string SmallDisk::whyNot() {
  std::string why;
  // On a thread of its own, so that asking changes nothing.
  std::thread([&why] {
    why = leaveMountsToOthers();
    if (why.empty() && mount("tmpfs", "/tmp", "tmpfs", 0, "size=64k") != 0) {
      why = failure("mount a small disk");
    }
  }).join();
  return why;
}

SmallDisk::SmallDisk(ServerKind kind, std::size_t bytes) {
  // Within the folder of the test run's servers, which goes away even if this program is killed.
  path_ = serverState("folder") + "/private/XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error(failure("make a folder"));
  if (const std::string why = leaveMountsToOthers(); !why.empty()) throw std::runtime_error(why);
  mountWith(0, bytes);
  const std::string account =
      serverState(kind == ServerKind::Postgres ? "postgres_run_as" : "mysql_run_as");
  const passwd* const entry = getpwnam(account.c_str());
  if (entry == nullptr || chown(path_.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
    throw std::runtime_error("cannot give the disk to " + account);
  }
}

SmallDisk::~SmallDisk() {
  umount2(path_.c_str(), MNT_DETACH);
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

void SmallDisk::resize(std::size_t bytes) const { mountWith(MS_REMOUNT, bytes); }

void SmallDisk::mountWith(unsigned long flags, std::size_t bytes) const {
  const std::string options = "mode=0700,size=" + std::to_string(bytes);
  if (mount("tmpfs", path_.c_str(), "tmpfs", flags, options.c_str()) != 0) {
    throw std::runtime_error(failure("mount a small disk"));
  }
}

}  // namespace sonde::test
