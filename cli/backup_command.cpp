#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "../core/text.hpp"
#include "command.hpp"
#include "open.hpp"
#include "progress_bar.hpp"

namespace sonde::cli {
namespace {

struct BackupArguments {
  std::string file;
  std::string format = "text";
  bool vacuum = false;
  bool fullCheck = false;
  bool force = false;
};

void printReport(const BackupReport& report, std::ostream& out) {
  out << report.path << '\n'
      << "  " << text::counted(report.bytes, "byte", "bytes") << ", "
      << text::counted(report.pages, "page", "pages") << " copied in " << report.duration.count()
      << " ms" << (report.vacuumed ? ", then vacuumed" : "") << '\n'
      << "  checked: " << (report.fullCheck ? "full" : "quick") << " integrity check, "
      << text::counted(report.tables.size(), "table", "tables") << " with "
      << text::counted(report.rows(), "row", "rows") << " as in the source, schema "
      << report.fingerprint << '\n';
}

void backUp(const DatabaseArguments& database, const BackupArguments& arguments,
            const Output& output) {
  const Database db = openForReading(database);
  ProgressBar bar(output.err, output.terminal);
  BackupOptions options;
  options.vacuum = arguments.vacuum;
  options.fullCheck = arguments.fullCheck;
  options.overwrite = arguments.force;
  options.progress = [&bar](const BackupProgress& progress) {
    bar.show(backupStageName(progress.stage), progress.done, progress.total);
  };
  const BackupReport report = db.backup(arguments.file, options);
  bar.clear();
  if (arguments.format == "json") {
    output.out << report.toJson().dump(2) << '\n';
  } else {
    printReport(report, output.out);
  }
}

}  // namespace

void addBackupCommand(CLI::App& app, const Output& output) {
  CLI::App* command = app.add_subcommand("backup", "Copy a database into a file and verify it");
  auto arguments = std::make_shared<BackupArguments>();
  const auto database = addDatabaseArguments(*command);
  command->add_option("FILE", arguments->file, "The file to make")->required();
  command->add_flag("--vacuum", arguments->vacuum, "Write the copy anew, without free pages");
  command->add_flag("--full-check", arguments->fullCheck,
                    "Compare indexes with their tables too, which takes longer");
  command->add_flag("--force", arguments->force, "Replace the file where there is one");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->type_name("FORMAT");
  command->callback([database, arguments, &output] { backUp(*database, *arguments, output); });
}

}  // namespace sonde::cli
