#include "advice_printer.hpp"

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>

namespace sonde::cli {
namespace {

using nlohmann::json;

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value < 100 ? "%.3g" : "%.0f", value);
  return text.data();
}

std::string counted(double count, const std::string& one) {
  return number(count) + " " + one + (count == 1 ? "" : "s");
}

std::string sizeText(std::uint64_t bytes) {
  constexpr double kKilo = 1024;
  const auto size = static_cast<double>(bytes);
  if (size < kKilo * kKilo) return number(size / kKilo) + " KiB";
  return number(size / kKilo / kKilo) + " MiB";
}

void appendPlan(std::string& out, const char* when, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    if (!line.empty()) out += std::string("       ") + when + line + '\n';
    when = "          ";
  }
}

void appendRecommendation(std::string& out, const IndexRecommendation& made,
                          const Terminal& terminal) {
  out += terminal.bold(made.createSql) + ";\n   " + made.reason + "\n   ";
  if (made.proved) {
    out += "saves " + number(made.gain * 100) + " % of what " +
           counted(static_cast<double>(made.statements.size()), "statement") + " cost";
  } else {
    out += "unproved: " + made.proof;
  }
  if (made.bytes) out += "; takes about " + sizeText(*made.bytes);
  if (made.writes > 0) out += "; kept by " + counted(made.writes, "write");
  out += '\n';
  for (const std::string& name : made.replaces) {
    out += "   leaves nothing to do for the index " + name + '\n';
  }
  for (const HelpedStatement& statement : made.statements) {
    out += "   - " + statement.sql + "\n     " + counted(statement.calls, "call");
    if (made.proved) {
      out += ", cost " + number(statement.costBefore) + " -> " + number(statement.costAfter);
    }
    out += '\n';
    appendPlan(out, "before:   ", statement.before);
    appendPlan(out, "after:    ", statement.after);
  }
  out += terminal.dim("   undo: " + made.dropSql + ";") + '\n';
}

std::string_view findingTitle(IndexFindingKind kind) {
  switch (kind) {
    case IndexFindingKind::Duplicate:
      return "a duplicate";
    case IndexFindingKind::Redundant:
      return "redundant";
    case IndexFindingKind::Invalid:
      return "invalid";
    case IndexFindingKind::Unused:
      return "unused";
    case IndexFindingKind::MissingForeignKey:
      return "missing";
  }
  return {};
}

json statementJson(const HelpedStatement& statement) {
  return {{"sql", statement.sql},
          {"calls", statement.calls},
          {"costBefore", statement.costBefore},
          {"costAfter", statement.costAfter},
          {"planBefore", statement.before},
          {"planAfter", statement.after}};
}

json recommendationJson(const IndexRecommendation& made) {
  json statements = json::array();
  for (const HelpedStatement& statement : made.statements) {
    statements.push_back(statementJson(statement));
  }
  json keys = json::array();
  for (const IndexPart& part : made.index.parts) {
    json key =
        part.column.empty() ? json{{"expression", part.expression}} : json{{"column", part.column}};
    key["descending"] = part.descending;
    key["collation"] = part.collation ? json(*part.collation) : json();
    key["opclass"] = part.opclass ? json(*part.opclass) : json();
    keys.push_back(std::move(key));
  }
  return {{"schema", made.schema},
          {"table", made.table},
          {"name", made.index.name},
          {"parts", keys},
          {"include", made.index.include},
          {"where", made.index.where ? json(*made.index.where) : json()},
          {"create", made.createSql},
          {"drop", made.dropSql},
          {"gain", made.gain},
          {"bytes", made.bytes ? json(*made.bytes) : json()},
          {"writes", made.writes},
          {"proved", made.proved},
          {"proof", made.proof},
          {"reason", made.reason},
          {"replaces", made.replaces},
          {"statements", statements}};
}

json findingJson(const IndexFinding& finding) {
  return {{"kind", indexFindingName(finding.kind)},
          {"schema", finding.schema},
          {"table", finding.table},
          {"index", finding.index},
          {"keeper", finding.keeper.empty() ? json() : json(finding.keeper)},
          {"reason", finding.reason},
          {"fix", finding.fixSql},
          {"undo", finding.undoSql}};
}

// Statements of files may hold anything; what is not UTF-8 is shown as such.
std::string dumped(const json& value) {
  return value.dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string adviceText(const IndexAdvice& advice, const Terminal& terminal) {
  std::string out;
  if (advice.statements > 0) {
    out += counted(static_cast<double>(advice.statements), "statement") + " looked at";
    if (advice.skipped > 0) {
      out += ", " + std::to_string(advice.skipped) + " of them refused by the planner";
    }
    if (!advice.method.empty()) out += "; proof: " + advice.method;
    out += "\n";
  }
  for (const std::string& note : advice.notes) out += terminal.dim("note: " + note) + '\n';
  for (const IndexRecommendation& made : advice.recommendations) {
    out += '\n';
    appendRecommendation(out, made, terminal);
  }
  for (const IndexFinding& finding : advice.findings) {
    out += "\n" + terminal.bold(finding.table + "." + finding.index) + " is " +
           std::string(findingTitle(finding.kind)) + ": " + finding.reason + "\n   " +
           finding.fixSql + ";\n" + terminal.dim("   undo: " + finding.undoSql + ";") + '\n';
  }
  if (advice.recommendations.empty() && advice.findings.empty()) out += "Nothing to do.\n";
  return out;
}

std::string adviceJson(const IndexAdvice& advice) {
  json recommendations = json::array();
  for (const auto& made : advice.recommendations)
    recommendations.push_back(recommendationJson(made));
  json findings = json::array();
  for (const auto& finding : advice.findings) findings.push_back(findingJson(finding));
  return dumped({{"sonde", 1},
                 {"statements", advice.statements},
                 {"skipped", advice.skipped},
                 {"method", advice.method.empty() ? json() : json(advice.method)},
                 {"notes", advice.notes},
                 {"recommendations", recommendations},
                 {"findings", findings}});
}

std::string appliedText(const std::vector<AppliedIndex>& made) {
  if (made.empty()) return "Nothing to do.\n";
  std::string out;
  for (const AppliedIndex& index : made) {
    out +=
        index.made
            ? "made " + index.name + " on " + index.table + "\n   undo: " + index.undoSql + ";\n"
            : "could not make " + index.name + " on " + index.table + ": " + index.problem + '\n';
  }
  return out;
}

std::string appliedJson(const std::vector<AppliedIndex>& made) {
  json out = json::array();
  for (const AppliedIndex& index : made) {
    out.push_back({{"name", index.name},
                   {"table", index.table},
                   {"made", index.made},
                   {"problem", index.problem.empty() ? json() : json(index.problem)},
                   {"undo", index.undoSql}});
  }
  return dumped({{"sonde", 1}, {"applied", out}});
}

}  // namespace sonde::cli
