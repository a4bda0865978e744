#include "csv_reader.hpp"

#include <sonde/core/error.hpp>

#include <algorithm>
#include <utility>

namespace csv {

Reader::Reader(std::string_view text, char separator, std::string name)
    : text_(text), separator_(separator), name_(std::move(name)), plainEnds_("\r\n\"") {
  plainEnds_ += separator;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
}

void Reader::failAt(std::size_t line, const std::string& what) const {
  throw sonde::ValidationError(name_ + ":" + std::to_string(line) + ": " + what);
}

bool Reader::next() {
  fields_.clear();
  unescapedUsed_ = 0;
  recordLine_ = line_;
  if (at_ >= text_.size()) return false;
  do {
    if (at_ < text_.size() && text_[at_] == '"') {
      readQuoted();
    } else {
      readPlain();
    }
  } while (passEnd());
  return true;
}

void Reader::readQuoted() {
  const std::size_t openLine = line_;
  const std::size_t begin = ++at_;
  bool doubled = false;
  while (true) {
    const std::size_t quote = text_.find('"', at_);
    if (quote == std::string_view::npos) failAt(openLine, "a quote is not closed");
    at_ = quote + 1;
    if (at_ >= text_.size() || text_[at_] != '"') break;
    doubled = true;
    ++at_;
  }
  const std::string_view raw = text_.substr(begin, at_ - 1 - begin);
  line_ += static_cast<std::size_t>(std::count(raw.begin(), raw.end(), '\n'));
  if (!doubled) {
    fields_.push_back({raw, true});
    return;
  }
  if (unescapedUsed_ == unescaped_.size()) unescaped_.emplace_back();
  std::string& out = unescaped_[unescapedUsed_++];
  out.clear();
  for (std::size_t i = 0; i < raw.size(); ++i) {
    out += raw[i];
    if (raw[i] == '"') ++i;  // its twin
  }
  fields_.push_back({out, true});
}

void Reader::readPlain() {
  const std::size_t end = std::min(text_.find_first_of(plainEnds_, at_), text_.size());
  if (end < text_.size() && text_[end] == '"') {
    failAt(line_, "a quote stands inside a field that does not begin with one");
  }
  fields_.push_back({text_.substr(at_, end - at_), false});
  at_ = end;
}

bool Reader::atLineEnd() const noexcept {
  return text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
}

bool Reader::passEnd() {
  if (at_ >= text_.size()) return false;
  if (text_[at_] == separator_) {
    ++at_;
    return true;
  }
  if (!atLineEnd()) {
    failAt(line_, text_[at_] == '\r' ? "a carriage return stands without a line feed"
                                     : "text follows the quote that closes a field");
  }
  at_ += text_[at_] == '\n' ? 1 : 2;
  ++line_;
  return false;
}

}  // namespace csv
