// The prepared statements of one connection, found by plan id.
//
// Invariant: a statement that is not in use is reset and holds no bindings, so it holds no locks.
// One that is in use is never given out again: a second use of the same plan (a query inside a
// streaming callback) gets a statement of its own that ends with the use. Used by one thread at a
// time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

#include "../dialects/connection.hpp"
#include "../query/plan.hpp"

namespace sonde {

/// See the file comment. Least recently used statements go first.
class StatementCache {
  struct Entry;

 public:
  /// `capacity` is the number of statements kept; 0 keeps none. The connection must outlive the
  /// cache.
  StatementCache(Connection& connection, std::size_t capacity);
  ~StatementCache();
  StatementCache(const StatementCache&) = delete;
  StatementCache& operator=(const StatementCache&) = delete;

  /// A statement for the time of one run; resets it at its end. Must end before the cache does.
  class Use {
   public:
    Use(Use&& other) noexcept
        : statement_(std::exchange(other.statement_, nullptr)),
          entry_(std::exchange(other.entry_, nullptr)),
          own_(std::move(other.own_)) {}
    Use& operator=(Use&&) = delete;
    ~Use() {
      if (statement_ != nullptr) statement_->reset();
      if (entry_ != nullptr) release(*entry_);
    }
    [[nodiscard]] Statement& operator*() const noexcept { return *statement_; }
    [[nodiscard]] Statement* operator->() const noexcept { return statement_; }

   private:
    friend class StatementCache;
    explicit Use(Entry& entry) noexcept;
    explicit Use(std::unique_ptr<Statement> own) noexcept
        : statement_(own.get()), own_(std::move(own)) {}
    static void release(Entry& entry) noexcept;

    Statement* statement_;
    Entry* entry_ = nullptr;
    std::unique_ptr<Statement> own_;
  };

  /// @return The plan's statement, prepared now if need be. @throws what Connection::prepare
  /// throws.
  [[nodiscard]] Use acquire(const query::Plan& plan) {
    Entry* hit = direct_[plan.id % kDirect];
    if (hit != nullptr && isFree(*hit, plan.id)) [[likely]] {
      return use(*hit);
    }
    return acquireSlow(plan);
  }

  /// Forgets every statement that is not in use.
  void clear() noexcept;
  /// @return The number of statements kept.
  [[nodiscard]] std::size_t size() const noexcept { return byId_.size(); }
  /// @return How many statements were prepared so far, temporary ones included.
  [[nodiscard]] std::uint64_t prepared() const noexcept { return prepared_; }

 private:
  struct Entry {
    std::uint64_t id = 0;
    std::unique_ptr<Statement> statement;
    std::uint64_t lastUse = 0;
    bool inUse = false;
  };

  static constexpr std::size_t kDirect = 64;

  [[nodiscard]] static bool isFree(const Entry& entry, std::uint64_t id) noexcept {
    return entry.id == id && !entry.inUse;
  }
  [[nodiscard]] Use use(Entry& entry) noexcept {
    entry.inUse = true;
    entry.lastUse = ++clock_;
    return Use(entry);
  }
  [[nodiscard]] Use acquireSlow(const query::Plan& plan);
  [[nodiscard]] std::unique_ptr<Statement> prepare(const query::Plan& plan, bool persistent);
  void makeRoom();

  Connection* connection_;
  std::size_t capacity_;
  std::uint64_t clock_ = 0;
  std::uint64_t prepared_ = 0;
  // The first look: most programs have fewer hot plans than this, and a hit costs one comparison.
  std::array<Entry*, kDirect> direct_{};
  std::unordered_map<std::uint64_t, std::unique_ptr<Entry>> byId_;
};

inline StatementCache::Use::Use(Entry& entry) noexcept
    : statement_(entry.statement.get()), entry_(&entry) {}

inline void StatementCache::Use::release(Entry& entry) noexcept { entry.inUse = false; }

}  // namespace sonde
