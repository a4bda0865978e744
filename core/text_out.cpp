#include "text_out.hpp"

#include <algorithm>

namespace sonde {
namespace {

constexpr std::size_t kFirstBuffer = 4096;

}  // namespace

void TextBuffer::grow(std::size_t size) {
  const std::size_t used = this->size();
  const auto capacity = static_cast<std::size_t>(end_ - begin_);
  const std::size_t wanted = std::max({used + size, capacity * 2, kFirstBuffer});
  std::unique_ptr<char[]> memory(new char[wanted]);  // not make_unique, which would write zeros
  if (used != 0) std::memcpy(memory.get(), begin_, used);
  memory_ = std::move(memory);
  begin_ = memory_.get();
  at_ = begin_ + used;
  end_ = begin_ + wanted;
}

StringOut::StringOut(std::string& text) : text_(text), kept_(text.size()) {
  begin_ = text_.data();
  at_ = end_ = begin_ + kept_;
}

// Never grows the string, so it cannot throw.
StringOut::~StringOut() { text_.resize(kept_); }

void StringOut::grow(std::size_t size) {
  const std::size_t used = this->size();
  // resize() writes zeros over the new room, so it asks for little more than what is needed now;
  // the string's own capacity still doubles.
  const std::size_t wanted = used + size + std::min<std::size_t>(size, 128);
  if (wanted > text_.capacity()) text_.reserve(std::max(wanted, text_.capacity() * 2));
  text_.resize(wanted);
  begin_ = text_.data();
  at_ = begin_ + used;
  end_ = begin_ + wanted;
}

}  // namespace sonde
