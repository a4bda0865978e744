// One CSV file as a table of the database in memory.
#pragma once

#include <sonde/dialects/connection.hpp>
#include <sonde/query/compiler.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace csv {

/// Makes the table and inserts every record of the file: the first names the columns, the others
/// decide their types. A column called id that holds whole numbers without repetition is the key.
/// CREATE TABLE name(column TYPE, …), then INSERT INTO name VALUES (?, …) for each record.
/// @return How many rows it has.
/// @throws sonde::ValidationError "file:line: …" for what is no CSV, for a record with more or
/// fewer fields than there are columns, for text that is not UTF-8; what the connection throws.
std::uint64_t loadTable(sonde::Connection& connection, const sonde::SqlCompiler& compiler,
                        const std::filesystem::path& file, const std::string& table,
                        char separator);

}  // namespace csv
