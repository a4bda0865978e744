#include "sqlite_mount.hpp"

#include <mntent.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace sonde {
namespace {

struct CloseMounts {
  void operator()(std::FILE* file) const noexcept { endmntent(file); }
};

bool holds(std::string_view folder, std::string_view path) noexcept {
  if (!path.starts_with(folder)) return false;
  return folder.ends_with('/') || path.size() == folder.size() || path[folder.size()] == '/';
}

}  // namespace

std::string mountTypeOf(const std::string& path) {
  std::error_code error;
  const std::string whole = std::filesystem::weakly_canonical(path, error).string();
  if (error) return {};
  const std::unique_ptr<std::FILE, CloseMounts> mounts(setmntent("/proc/self/mounts", "r"));
  if (mounts == nullptr) return {};
  std::string type;
  std::size_t longest = 0;
  std::array<char, 8192> buffer{};
  mntent entry{};
  while (getmntent_r(mounts.get(), &entry, buffer.data(), buffer.size()) != nullptr) {
    const std::string_view folder = entry.mnt_dir;
    // A later mount on the same folder hides the one before.
    if (folder.size() < longest || !holds(folder, whole)) continue;
    longest = folder.size();
    type = entry.mnt_type;
  }
  return type;
}

bool isNetworkMount(std::string_view type) noexcept {
  static constexpr std::array<std::string_view, 15> kTypes{
      "nfs",        "cifs",         "smb",       "9p",        "afs",
      "ceph",       "coda",         "ncpfs",     "lustre",    "virtiofs",
      "fuse.sshfs", "fuse.gluster", "fuse.ceph", "fuse.s3fs", "vboxsf"};
  for (const std::string_view known : kTypes) {
    if (type.starts_with(known)) return true;
  }
  return false;
}

}  // namespace sonde
