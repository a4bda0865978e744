// Rebuilds expressions with parts replaced, sharing what did not change.
#pragma once

#include <memory>

#include "../core/function_ref.hpp"
#include "tree.hpp"

namespace sonde::query {

using ExprMap = FunctionRef<ExprPtr(const ExprPtr&)>;
using SelectMap = FunctionRef<std::shared_ptr<const Select>(const std::shared_ptr<const Select>&)>;

/// @return The expression with `each` applied to its direct operands and `select` to the query of
/// an EXISTS; the very same pointer when nothing changed, null for null.
[[nodiscard]] ExprPtr mapOperands(const ExprPtr& expr, ExprMap each, SelectMap select);

/// Applies `each` to every expression that stands directly in a select; null ones are left out.
void mapExprs(Select& select, ExprMap each);

/// @return A rule's expression, which sees its table as source 0, as it reads inside a query where
/// that table is source `source` of the statement `depth` levels out. Columns of subqueries in it
/// stay.
[[nodiscard]] ExprPtr rebind(const ExprPtr& expr, std::uint32_t source, std::uint32_t depth = 0);

}  // namespace sonde::query
