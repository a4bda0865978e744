#include "postgres_plan.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "../../core/error.hpp"

namespace sonde {
namespace {

using Json = nlohmann::json;
using Names = std::map<std::string, std::string>;

void addOnce(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

/// "Index Scan using i on orders o: (customer_id = 7)"
std::string describe(const Json& node, const std::string& index) {
  std::string line = node.value("Node Type", "?");
  if (!index.empty()) line += " using " + index;
  if (const std::string table = node.value("Relation Name", ""); !table.empty()) {
    line += " on " + table;
    const std::string alias = node.value("Alias", table);
    if (alias != table) line += " " + alias;
  }
  for (const char* const condition :
       {"Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter"}) {
    if (node.contains(condition)) {
      line += ": " + node.value(condition, "");
      break;
    }
  }
  return line;
}

void readNode(const Json& node, std::size_t depth, const Names& names, QueryPlan& plan) {
  const std::string type = node.value("Node Type", "");
  std::string index = node.value("Index Name", "");
  if (const auto known = names.find(index); known != names.end()) index = known->second;
  if (!index.empty()) addOnce(plan.indexes, index);
  if (type == "Seq Scan") addOnce(plan.fullScans, node.value("Relation Name", ""));
  if (type == "Sort" || type == "Incremental Sort") plan.sorts = true;
  plan.lines.push_back(std::string(depth * 2, ' ') + describe(node, index));
  if (!node.contains("Plans")) return;
  for (const Json& child : node.at("Plans")) readNode(child, depth + 1, names, plan);
}

}  // namespace

QueryPlan readPostgresPlan(std::string_view json, const Names& names) {
  QueryPlan plan;
  try {
    const Json document = Json::parse(json);
    const Json& top = document.at(0).at("Plan");
    plan.cost = top.at("Total Cost").get<double>();
    plan.rows = top.at("Plan Rows").get<double>();
    readNode(top, 0, names, plan);
  } catch (const Json::exception&) {
    throw QueryError("the server's plan could not be read");
  }
  return plan;
}

}  // namespace sonde
