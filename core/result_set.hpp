// The rows of a query, owned together.
//
// Invariant: immutable; owns its block by reference count, so copies are cheap and may be read by
// any number of threads. Iterating yields RowView by value, with no atomic operation.
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "json_writer.hpp"
#include "lifetime.hpp"
#include "result_block.hpp"
#include "row.hpp"

namespace sonde {

/// A forward range over rows of one block.
class RowIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = RowView;
  using difference_type = std::ptrdiff_t;
  using pointer = void;
  using reference = RowView;

  RowIterator() noexcept = default;
  RowIterator(const ResultBlock* block, std::size_t index) noexcept
      : block_(block), index_(index) {}

  [[nodiscard]] RowView operator*() const noexcept {
    return {block_->row(index_), block_->columns(), block_, index_};
  }
  RowIterator& operator++() noexcept {
    ++index_;
    return *this;
  }
  RowIterator operator++(int) noexcept {
    RowIterator before = *this;
    ++index_;
    return before;
  }
  friend bool operator==(const RowIterator& a, const RowIterator& b) noexcept {
    return a.index_ == b.index_;
  }

 private:
  const ResultBlock* block_ = nullptr;
  std::size_t index_ = 0;
};

/// The rows of a loaded relation of one row. Valid while the parent row lives.
class RelatedRows {
 public:
  RelatedRows(const ResultBlock& block, std::size_t first, std::size_t last) noexcept
      : block_(&block), first_(first), last_(last) {}
  [[nodiscard]] std::size_t size() const noexcept { return last_ - first_; }
  [[nodiscard]] bool empty() const noexcept { return first_ == last_; }
  [[nodiscard]] RowIterator begin() const noexcept { return {block_, first_}; }
  [[nodiscard]] RowIterator end() const noexcept { return {block_, last_}; }
  [[nodiscard]] RowView operator[](std::size_t index) const noexcept {
    return *RowIterator(block_, first_ + index);
  }

 private:
  const ResultBlock* block_;
  std::size_t first_;
  std::size_t last_;
};

/// See the file comment.
class ResultSet {
 public:
  /// `block` must not be null.
  explicit ResultSet(BlockPtr block) noexcept : block_(std::move(block)) {}

  [[nodiscard]] std::size_t size() const noexcept { return block_->rowCount(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] const Columns& columns() const noexcept { return block_->columns(); }

  [[nodiscard]] RowIterator begin() const noexcept SONDE_LIFETIMEBOUND { return {block_.get(), 0}; }
  [[nodiscard]] RowIterator end() const noexcept SONDE_LIFETIMEBOUND {
    return {block_.get(), size()};
  }

  /// @return A row that owns its data; `index` must be below size().
  [[nodiscard]] Row operator[](std::size_t index) const { return {block_, index}; }
  /// @return The row at `index`. @throws NotFound when there are fewer.
  [[nodiscard]] Row at(std::size_t index) const;
  /// @return The first row. @throws NotFound when there is none.
  [[nodiscard]] Row front() const { return at(0); }

  /// @return An array of objects. @throws EncodingError when a text is not UTF-8.
  [[nodiscard]] nlohmann::ordered_json toJson(const JsonOptions& options = {}) const;
  /// Writes an array of objects to the sink in pieces of about 64 KiB, from the cells, with no DOM.
  /// @throws EncodingError as above; what was written stays written.
  void writeJson(TextSink sink, const JsonOptions& options = {}) const;
  /// @return The same as one text.
  [[nodiscard]] std::string json(const JsonOptions& options = {}) const;

  [[nodiscard]] const BlockPtr& block() const noexcept { return block_; }

 private:
  BlockPtr block_;
};

}  // namespace sonde
