// Cuts CSV text into records and fields, as RFC 4180 writes them: fields may stand in double
// quotes, and then hold separators, line ends and doubled quotes; lines end in LF or CRLF. A byte
// order mark in front is passed over.
//
// Invariant: what RFC 4180 does not allow is an error with the line it stands in, never a guess.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace csv {

/// One field of a record.
struct Field {
  std::string_view text;  ///< Without quotes.
  bool quoted = false;
};

/// See the file comment. `text` must outlive the reader.
class Reader {
 public:
  /// @param name Stands in front of the line in errors.
  Reader(std::string_view text, char separator, std::string name);

  /// Reads the next record. @return False at the end.
  /// @throws sonde::ValidationError "name:line: what is wrong".
  [[nodiscard]] bool next();
  /// @return The fields of the record; they live until the next call of next().
  [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }
  /// @return Whether the record is an empty line.
  [[nodiscard]] bool blank() const noexcept {
    return fields_.size() == 1 && fields_[0].text.empty() && !fields_[0].quoted;
  }

  /// Throws the error that names the line in which the current record begins.
  [[noreturn]] void fail(const std::string& what) const { failAt(recordLine_, what); }

 private:
  [[noreturn]] void failAt(std::size_t line, const std::string& what) const;
  void readQuoted();
  void readPlain();
  /// Passes the separator or the line end behind a field. @return Whether the record goes on.
  [[nodiscard]] bool passEnd();
  [[nodiscard]] bool atLineEnd() const noexcept;

  std::string_view text_;
  char separator_;
  std::string name_;
  std::string plainEnds_;  // what ends a field without quotes, or is wrong inside it
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t recordLine_ = 1;
  std::vector<Field> fields_;
  std::deque<std::string> unescaped_;  // texts that had doubled quotes; never moved
  std::size_t unescapedUsed_ = 0;
};

}  // namespace csv
