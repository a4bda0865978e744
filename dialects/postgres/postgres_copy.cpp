#include "postgres_copy.hpp"

#include <libpq-fe.h>

#include <charconv>
#include <cmath>
#include <string_view>

#include "../../core/error.hpp"
#include "postgres_array.hpp"
#include "postgres_dialect.hpp"
#include "postgres_handle.hpp"

namespace sonde {
namespace {

// What is collected before it is handed to libpq, and so to the socket.
constexpr std::size_t kPiece = std::size_t{64} << 10;

/// Writes rows in the text form of COPY: tabs between values, a newline after each row, \N for
/// NULL.
class CopyText {
 public:
  explicit CopyText(std::vector<Type> types) : types_(std::move(types)) {}

  void row(Args values) {
    if (values.size() != types_.size()) {
      throw ValidationError("a row of the bulk insert has " + std::to_string(values.size()) +
                            " values for " + std::to_string(types_.size()) + " columns");
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i != 0) text_ += '\t';
      value(values[i], types_[i]);
    }
    text_ += '\n';
  }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  void clear() noexcept { text_.clear(); }

 private:
  void value(const Arg& arg, Type column) {
    switch (arg.kind()) {
      case Arg::Kind::Null:
        text_ += "\\N";
        return;
      case Arg::Kind::Boolean:
        if (column == Type::Boolean) {
          text_ += arg.boolean() ? 't' : 'f';
        } else if (column == Type::Integer) {
          text_ += arg.boolean() ? '1' : '0';
        } else {
          text_ += arg.boolean() ? "true" : "false";
        }
        return;
      case Arg::Kind::Integer:
        return number(arg.integer());
      case Arg::Kind::Unsigned:
        return number(arg.unsignedInteger());
      case Arg::Kind::Real:
        return real(arg.real());
      case Arg::Kind::Text:
        if (column == Type::Blob) return hex(arg.text());
        return escaped(arg.text());
      case Arg::Kind::Blob: {
        const auto bytes = arg.bytes();
        return hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      }
      case Arg::Kind::Document: {
        const Value& document = arg.document();
        const bool array = column == Type::Array && document.kind() == Value::Kind::Array;
        return escaped(array ? postgresArrayLiteral(document.items(), false) : document.dump());
      }
      case Arg::Kind::List:
        throw ValidationError("a list cannot be stored in one column");
    }
  }

  template <class Number>
  void number(Number value) {
    char digits[32];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
  void real(double value) {
    if (std::isnan(value)) {
      text_ += "NaN";
    } else if (std::isinf(value)) {
      text_ += value < 0 ? "-Infinity" : "Infinity";
    } else {
      number(value);
    }
  }
  void hex(std::string_view bytes) {
    static constexpr std::string_view kHex = "0123456789abcdef";
    text_ += "\\\\x";
    for (const char c : bytes) {
      text_ += kHex[static_cast<unsigned char>(c) >> 4];
      text_ += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  void escaped(std::string_view text) {
    static constexpr std::string_view kSpecial("\\\t\n\r\0", 5);
    while (true) {
      const std::size_t at = text.find_first_of(kSpecial);
      text_ += text.substr(0, at);
      if (at == std::string_view::npos) return;
      switch (text[at]) {
        case '\t':
          text_ += "\\t";
          break;
        case '\n':
          text_ += "\\n";
          break;
        case '\r':
          text_ += "\\r";
          break;
        case '\\':
          text_ += "\\\\";
          break;
        default:
          throw ValidationError("PostgreSQL's text cannot hold a NUL");
      }
      text.remove_prefix(at + 1);
    }
  }

  std::vector<Type> types_;
  std::string text_;
};

std::string copySql(const Table& table, const std::vector<std::string>& columns) {
  const SqlCompiler& compiler = PostgresDialect::instance().compiler();
  std::string sql = "COPY ";
  if (!table.schema.empty()) sql += compiler.quote(table.schema) + ".";
  sql += compiler.quote(table.name) + " (";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) sql += ", ";
    sql += compiler.quote(columns[i]);
  }
  return sql + ") FROM STDIN";
}

// What the server thinks of the rows is heard when it has all of them: libpq reads no answer before
// the end of a COPY.
void put(PostgresHandle& handle, const std::string& text, std::string_view sql) {
  PGconn* const connection = handle.connection();
  int taken = 0;
  while (taken == 0) {
    taken = PQputCopyData(connection, text.data(), static_cast<int>(text.size()));
    handle.flush(sql);
  }
  if (taken < 0) handle.failConnection(sql);
}

void endCopy(PostgresHandle& handle, const char* error, std::string_view sql) {
  while (PQputCopyEnd(handle.connection(), error) == 0) handle.flush(sql);
}

}  // namespace

std::uint64_t postgresCopy(PostgresHandle& handle, const Table& table,
                           const std::vector<std::string>& columns, FunctionRef<Args()> next) {
  const std::string sql = copySql(table, columns);
  std::vector<Type> types;
  types.reserve(columns.size());
  for (const std::string& column : columns) types.push_back(table.column(column).type);
  handle.started();
  handle.requireSent(PQsendQuery(handle.connection(), sql.c_str()), sql);
  PostgresResult result = handle.next(sql);
  if (PQresultStatus(result.get()) != PGRES_COPY_IN) handle.fail(result, sql);
  CopyText rows(std::move(types));
  try {
    for (Args values = next(); !values.empty(); values = next()) {
      rows.row(values);
      if (rows.text().size() < kPiece) continue;
      put(handle, rows.text(), sql);
      rows.clear();
    }
    if (!rows.text().empty()) put(handle, rows.text(), sql);
  } catch (...) {
    if (!handle.broken()) {
      endCopy(handle, "given up by the client", sql);
      handle.drain();
    }
    throw;
  }
  endCopy(handle, nullptr, sql);
  result = handle.next(sql);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) handle.failHidingValues(result, sql);
  handle.drain();
  return result.affected();
}

}  // namespace sonde
