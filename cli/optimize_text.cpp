#include "optimize_text.hpp"

#include <algorithm>
#include <string_view>

#include "../introspect/text_grid.hpp"

namespace sonde::cli {
namespace {

constexpr std::size_t kUsualWidth = 100;
constexpr std::size_t kLabelWidth = 7;

std::size_t widthOf(const Terminal& terminal) {
  return terminal.width == 0 ? kUsualWidth : terminal.width;
}

/// "  why    text", the text broken between words.
std::string paragraph(std::string_view label, std::string_view content, const Terminal& terminal) {
  std::string line(label);
  line.resize(std::max(kLabelWidth, label.size() + 1), ' ');
  std::string out;
  appendWrapped(out, line + printable(content), 2, widthOf(terminal));
  return out;
}

std::string lines(std::string_view label, const std::vector<std::string>& statements,
                  const Terminal& terminal) {
  constexpr std::size_t kMost = 8;  // the JSON form has them all
  std::string out;
  for (std::size_t i = 0; i < statements.size() && i < kMost; ++i) {
    out += paragraph(i == 0 ? label : "", statements[i], terminal);
  }
  if (statements.size() > kMost) {
    out +=
        paragraph("", "… and " + std::to_string(statements.size() - kMost) + " more: --format json",
                  terminal);
  }
  return out;
}

std::string_view toldAs(AdviceRisk risk) noexcept {
  switch (risk) {
    case AdviceRisk::Safe:
      return "safe: --apply does it";
    case AdviceRisk::Consent:
      return "yours to decide";
    case AdviceRisk::Restart:
      return "takes a restart";
    case AdviceRisk::Configuration:
      return "configuration";
  }
  return {};
}

std::string heading(const Recommendation& advice, const Terminal& terminal) {
  const bool danger = advice.severity == AdviceSeverity::Danger;
  const std::string what =
      printable(advice.subject + ": " + advice.current + " → " + advice.recommended);
  return (danger ? terminal.red("danger ") : std::string()) + terminal.bold(what) + "  " +
         terminal.dim("[" + advice.id + "; " + std::string(toldAs(advice.risk)) + "]") + '\n';
}

std::string inFull(const Recommendation& advice, const Terminal& terminal) {
  std::string out = heading(advice, terminal) + paragraph("why", advice.reason, terminal);
  if (!advice.tradeOff.empty()) out += paragraph("costs", advice.tradeOff, terminal);
  return out + lines("do", advice.apply, terminal) + lines("undo", advice.undo, terminal) + '\n';
}

std::string unhonoured(const TuningPlan& plan, const Terminal& terminal) {
  std::string out;
  for (const SettingReport& report : plan.settings) {
    if (report.honoured()) continue;
    out += terminal.bold(report.name + " is " + report.effective + ", not " + report.requested +
                         " as asked") +
           '\n';
    if (!report.reason.empty()) out += paragraph("why", report.reason, terminal);
  }
  return out.empty() ? out : out + '\n';
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

std::string verdict(const TuningPlan& plan, std::size_t notes) {
  const std::size_t safe = plan.safeCount();
  const std::size_t others = plan.recommendations.size() - notes;
  if (safe != 0) {
    return counted(safe, "recommendation") + " to carry out with --apply" +
           (others > safe ? "; the others are yours to decide.\n" : ".\n");
  }
  if (others != 0) {
    return "Nothing to do with --apply; " + counted(others, "recommendation") +
           (others == 1 ? " is" : " are") + " yours to decide.\n";
  }
  return "Nothing to do.\n";
}

}  // namespace

std::string tuningText(const TuningPlan& plan, const Terminal& terminal) {
  std::string out = unhonoured(plan, terminal);
  std::string notes;
  std::size_t noteCount = 0;
  for (const Recommendation& advice : plan.recommendations) {
    // What --apply does is said in full, however little it matters.
    if (advice.severity == AdviceSeverity::Note && advice.risk != AdviceRisk::Safe) {
      ++noteCount;
      notes += heading(advice, terminal) + paragraph("why", advice.reason, terminal);
      if (!advice.tradeOff.empty()) notes += paragraph("costs", advice.tradeOff, terminal);
    } else {
      out += inFull(advice, terminal);
    }
  }
  if (!notes.empty()) out += "Worth knowing; nothing is wrong:\n\n" + notes + '\n';
  for (const std::string& what : plan.unread) out += paragraph("not read", what, terminal);
  return out + verdict(plan, noteCount);
}

std::string appliedText(const std::vector<AppliedAdvice>& applied, const Terminal& terminal) {
  std::string out;
  for (const AppliedAdvice& each : applied) {
    const Recommendation& advice = each.recommendation;
    const std::string_view became = each.verified        ? "done"
                                    : each.error.empty() ? "did not take effect"
                                                         : "failed";
    out += terminal.bold(std::string(became) + ": " + printable(advice.subject) + ": " +
                         printable(advice.recommended)) +
           "  " + terminal.dim("[" + advice.id + "]") + '\n';
    if (!each.error.empty()) out += paragraph("why", each.error, terminal);
    out += lines("undo", advice.undo, terminal);
  }
  return out;
}

}  // namespace sonde::cli
