// A short list of arguments on the stack.
//
// Invariant: as Arg, it owns nothing and is valid for the call. Up to kInline arguments cost no
// allocation. Used wherever repositories put the arguments of a plan together.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "../core/arg.hpp"

namespace sonde::repo {

class ArgBuffer {
 public:
  static constexpr std::size_t kInline = 16;

  void push(const Arg& arg) {
    if (size_ < kInline) {
      inline_[size_] = arg;
    } else {
      if (size_ == kInline) more_.assign(inline_.begin(), inline_.end());
      more_.push_back(arg);
    }
    ++size_;
  }
  void push(Args args) {
    for (const Arg& arg : args) push(arg);
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Args args() const noexcept {
    return size_ <= kInline ? Args(inline_.data(), size_) : Args(more_);
  }

 private:
  std::array<Arg, kInline> inline_;
  std::vector<Arg> more_;
  std::size_t size_ = 0;
};

}  // namespace sonde::repo
