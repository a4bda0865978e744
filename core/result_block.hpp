// The memory of a result: one header, cells in a few chunks, and an arena for text and blobs.
//
// Invariant: nothing in a block ever moves, so a cell's pointer stays valid as long as the block. A
// block is filled by one thread; once it is handed out it is immutable, so any number of threads
// may read it. Filled by drivers; owned, by reference count, by ResultSet and Row.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cell.hpp"
#include "columns.hpp"

namespace sonde {

class BlockPtr;

/// How much to reserve for a result, learnt from earlier runs of the same statement.
struct BlockHint {
  std::size_t rows = 1;
  std::size_t bytes = 0;
};

/// See the file comment.
class ResultBlock {
 public:
  /// A relation of the rows of this block: the rows of `block` from `firsts[i]` up to `firsts[i +
  /// 1]` belong to row i.
  struct Child;

  /// @return A new block with one owner, with room for what the hint says in a single allocation.
  [[nodiscard]] static BlockPtr make(std::shared_ptr<const Columns> columns, BlockHint hint = {});

  ResultBlock(const ResultBlock&) = delete;
  ResultBlock& operator=(const ResultBlock&) = delete;

  [[nodiscard]] const Columns& columns() const noexcept { return *columns_; }
  [[nodiscard]] const std::shared_ptr<const Columns>& sharedColumns() const noexcept {
    return columns_;
  }
  [[nodiscard]] std::size_t rowCount() const noexcept { return rows_; }
  [[nodiscard]] std::size_t byteCount() const noexcept { return bytesUsed_; }

  /// @return The cells of a row; `index` must be below rowCount().
  [[nodiscard]] const Cell* row(std::size_t index) const noexcept {
    const auto [chunk, offset] = locate(index);
    return chunks_[chunk] + offset * width_;
  }

  // --- filling; only before the block is handed out ---

  /// @return The cells of a new row, not initialised: the caller writes every one of them.
  [[nodiscard]] Cell* appendRow() {
    if (cursor_ == cursorEnd_) addChunk();
    Cell* cells = cursor_;
    cursor_ += width_;
    ++rows_;
    return cells;
  }
  /// Takes back the last appended row. Its bytes in the arena stay taken.
  void dropLastRow() noexcept;

  /// @return A copy of the bytes in the arena, followed by a NUL.
  [[nodiscard]] const char* store(const char* data, std::size_t size) {
    char* to = allocate(size + 1);
    if (size != 0) std::memcpy(to, data, size);
    to[size] = '\0';
    return to;
  }
  /// @return Uninitialised room in the arena.
  [[nodiscard]] char* allocate(std::size_t size) {
    bytesUsed_ += size;
    if (static_cast<std::size_t>(arenaEnd_ - arena_) < size) return allocateSlow(size);
    char* at = arena_;
    arena_ += size;
    return at;
  }

  /// Attaches the rows of a relation. `firsts` has rowCount() + 1 entries.
  void addChild(Child child);
  /// @return The relation of this name; nullptr when it was not loaded.
  [[nodiscard]] const Child* child(std::string_view relation) const noexcept;
  /// @return Every loaded relation, in the order added.
  [[nodiscard]] std::span<const Child> children() const noexcept;

 private:
  friend class BlockPtr;
  ResultBlock(std::shared_ptr<const Columns> columns, std::size_t width) noexcept;
  ~ResultBlock();
  static void destroy(ResultBlock* block) noexcept;

  void addChunk();
  [[nodiscard]] char* allocateSlow(std::size_t size);
  [[nodiscard]] char* newArena(std::size_t size);

  struct Place {
    std::size_t chunk;
    std::size_t offset;
  };
  // Chunk k holds firstRows_ << k rows, so that a row is found without a search.
  [[nodiscard]] Place locate(std::size_t index) const noexcept {
    const std::size_t scaled = (index >> firstRowsLog2_) + 1;
    const auto chunk = static_cast<std::size_t>(std::bit_width(scaled) - 1);
    const std::size_t before = ((std::size_t{1} << chunk) - 1) << firstRowsLog2_;
    return {chunk, index - before};
  }

  static constexpr std::size_t kMaxChunks = 40;

  std::atomic<std::uint32_t> owners_{1};
  std::uint32_t firstRowsLog2_ = 0;
  std::shared_ptr<const Columns> columns_;
  std::size_t width_;
  std::size_t rows_ = 0;
  std::size_t bytesUsed_ = 0;
  Cell* cursor_ = nullptr;
  Cell* cursorEnd_ = nullptr;
  char* arena_ = nullptr;
  char* arenaEnd_ = nullptr;
  std::size_t chunkCount_ = 0;
  std::size_t nextArena_ = 0;
  std::array<Cell*, kMaxChunks> chunks_;  // only the first chunkCount_ are set
  // Those beyond the one inside the block's own allocation.
  std::vector<std::unique_ptr<char[]>> arenas_;
  std::vector<Child> children_;
};

/// An owner of a block. Copying costs one atomic increment.
class BlockPtr {
 public:
  BlockPtr() noexcept = default;
  BlockPtr(const BlockPtr& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->owners_.fetch_add(1, std::memory_order_relaxed);
  }
  BlockPtr(BlockPtr&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  BlockPtr& operator=(BlockPtr other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~BlockPtr() {
    if (block_ != nullptr && block_->owners_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      ResultBlock::destroy(block_);
    }
  }

  [[nodiscard]] ResultBlock* get() const noexcept { return block_; }
  [[nodiscard]] ResultBlock* operator->() const noexcept { return block_; }
  [[nodiscard]] ResultBlock& operator*() const noexcept { return *block_; }
  explicit operator bool() const noexcept { return block_ != nullptr; }

 private:
  friend class ResultBlock;
  explicit BlockPtr(ResultBlock* adopted) noexcept : block_(adopted) {}

  ResultBlock* block_ = nullptr;
};

struct ResultBlock::Child {
  std::string relation{};
  BlockPtr block{};
  std::vector<std::uint32_t> firsts{};
  bool single = false;  ///< belongsTo and hasOne: at most one row each, an object in JSON.
};

}  // namespace sonde
