// A hash map that is read without locks: plans by shape, finders by name.
//
// Invariant: entries are added under the owner's mutex and never removed or moved, so a reader
// needs one atomic load and a found entry lives as long as the map. The number of entries is
// bounded; what does not fit is for the caller to make anew. Used by TablePlans.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <utility>

namespace sonde::repo {

/// See the file comment. `T` is what is kept; the caller's predicate tells whether it is the one.
template <class T>
class ReadMostlyMap {
 public:
  static constexpr std::size_t kBuckets = 256;
  static constexpr std::size_t kMaxEntries = 4096;

  ReadMostlyMap() = default;
  ReadMostlyMap(const ReadMostlyMap&) = delete;
  ReadMostlyMap& operator=(const ReadMostlyMap&) = delete;
  ~ReadMostlyMap() {
    for (auto& bucket : buckets_) {
      const Node* node = bucket.load(std::memory_order_relaxed);
      while (node != nullptr) delete std::exchange(node, node->next);
    }
  }

  /// @return The entry of this hash for which `matches` holds; nullptr when there is none.
  /// Thread-safe.
  template <class Matches>
  [[nodiscard]] const T* find(std::size_t hash, Matches matches) const {
    const Node* node = buckets_[hash % kBuckets].load(std::memory_order_acquire);
    for (; node != nullptr; node = node->next) {
      if (node->hash == hash && matches(node->value)) return &node->value;
    }
    return nullptr;
  }

  /// Adds an entry; the caller holds the owner's mutex and has seen that there is none.
  /// @return The entry; nullptr, and `value` untouched, when the map is full.
  const T* add(std::size_t hash, T&& value) {
    if (size_ == kMaxEntries) return nullptr;
    auto& bucket = buckets_[hash % kBuckets];
    const Node* node = new Node{hash, std::move(value), bucket.load(std::memory_order_relaxed)};
    bucket.store(node, std::memory_order_release);
    ++size_;
    return &node->value;
  }

 private:
  struct Node {
    std::size_t hash;
    T value;
    const Node* next;
  };

  std::array<std::atomic<const Node*>, kBuckets> buckets_{};
  std::size_t size_ = 0;
};

}  // namespace sonde::repo
