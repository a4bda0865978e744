// Lists of callbacks that may be added to and told from any thread.
//
// Invariant: telling works on a snapshot and holds no lock, so a callback may do anything, removing
// itself included; a callback that throws is logged and the others still hear. Used for schema
// changes and for what transactions did.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "../core/log.hpp"

namespace sonde {

/// Keeps a callback registered while it lives. Movable; thread-safe to destroy on any thread. After
/// it ended the callback is not started again; one that runs on another thread may still be
/// running.
class [[nodiscard]] Subscription {
 public:
  Subscription() = default;
  explicit Subscription(std::function<void()> end) : end_(std::move(end)) {}
  Subscription(Subscription&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
  Subscription& operator=(Subscription&& other) noexcept {
    if (this != &other) {
      cancel();
      end_ = std::exchange(other.end_, nullptr);
    }
    return *this;
  }
  ~Subscription() { cancel(); }

  /// Ends the registration now. Doing it twice does nothing.
  void cancel() noexcept {
    if (auto end = std::exchange(end_, nullptr)) end();
  }
  /// Lets the callback stay for as long as the database is open.
  void keep() noexcept { end_ = nullptr; }

 private:
  std::function<void()> end_;
};

/// See the file comment.
template <class... Args>
class Listeners {
 public:
  using Callback = std::function<void(Args...)>;

  /// Adds a callback, to be told after those already there.
  [[nodiscard]] Subscription add(Callback callback) {
    const std::lock_guard lock(state_->mutex);
    const std::uint64_t id = ++state_->lastId;
    state_->replace([&](List& list) {
      list.emplace_back(id, std::make_shared<const Callback>(std::move(callback)));
    });
    return Subscription([weak = std::weak_ptr(state_), id] {
      const auto state = weak.lock();
      if (state == nullptr) return;
      const std::lock_guard inner(state->mutex);
      state->replace(
          [&](List& list) { std::erase_if(list, [&](auto& e) { return e.first == id; }); });
    });
  }

  /// @return Whether nobody listens; costs one load.
  [[nodiscard]] bool empty() const noexcept {
    return state_->count.load(std::memory_order_acquire) == 0;
  }

  /// Calls every callback in order. What one throws is logged as `what`.
  void tell(const Logger& logger, std::string_view what, Args... args) const {
    if (empty()) return;
    std::shared_ptr<const List> list;
    {
      const std::lock_guard lock(state_->mutex);
      list = state_->list;
    }
    for (const auto& [id, callback] : *list) {
      try {
        (*callback)(args...);
      } catch (const std::exception& error) {
        logger.log(LogLevel::Error, "a listener failed",
                   {{"listener", what}, {"error", error.what()}});
      } catch (...) {
        logger.log(LogLevel::Error, "a listener failed", {{"listener", what}});
      }
    }
  }

 private:
  using List = std::vector<std::pair<std::uint64_t, std::shared_ptr<const Callback>>>;

  struct State {
    std::mutex mutex;
    std::uint64_t lastId = 0;
    std::shared_ptr<const List> list = std::make_shared<const List>();
    std::atomic<std::size_t> count{0};

    template <class Edit>
    void replace(Edit edit) {
      auto next = std::make_shared<List>(*list);
      edit(*next);
      count.store(next->size(), std::memory_order_release);
      list = std::move(next);
    }
  };

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace sonde
