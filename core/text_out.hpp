// Where the JSON writers put text: raw room in a growing buffer, written through a pointer.
//
// Invariant: [begin, at) is written text, [at, end) is room that may hold anything. A writer asks
// for room, writes through a local pointer and hands the pointer back with advance(), so that the
// compiler need not reload it after every character. One thread at a time.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace sonde {

/// See the file comment. Not owned through this class.
class TextOut {
 public:
  TextOut(const TextOut&) = delete;
  TextOut& operator=(const TextOut&) = delete;

  /// @return Where to write next, with room for at least this many characters.
  [[nodiscard]] char* room(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) grow(size);
    return at_;
  }
  /// Takes what was written up to `to` into the text.
  void advance(char* to) noexcept { at_ = to; }

  void append(std::string_view text) {
    char* at = room(text.size());
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    at_ = at + text.size();
  }
  void append(char c) {
    char* at = room(1);
    *at = c;
    at_ = at + 1;
  }

  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - begin_); }
  /// Takes back everything after the first `size` characters; `size` is at most size().
  void truncate(std::size_t size) noexcept { at_ = begin_ + size; }

 protected:
  TextOut() noexcept = default;
  ~TextOut() = default;

  /// Makes room for `size` more characters, keeping the text.
  virtual void grow(std::size_t size) = 0;

  char* begin_ = nullptr;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

/// A buffer of its own, never filled with zeros: for text that goes on to a sink in pieces.
class TextBuffer final : public TextOut {
 public:
  TextBuffer() noexcept = default;

  /// @return What was written; valid until the next change.
  [[nodiscard]] std::string_view view() const noexcept { return {begin_, size()}; }
  void clear() noexcept { truncate(0); }

 private:
  void grow(std::size_t size) override;

  std::unique_ptr<char[]> memory_;
};

/// Appends to a string. What was written is in the string once commit() was called; without it, an
/// exception for one, the string is as it was.
class StringOut final : public TextOut {
 public:
  explicit StringOut(std::string& text);
  ~StringOut();

  void commit() noexcept { kept_ = size(); }

 private:
  void grow(std::size_t size) override;

  std::string& text_;
  std::size_t kept_;
};

}  // namespace sonde
