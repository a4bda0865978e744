// A fingerprint over everything static in a catalog. docs/schema.md says what counts.
//
// Invariant: the same schema gives the same fingerprint in every run and on every machine, in
// whatever order the catalog lists what has no order. Used by Schema::build.
#pragma once

#include <string>

#include "schema.hpp"

namespace sonde::detail {

/// @return 32 hexadecimal digits over names, types, keys, constraints, indexes, triggers and the
/// SQL of views. Comments, row estimates, relations, the server's version and internal tables do
/// not count.
[[nodiscard]] std::string fingerprintOf(const Catalog& catalog);

}  // namespace sonde::detail
