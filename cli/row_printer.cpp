#include "row_printer.hpp"

#include <algorithm>
#include <ostream>
#include <span>
#include <vector>

#include "../core/json_writer.hpp"
#include "../core/temporal.hpp"
#include "../core/text.hpp"

namespace sonde::cli {
namespace {

constexpr std::size_t kSampledRows = 200;
constexpr std::size_t kMinColumnWidth = 6;
constexpr std::string_view kGap = "  ";
constexpr std::size_t kFlushBytes = std::size_t{64} * 1024;

bool isNumber(const ValueView& value) {
  const Value::Kind kind = value.kind();
  return kind == Value::Kind::Integer || kind == Value::Kind::Unsigned ||
         kind == Value::Kind::Real || value.type() == Type::Decimal;
}

// A value without the quotes and escapes of JSON, which is what people and CSV readers want to see.
std::string plainText(const RowView& row, std::size_t index, const JsonOptions& options) {
  const ValueView value = row[index];
  if (value.storage() == Storage::Text) {
    std::string out;
    const bool timestamp = value.type() == Type::Timestamp || value.type() == Type::TimestampTz;
    if (timestamp && options.form == JsonForm::Logical &&
        temporal::appendIsoTimestamp(out, value.text(), value.type() == Type::TimestampTz)) {
      return out;
    }
    return std::string(value.text());
  }
  std::string out;
  sonde::json::appendCell(out, value.cell(), row.columns(), options);
  if (out.size() >= 2 && out.front() == '"') return out.substr(1, out.size() - 2);
  return out;
}

class TextPrinter final : public RowPrinter {
 public:
  TextPrinter(const JsonOptions& options, const Terminal& terminal, std::ostream& out)
      : options_(options), terminal_(terminal), out_(out) {}

  void row(const RowView& row) override {
    if (names_.empty()) readHeader(row.columns());
    std::vector<std::string> line;
    line.reserve(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      const ValueView value = row[i];
      line.push_back(displayText(row, i, options_));
      if (!value.isNull() && !isNumber(value)) numeric_[i] = false;
    }
    ++rows_;
    if (printing_) {
      print(line);
      return;
    }
    sample_.push_back(std::move(line));
    if (sample_.size() == kSampledRows) startPrinting();
  }

  void end(const Columns* columns) override {
    if (names_.empty() && columns != nullptr) readHeader(*columns);
    if (!printing_) startPrinting();
    out_ << terminal_.dim(rows_ == 1 ? "(1 row)" : "(" + std::to_string(rows_) + " rows)") << '\n';
  }

 private:
  void readHeader(const Columns& columns) {
    for (const ColumnInfo& column : columns) names_.push_back(column.name);
    numeric_.assign(names_.size(), true);
  }

  void startPrinting() {
    printing_ = true;
    if (names_.empty()) return;
    chooseWidths();
    std::string header;
    std::string rule;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (i != 0) {
        header += kGap;
        rule += kGap;
      }
      const bool last = i + 1 == names_.size() && !numeric_[i];
      const std::size_t width =
          last ? std::min(widths_[i], text::displayWidth(names_[i])) : widths_[i];
      header += terminal_.bold(fitted(names_[i], width, numeric_[i]));  // no trailing spaces
      rule.append(widths_[i], '-');
    }
    out_ << header << '\n' << terminal_.dim(rule) << '\n';
    for (const auto& line : sample_) print(line);
    sample_.clear();
  }

  // Every column gets what it needs; where that is more than the terminal has, the widest give way
  // first, down to kMinColumnWidth.
  void chooseWidths() {
    widths_.clear();
    std::size_t total = 0;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      std::size_t width = text::displayWidth(names_[i]);
      for (const auto& line : sample_) width = std::max(width, text::displayWidth(line[i]));
      widths_.push_back(width);
      total += width + (i == 0 ? 0 : kGap.size());
    }
    if (terminal_.width == 0) return;
    while (total > terminal_.width) {
      const auto widest = std::max_element(widths_.begin(), widths_.end());
      if (*widest <= kMinColumnWidth) break;
      const std::size_t second = secondWidest(*widest);
      const auto equals = static_cast<std::size_t>(std::ranges::count(widths_, *widest));
      const std::size_t step = std::clamp<std::size_t>((total - terminal_.width) / equals, 1,
                                                       *widest - std::max(second, kMinColumnWidth));
      const std::size_t from = *widest;
      for (std::size_t& width : widths_) {
        if (width != from || total <= terminal_.width) continue;
        width -= step;
        total -= step;
      }
    }
  }

  [[nodiscard]] std::size_t secondWidest(std::size_t widest) const {
    std::size_t second = 0;
    for (const std::size_t width : widths_) {
      if (width < widest) second = std::max(second, width);
    }
    return second;
  }

  void print(const std::vector<std::string>& line) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i != 0) text += kGap;
      const bool last = i + 1 == line.size() && !numeric_[i];
      const std::size_t shown = text::displayWidth(line[i]);
      // No trailing spaces, and nothing is cut that was not asked to fit.
      const bool open = terminal_.width == 0 && shown > widths_[i];
      if ((last && shown <= widths_[i]) || open) {
        text += line[i];
      } else {
        text += fitted(line[i], widths_[i], numeric_[i]);
      }
    }
    out_ << text << '\n';
  }

  JsonOptions options_;
  Terminal terminal_;
  std::ostream& out_;
  std::vector<std::string> names_;
  std::vector<bool> numeric_;
  std::vector<std::size_t> widths_;
  std::vector<std::vector<std::string>> sample_;
  std::size_t rows_ = 0;
  bool printing_ = false;
};

class JsonPrinter final : public RowPrinter {
 public:
  JsonPrinter(const JsonOptions& options, std::ostream& out) : options_(options), out_(out) {}

  void row(const RowView& row) override {
    buffer_ += first_ ? "[" : ",\n";
    first_ = false;
    row.writeJson(buffer_, options_);
    if (buffer_.size() >= kFlushBytes) flush();
  }

  void end(const Columns*) override {
    buffer_ += first_ ? "[]\n" : "]\n";
    flush();
  }

 private:
  void flush() {
    out_ << buffer_;
    buffer_.clear();
  }

  JsonOptions options_;
  std::ostream& out_;
  std::string buffer_;
  bool first_ = true;
};

// RFC 4180, with LF line ends. Null is an empty field, an empty text is "".
class CsvPrinter final : public RowPrinter {
 public:
  CsvPrinter(const JsonOptions& options, std::ostream& out) : options_(options), out_(out) {}

  void row(const RowView& row) override {
    if (!header_) printHeader(row.columns());
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) line += ',';
      const ValueView value = row[i];
      if (!value.isNull()) appendField(line, plainText(row, i, options_));
    }
    out_ << line << '\n';
  }

  void end(const Columns* columns) override {
    if (!header_ && columns != nullptr) printHeader(*columns);
  }

 private:
  void printHeader(const Columns& columns) {
    header_ = true;
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i != 0) line += ',';
      appendField(line, columns[i].name);
    }
    out_ << line << '\n';
  }

  static void appendField(std::string& line, std::string_view field) {
    if (!field.empty() && field.find_first_of(",\"\r\n") == std::string_view::npos) {
      line += field;
      return;
    }
    line += '"';
    for (const char c : field) {
      if (c == '"') line += '"';
      line += c;
    }
    line += '"';
  }

  JsonOptions options_;
  std::ostream& out_;
  bool header_ = false;
};

void appendEscaped(std::string& out, std::string_view bytes) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string displayText(const RowView& row, std::size_t index, const JsonOptions& options) {
  const ValueView value = row[index];
  if (value.isNull()) return "null";
  if (value.storage() == Storage::Blob) {
    const std::size_t size = value.cell().length;
    return "<blob, " + std::to_string(size) + (size == 1 ? " byte>" : " bytes>");
  }
  const std::string raw = plainText(row, index, options);
  std::string out;
  out.reserve(raw.size());
  std::string_view rest = raw;
  while (true) {
    const std::size_t bad = text::findInvalidUtf8(rest);
    appendEscaped(out, rest.substr(0, bad));
    if (bad == std::string_view::npos) return out;
    out += "\xEF\xBF\xBD";
    rest.remove_prefix(bad + 1);
  }
}

std::string fitted(std::string_view text, std::size_t width, bool alignRight) {
  const std::size_t shown = text::displayWidth(text);
  if (shown <= width) {
    const std::string pad(width - shown, ' ');
    return alignRight ? pad + std::string(text) : std::string(text) + pad;
  }
  if (width == 0) return {};
  // Cuts before the code point that would not leave room for the ellipsis.
  std::size_t end = 0;
  std::size_t used = 0;
  while (end < text.size()) {
    std::size_t next = end + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    const std::size_t cells = text::displayWidth(text.substr(end, next - end));
    if (used + cells > width - 1) break;
    used += cells;
    end = next;
  }
  std::string out(text.substr(0, end));
  out += "…";
  out.append(width - used - 1, ' ');
  return out;
}

std::unique_ptr<RowPrinter> makeRowPrinter(Format format, const JsonOptions& options,
                                           const Terminal& terminal, std::ostream& out) {
  switch (format) {
    case Format::Json:
      return std::make_unique<JsonPrinter>(options, out);
    case Format::Csv:
      return std::make_unique<CsvPrinter>(options, out);
    case Format::Text:
      break;
  }
  return std::make_unique<TextPrinter>(options, terminal, out);
}

}  // namespace sonde::cli
