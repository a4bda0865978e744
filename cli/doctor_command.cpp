#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "../core/error.hpp"
#include "../core/text.hpp"
#include "../introspect/text_grid.hpp"
#include "command.hpp"
#include "doctor_sections.hpp"
#include "open.hpp"

namespace sonde::cli {
namespace {

constexpr std::size_t kPageWidth = 100;

struct DoctorArguments {
  bool deep = false;
  std::string format = "text";
};

// What was found, section by section.
struct Examination {
  std::string uri;
  std::vector<std::pair<std::string_view, DoctorReport>> sections;

  template <class Count>
  [[nodiscard]] std::size_t sum(Count count) const {
    std::size_t total = 0;
    for (const auto& [name, report] : sections) total += count(report);
    return total;
  }
  [[nodiscard]] std::size_t problems() const {
    return sum([](const DoctorReport& report) { return report.findings.size(); });
  }
};

// A database that cannot even be opened is what a doctor is called for.
DoctorReport unopened(const Error& error) {
  DoctorReport report;
  report.looked = 1;
  report.findings.push_back({HealthStatus::Fail,
                             "connectivity",
                             withoutPasswords(error.what()),
                             withoutPasswords(error.hint()),
                             {},
                             {}});
  return report;
}

Examination examine(const DatabaseArguments& database, bool deep, const Output& output) {
  Examination examination;
  examination.uri = withoutPasswords(database.uri);
  std::optional<Database> db;
  try {
    db = openForReading(database);
  } catch (const ConfigError&) {
    throw;
  } catch (const Error& error) {
    examination.sections.emplace_back("health", unopened(error));
    return examination;
  }
  ProgressBar progress(output.err, output.terminal);
  for (const DoctorSection& section : doctorSections()) {
    examination.sections.emplace_back(section.name, section.look({*db, deep, progress}));
  }
  return examination;
}

void printField(std::string& page, std::string_view name, std::string_view text,
                std::size_t width) {
  if (text.empty()) return;
  std::string line(name);
  line.resize(7, ' ');
  appendWrapped(page, line + printable(text), 2, width);
}

std::string pageOf(const Examination& examination, const Terminal& terminal) {
  const std::size_t width = terminal.width == 0 ? kPageWidth : terminal.width;
  std::string page;
  for (const auto& [section, report] : examination.sections) {
    for (const DoctorFinding& finding : report.findings) {
      const bool fails = finding.severity == HealthStatus::Fail;
      page += "\n[" + (fails ? terminal.red("fail") : std::string("warn")) + "] " +
              terminal.bold(printable(finding.name)) + " (" + std::string(section) + ")\n";
      printField(page, "found", finding.evidence, width);
      printField(page, "advice", finding.advice, width);
      printField(page, "run", finding.statement, width);
      printField(page, "undo", finding.undo, width);
    }
  }
  for (const auto& [section, report] : examination.sections) {
    for (const DoctorGap& gap : report.gaps) {
      if (page.empty()) continue;  // a healthy database takes one line
      page += "\n[unknown] " + printable(gap.name) + " (" + std::string(section) + ")\n";
      printField(page, "why", gap.reason, width);
    }
  }
  return page;
}

void printText(const Examination& examination, const Output& output) {
  const std::size_t problems = examination.problems();
  const std::size_t looked = examination.sum([](const DoctorReport& r) { return r.looked; });
  const std::size_t gaps = examination.sum([](const DoctorReport& r) { return r.gaps.size(); });
  output.out << printable(examination.uri) << ": ";
  if (problems == 0) {
    output.out << "healthy, " << text::counted(looked - gaps, "check", "checks") << " passed";
  } else {
    output.out << text::counted(problems, "problem", "problems") << " found by "
               << text::counted(looked, "check", "checks");
  }
  if (gaps != 0) output.out << ", " << gaps << " not known";
  output.out << '\n' << pageOf(examination, output.terminal);
}

nlohmann::ordered_json jsonOf(const Examination& examination) {
  using Json = nlohmann::ordered_json;
  Json document;
  document["uri"] = examination.uri;
  document["healthy"] = examination.problems() == 0;
  document["sections"] = Json::array();
  for (const auto& [name, report] : examination.sections) {
    Json findings = Json::array();
    for (const DoctorFinding& finding : report.findings) {
      findings.push_back({{"severity", healthStatusName(finding.severity)},
                          {"name", finding.name},
                          {"evidence", finding.evidence},
                          {"advice", finding.advice},
                          {"statement", finding.statement},
                          {"undo", finding.undo}});
    }
    Json unknown = Json::array();
    for (const DoctorGap& gap : report.gaps) {
      unknown.push_back({{"name", gap.name}, {"reason", gap.reason}});
    }
    document["sections"].push_back({{"name", name},
                                    {"looked", report.looked},
                                    {"findings", std::move(findings)},
                                    {"unknown", std::move(unknown)}});
  }
  return document;
}

void runDoctor(const DatabaseArguments& database, const DoctorArguments& arguments,
               const Output& output) {
  const Examination examination = examine(database, arguments.deep, output);
  if (arguments.format == "json") {
    using Handler = nlohmann::ordered_json::error_handler_t;
    output.out << jsonOf(examination).dump(2, ' ', false, Handler::replace) << '\n';
  } else {
    printText(examination, output);
  }
  if (examination.problems() != 0) throw CLI::RuntimeError(1);
}

}  // namespace

void addDoctorCommand(CLI::App& app, const Output& output) {
  CLI::App* command = app.add_subcommand(
      "doctor", "Say what is wrong with a database, and what to do; 1 as exit code if anything is");
  auto arguments = std::make_shared<DoctorArguments>();
  const auto database = addDatabaseArguments(*command);
  command->add_flag("--deep", arguments->deep,
                    "Read the whole database as well: damaged pages, broken foreign keys");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->type_name("FORMAT");
  command->callback([database, arguments, &output] { runDoctor(*database, *arguments, output); });
}

}  // namespace sonde::cli
