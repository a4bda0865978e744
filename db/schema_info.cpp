#include <nlohmann/json.hpp>

#include "../introspect/schema_json.hpp"
#include "view.hpp"

namespace sonde {

nlohmann::json View::getSchemaInfo() const { return schemaJson(*schema()); }

}  // namespace sonde
