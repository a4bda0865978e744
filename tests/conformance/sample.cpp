#include "sample.hpp"

#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace sonde::conformance {
namespace {

using Field = std::optional<std::string>;

std::string readFile(const std::string& name) {
  std::ifstream file(SONDE_SOURCE_DIR "/tests/conformance/data/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read the sample " + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// RFC 4180, with NULL for a field that is empty and not quoted.
std::vector<std::vector<Field>> readCsv(const std::string& text) {
  std::vector<std::vector<Field>> records;
  std::vector<Field> record;
  std::string field;
  bool quoted = false;
  const auto end = [&] {
    record.push_back(field.empty() && !quoted ? Field() : Field(field));
    field.clear();
    quoted = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      quoted = true;
      for (++i; text[i] != '"' || text[i + 1] == '"'; ++i) {
        if (text[i] == '"') ++i;
        field += text[i];
      }
    } else if (text[i] == ',') {
      end();
    } else if (text[i] == '\n') {
      end();
      records.push_back(std::move(record));
      record.clear();
    } else {
      field += text[i];
    }
  }
  return records;
}

std::string literal(const Field& field) {
  if (!field) return "NULL";
  if (*field == "true" || *field == "false") return *field;
  std::string out = "'";
  for (const char c : *field) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string insertions(const std::string& table) {
  std::vector<std::vector<Field>> records = readCsv(readFile(table + ".csv"));
  std::string script = "INSERT INTO " + table + " VALUES ";
  for (std::size_t r = 1; r < records.size(); ++r) {
    script += r == 1 ? "(" : ", (";
    for (std::size_t c = 0; c < records[r].size(); ++c) {
      script += (c == 0 ? "" : ", ") + literal(records[r][c]);
    }
    script += ")";
  }
  return script + ";\n";
}

}  // namespace

std::string sampleScript(const Engine& engine) {
  return engine.sql(R"(
    CREATE TABLE people (
      id INTEGER PRIMARY KEY,
      name {text} NOT NULL,
      email {text} UNIQUE,
      age INTEGER,
      height {real},
      active BOOLEAN NOT NULL,
      born DATE,
      seen_at {timestamp},
      note {text}
    );
    CREATE TABLE numbers (
      id INTEGER PRIMARY KEY,
      square INTEGER NOT NULL,
      word {text} NOT NULL,
      third INTEGER
    );
  )") + insertions("people") +
         insertions("numbers");
}

}  // namespace sonde::conformance
