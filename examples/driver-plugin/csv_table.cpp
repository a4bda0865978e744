#include "csv_table.hpp"

#include <sonde/core/error.hpp>
#include <sonde/core/suggest.hpp>
#include <sonde/core/text.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <unordered_set>
#include <vector>

#include "csv_reader.hpp"
#include "csv_types.hpp"

namespace csv {

namespace {

struct ColumnPlan {
  std::string name;
  sonde::Type type = sonde::Type::Text;
  bool key = false;
};

std::string readWhole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) {
    throw sonde::ValidationError(file.filename().string() + ": the file cannot be read");
  }
  return text;
}

void requireUtf8(std::string_view text, const std::string& name) {
  const std::size_t bad = sonde::text::findInvalidUtf8(text);
  if (bad == std::string_view::npos) return;
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bad), '\n');
  throw sonde::ValidationError(name + ":" + std::to_string(line) + ": the text is not UTF-8");
}

std::vector<ColumnPlan> readHeader(Reader& reader) {
  if (!reader.next() || reader.blank()) reader.fail("the file has no header that names columns");
  std::vector<ColumnPlan> columns;
  std::set<std::string> names;
  for (const Field& field : reader.fields()) {
    const std::string name(field.text);
    if (name.empty()) {
      reader.fail("column " + std::to_string(columns.size() + 1) + " has no name");
    }
    if (!names.insert(sonde::text::lower(name)).second) {
      reader.fail("the column " + sonde::quoteForMessage(name) + " is named twice");
    }
    columns.push_back({name});
  }
  return columns;
}

/// Reads the next record with fields. An empty line is one only where there is one column.
bool nextRecord(Reader& reader, std::size_t columns) {
  while (reader.next()) {
    if (reader.blank() && columns > 1) continue;
    const std::size_t fields = reader.fields().size();
    if (fields != columns) {
      reader.fail("there are " + std::to_string(fields) + " fields, but " +
                  std::to_string(columns) + " columns");
    }
    return true;
  }
  return false;
}

/// Reads the file once to decide the types. A column "id" is the key as long as its texts are
/// integers that differ.
std::vector<ColumnPlan> planColumns(Reader reader) {
  std::vector<ColumnPlan> columns = readHeader(reader);
  const auto named = std::find_if(columns.begin(), columns.end(), [](const ColumnPlan& column) {
    return sonde::text::equalsIgnoreCase(column.name, "id");
  });
  const auto id = static_cast<std::size_t>(named - columns.begin());
  bool differ = id < columns.size();
  std::unordered_set<std::string_view> ids;
  std::vector<TypeGuess> guesses(columns.size());
  while (nextRecord(reader, columns.size())) {
    for (std::size_t i = 0; i < columns.size(); ++i) guesses[i].see(reader.fields()[i]);
    if (!differ) continue;
    // Integers have no quotes to undo, so their text stands in the file and outlives the record.
    differ =
        guesses[id].type() == sonde::Type::Integer && ids.insert(reader.fields()[id].text).second;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) columns[i].type = guesses[i].type();
  if (differ && guesses[id].full()) columns[id].key = columns[id].type == sonde::Type::Integer;
  return columns;
}

std::string createTable(const sonde::SqlCompiler& compiler, const std::string& table,
                        const std::vector<ColumnPlan>& columns) {
  std::string sql = "CREATE TABLE " + compiler.quote(table) + "(";
  for (const ColumnPlan& column : columns) {
    if (&column != &columns.front()) sql += ", ";
    sql += compiler.quote(column.name);
    sql += ' ';
    sql += sqlType(column.type);
    if (column.key) sql += " PRIMARY KEY";
  }
  return sql + ")";
}

std::string insertRow(const sonde::SqlCompiler& compiler, const std::string& table,
                      std::size_t columns) {
  std::string sql = "INSERT INTO " + compiler.quote(table) + " VALUES (?";
  for (std::size_t i = 1; i < columns; ++i) sql += ", ?";
  return sql + ")";
}

}  // namespace

std::uint64_t loadTable(sonde::Connection& connection, const sonde::SqlCompiler& compiler,
                        const std::filesystem::path& file, const std::string& table,
                        char separator) {
  const std::string name = file.filename().string();
  const std::string text = readWhole(file);
  requireUtf8(text, name);
  const Reader reader(text, separator, name);
  const std::vector<ColumnPlan> columns = planColumns(reader);
  connection.executeScript(createTable(compiler, table, columns));

  const auto insert = connection.prepare(insertRow(compiler, table, columns.size()), true);
  Reader records = reader;
  static_cast<void>(records.next());  // the header
  std::vector<sonde::Arg> args(columns.size());
  std::uint64_t rows = 0;
  while (nextRecord(records, columns.size())) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      args[i] = argumentFrom(columns[i].type, records.fields()[i]);
    }
    insert->bind(args);
    insert->run();
    insert->reset();
    ++rows;
  }
  return rows;
}

}  // namespace csv
