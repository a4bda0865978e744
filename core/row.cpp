#include "row.hpp"

#include <nlohmann/json.hpp>

#include "error.hpp"
#include "json_dom.hpp"
#include "json_writer.hpp"
#include "result_set.hpp"
#include "suggest.hpp"

namespace sonde {
namespace {

nlohmann::ordered_json relationToDom(const ResultBlock::Child& child, std::size_t row,
                                     const JsonOptions& options) {
  const RelatedRows rows(*child.block, child.firsts[row], child.firsts[row + 1]);
  if (child.single) return rows.empty() ? nlohmann::ordered_json() : rows[0].toJson(options);
  auto result = nlohmann::ordered_json::array();
  for (const RowView related : rows) result.push_back(related.toJson(options));
  return result;
}

[[noreturn]] void failRelation(std::string_view relation,
                               std::span<const ResultBlock::Child> loaded) {
  std::vector<std::string> names;
  for (const ResultBlock::Child& child : loaded) names.push_back(child.relation);
  std::vector<std::string> suggestions = nearest(relation, names);
  std::string message = "relation " + quoteForMessage(relation) + " was not loaded with this row";
  if (!suggestions.empty()) {
    message += didYouMean(suggestions);
  } else if (names.empty()) {
    message += "; no relation was";
  } else {
    message += "; loaded were";
    for (std::size_t i = 0; i < names.size(); ++i) {
      message += (i == 0 ? " " : ", ") + quoteForMessage(names[i]);
    }
  }
  throw SchemaError(message, std::move(suggestions));
}

}  // namespace

RelatedRows RowView::related(std::string_view relation) const {
  const ResultBlock::Child* child = block_ == nullptr ? nullptr : block_->child(relation);
  if (child == nullptr) failRelation(relation, relations());
  return {*child->block, child->firsts[index_], child->firsts[index_ + 1]};
}

nlohmann::ordered_json RowView::toJson(const JsonOptions& options) const {
  auto result = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < size(); ++i) {
    // A name that is not UTF-8 is replaced as in the written form, or the document could not be
    // dumped.
    auto name = nlohmann::ordered_json::parse(columns_->jsonName(i)).get<std::string>();
    result[std::move(name)] = json::toDom<nlohmann::ordered_json>(cells_[i], columns_, options);
  }
  for (const ResultBlock::Child& child : relations()) {
    result[child.relation] = relationToDom(child, index_, options);
  }
  return result;
}

void RowView::writeJson(std::string& out, const JsonOptions& options) const {
  StringOut buffer(out);
  json::appendRow(buffer, *this, options);
  buffer.commit();
}

RelatedRows Row::related(std::string_view relation) const& { return view().related(relation); }

nlohmann::ordered_json Row::toJson(const JsonOptions& options) const {
  return view().toJson(options);
}

}  // namespace sonde
