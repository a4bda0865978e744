#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "../core/error.hpp"
#include "../core/text.hpp"
#include "../repo/finder_name.hpp"
#include "argument.hpp"
#include "command.hpp"
#include "open.hpp"
#include "row_options.hpp"

namespace sonde::cli {
namespace {

struct FindArguments {
  std::string table;
  std::string finder;
  std::vector<std::string> words;
  std::optional<std::uint64_t> limit;
};

// `findManyBy…` with a limit is `findFirst5ManyBy…`: the database then stops after five.
std::string limited(const std::string& finder, const repo::FinderSpec& spec, std::uint64_t limit) {
  if (spec.shape != repo::FinderShape::Rows) return finder;
  if (spec.limit && *spec.limit <= limit) return finder;
  for (const repo::FinderVerbWord& verb : repo::finderVerbs()) {
    if (finder.size() < verb.spelling.size() ||
        !text::equalsIgnoreCase(finder.substr(0, verb.spelling.size()), verb.spelling)) {
      continue;
    }
    std::string out = finder;
    return out.insert(verb.spelling.size(), "First" + std::to_string(limit));
  }
  return finder;
}

// Each word as a value of the type of the column it is compared with.
std::vector<Value> argumentsOf(const repo::FinderSpec& spec, const Table& table,
                               const std::vector<std::string>& words) {
  std::vector<Value> values(words.begin(), words.end());
  for (const auto& tests : spec.anyOf) {
    for (const repo::FinderTest& test : tests) {
      const repo::FinderOpInfo info = repo::finderOpInfo(test.op);
      const Type type = info.argument == repo::FinderArgument::Text
                            ? Type::Text
                            : table.columns[test.column].type;
      for (std::uint32_t i = 0; i < info.arguments; ++i) {
        const std::size_t at = test.argument + i;
        if (at >= words.size()) continue;  // the finder says what is missing
        values[at] = info.argument == repo::FinderArgument::List
                         ? Value::array(listFor(type, words[at]))
                         : valueFor(type, words[at]);
      }
    }
  }
  return values;
}

void printResult(const FinderResult& result, repo::FinderShape shape, const RowOptions& options,
                 const Output& output) {
  const auto printer = makeRowPrinter(options.format, options.json, output.terminal, output.out);
  switch (shape) {
    case repo::FinderShape::Count:
      output.out << result.count() << '\n';
      return;
    case repo::FinderShape::Exists:
      output.out << (result.exists() ? "true\n" : "false\n");
      return;
    case repo::FinderShape::Row:
    case repo::FinderShape::OnlyRow:
      if (result.row()) printer->row(*result.row());
      printer->end(nullptr);
      return;
    default:
      for (const RowView row : result.rows()) printer->row(row);
      printer->end(&result.rows().columns());
  }
}

void runFinder(const DatabaseArguments& database, const FindArguments& arguments,
               const RowOptions& options, const Output& output) {
  const Database db = openForReading(database);
  const Repository repository = db.getRepository(arguments.table);
  const std::shared_ptr<const Table> table = repository.table();
  const repo::FinderSpec spec = repo::parseFinder(arguments.finder, *table);
  if (spec.shape == repo::FinderShape::Affected) {
    ErrorDetails details;
    details.hint = "sonde query --write runs a DELETE";
    throw AuthorizationError("'sonde find' only reads", std::move(details));
  }
  const std::vector<Value> values = argumentsOf(spec, *table, arguments.words);
  const std::vector<Arg> args(values.begin(), values.end());
  const std::string finder =
      arguments.limit ? limited(arguments.finder, spec, *arguments.limit) : arguments.finder;
  printResult(repository.callWith(finder, args), spec.shape, options, output);
}

}  // namespace

void addFindCommand(CLI::App& app, const Output& output) {
  CLI::App* command = app.add_subcommand("find", "Run a finder by its name on a table");
  auto arguments = std::make_shared<FindArguments>();
  const auto database = addDatabaseArguments(*command);
  command->add_option("TABLE", arguments->table, "A table or view")->required();
  command
      ->add_option("FINDER", arguments->finder,
                   "Such as findManyByNameContainingOrderByAgeDesc, or findAll")
      ->required();
  command->add_option("ARG", arguments->words, "One for each that the finder asks for");
  command->add_option("--limit", arguments->limit, "At most this many rows")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  const auto options = addRowOptions(*command);
  command->callback([database, arguments, options, &output] {
    runFinder(*database, *arguments, *options, output);
  });
}

}  // namespace sonde::cli
