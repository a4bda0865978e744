// What kind of file system a file lies on.
//
// Invariant: reads what the kernel tells and touches no file. Internal to the driver.
#pragma once

#include <string>
#include <string_view>

namespace sonde {

/// @return The type of the file system that holds the file, such as "ext4", "nfs4" or
/// "fuse.sshfs"; empty where the system does not tell. Thread-safe.
[[nodiscard]] std::string mountTypeOf(const std::string& path);

/// @return Whether a file system of this type may have other machines write to it at the same time,
/// which the shared memory of a write-ahead log does not survive. Thread-safe.
[[nodiscard]] bool isNetworkMount(std::string_view type) noexcept;

}  // namespace sonde
