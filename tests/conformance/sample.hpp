// The rows that tests which only read find: data/people.csv and data/numbers.csv beside this file.
//
// Whoever brings a driver of their own makes a database with these two tables, by whatever means,
// names it in SONDE_TEST_CONFORMANCE_URI, and runs the suite's tests of the engine `External`. In
// the files an empty field is NULL and `""` an empty text. Types: whole numbers are integers;
// height is real, active boolean, born a date, seen_at a timestamp without a zone; all else is
// text. The key of both tables is id.
#pragma once

#include <string>

#include "engine.hpp"

namespace sonde::conformance {

/// @return SQL that makes and fills the two tables on an engine.
[[nodiscard]] std::string sampleScript(const Engine& engine);

}  // namespace sonde::conformance
