// A pipe to oneself, so that a thread that waits for a socket can be woken by another.
//
// Invariant: holds both ends for its life; never blocks. Used by PostgresHandle.
#pragma once

namespace sonde {

/// See the file comment. wake() is thread-safe and may be called from anywhere.
class PostgresWaker {
 public:
  /// @throws ConnectionError when the process has no file descriptors left.
  PostgresWaker();
  ~PostgresWaker();
  PostgresWaker(const PostgresWaker&) = delete;
  PostgresWaker& operator=(const PostgresWaker&) = delete;

  /// @return The descriptor that becomes readable.
  [[nodiscard]] int descriptor() const noexcept { return ends_[0]; }
  void wake() const noexcept;
  /// Forgets every wake() so far.
  void clear() const noexcept;

 private:
  int ends_[2];
};

}  // namespace sonde
