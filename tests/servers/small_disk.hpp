// A disk of a few megabytes for a server to fill up: a tmpfs in a mount namespace of the thread
// that makes it.
//
// Invariant: no other process sees the mount, except those started afterwards by the same thread,
// and the kernel takes it away with the last of them: nothing is left mounted when the test is
// killed. Make it before the server that is to use it. It takes the right to mount, which root has.
#pragma once

#include <cstddef>
#include <string>

#include "servers.hpp"

namespace sonde::test {

class SmallDisk {
 public:
  /// @return Why no disk can be made here; empty when it can.
  [[nodiscard]] static std::string whyNot();

  /// Makes it, owned by the account that private servers of this kind run as.
  /// @throws std::runtime_error when it cannot be mounted.
  SmallDisk(ServerKind kind, std::size_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Changes its size, which is how space comes free on a disk that is full.
  void resize(std::size_t bytes) const;

 private:
  void mountWith(unsigned long flags, std::size_t bytes) const;

  std::string path_;
};

}  // namespace sonde::test
