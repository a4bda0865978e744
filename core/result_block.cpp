#include "result_block.hpp"

#include <algorithm>
#include <cassert>
#include <new>

#include "error.hpp"

namespace sonde {
namespace {

constexpr std::size_t kFirstArena = 1024;
constexpr std::size_t kMaxArena = std::size_t{1} << 20;

// A hint is only a guess: beyond these sizes the first allocation stops following it.
constexpr std::size_t kMaxHintedCells = std::size_t{1} << 18;
constexpr std::size_t kMaxHintedBytes = std::size_t{4} << 20;

}  // namespace

static_assert(sizeof(ResultBlock) % alignof(Cell) == 0);

ResultBlock::ResultBlock(std::shared_ptr<const Columns> columns, std::size_t width) noexcept
    : columns_(std::move(columns)), width_(width) {}

BlockPtr ResultBlock::make(std::shared_ptr<const Columns> columns, BlockHint hint) {
  const std::size_t width = std::max<std::size_t>(columns->size(), 1);
  const std::size_t mostRows = std::max<std::size_t>(kMaxHintedCells / width, 1);
  const std::size_t rows = std::bit_ceil(std::clamp<std::size_t>(hint.rows, 1, mostRows));
  const std::size_t cellBytes = rows * width * sizeof(Cell);
  const std::size_t arenaBytes = std::min(hint.bytes, kMaxHintedBytes);
  void* memory = ::operator new(sizeof(ResultBlock) + cellBytes + arenaBytes);
  auto* block = new (memory) ResultBlock(std::move(columns), width);
  char* const after = static_cast<char*>(memory) + sizeof(ResultBlock);
  block->firstRowsLog2_ = static_cast<std::uint32_t>(std::countr_zero(rows));
  block->cursor_ = reinterpret_cast<Cell*>(after);
  block->cursorEnd_ = block->cursor_ + rows * width;
  block->chunks_[0] = block->cursor_;
  block->chunkCount_ = 1;
  block->arena_ = after + cellBytes;
  block->arenaEnd_ = block->arena_ + arenaBytes;
  block->nextArena_ = std::clamp(arenaBytes * 2, kFirstArena, kMaxArena);
  return BlockPtr(block);
}

ResultBlock::~ResultBlock() {
  for (std::size_t i = 1; i < chunkCount_; ++i) ::operator delete(chunks_[i]);
}

void ResultBlock::destroy(ResultBlock* block) noexcept {
  block->~ResultBlock();
  ::operator delete(block);
}

void ResultBlock::addChunk() {
  const std::size_t log2 = firstRowsLog2_ + chunkCount_;
  if (chunkCount_ == kMaxChunks || (width_ * sizeof(Cell)) > (SIZE_MAX >> (log2 + 1))) {
    throw ResultTooLarge("the result has too many rows to be kept in memory");
  }
  const std::size_t cells = width_ << log2;
  auto* chunk = static_cast<Cell*>(::operator new(cells * sizeof(Cell)));
  chunks_[chunkCount_++] = chunk;
  cursor_ = chunk;
  cursorEnd_ = chunk + cells;
}

void ResultBlock::dropLastRow() noexcept {
  assert(rows_ != 0);
  --rows_;
  if (cursor_ != chunks_[chunkCount_ - 1]) {
    cursor_ -= width_;
    return;
  }
  // The row before stands at the end of the chunk before: this chunk has none left.
  ::operator delete(chunks_[--chunkCount_]);
  cursorEnd_ = chunks_[chunkCount_ - 1] + (width_ << (firstRowsLog2_ + chunkCount_ - 1));
  cursor_ = cursorEnd_ - width_;
}

char* ResultBlock::newArena(std::size_t size) {
  arenas_.emplace_back();
  arenas_.back().reset(new char[size]);  // not make_unique, which would write zeros over it
  return arenas_.back().get();
}

char* ResultBlock::allocateSlow(std::size_t size) {
  // What would take much of a chunk gets one of its own, so that the rest of this one is not lost.
  if (size > nextArena_ / 4) return newArena(size);
  char* const at = newArena(nextArena_);
  arena_ = at + size;
  arenaEnd_ = at + nextArena_;
  nextArena_ = std::min(nextArena_ * 2, kMaxArena);
  return at;
}

void ResultBlock::addChild(Child child) {
  assert(child.block && child.firsts.size() == rows_ + 1);
  assert(child.firsts.front() <= child.firsts.back());
  assert(child.firsts.back() <= child.block->rowCount());
  children_.push_back(std::move(child));
}

const ResultBlock::Child* ResultBlock::child(std::string_view relation) const noexcept {
  for (const Child& child : children_) {
    if (child.relation == relation) return &child;
  }
  return nullptr;
}

std::span<const ResultBlock::Child> ResultBlock::children() const noexcept { return children_; }

}  // namespace sonde
