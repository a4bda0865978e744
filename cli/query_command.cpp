#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "../core/error.hpp"
#include "argument.hpp"
#include "command.hpp"
#include "open.hpp"
#include "row_options.hpp"

namespace sonde::cli {
namespace {

struct QueryArguments {
  std::string sql;
  std::vector<std::string> words;
  bool write = false;
};

// A statement that only reads is streamed, so that its result may be of any size.
void printRead(const Database& db, const std::string& sql, Args args, RowPrinter& printer) {
  bool any = false;
  db.stream(sql, args, [&](RowView row) {
    any = true;
    printer.row(row);
    return true;
  });
  if (any) {
    printer.end(nullptr);
  } else {
    printer.end(&db.sql(sql, args).columns());  // only to learn the header
  }
}

void printWrite(const Database& db, const std::string& sql, Args args, bool returnsRows,
                const RowOptions& options, const Output& output, RowPrinter& printer) {
  if (returnsRows) {
    const ResultSet rows = db.sql(sql, args);
    for (const RowView row : rows) printer.row(row);
    printer.end(&rows.columns());
    return;
  }
  const std::uint64_t affected = db.execute(sql, args).affected;
  if (options.format == Format::Json) {
    output.out << "{\"affected\":" << affected << "}\n";
  } else {
    output.out << affected << (affected == 1 ? " row changed\n" : " rows changed\n");
  }
}

void runQuery(const DatabaseArguments& database, const QueryArguments& arguments,
              const RowOptions& options, const Output& output) {
  std::vector<Value> values;
  values.reserve(arguments.words.size());
  for (const std::string& word : arguments.words) values.push_back(guessValue(word));
  const std::vector<Arg> args(values.begin(), values.end());

  const Database db = arguments.write ? openForWriting(database) : openForReading(database);
  const RawStatementPtr statement = db.executor()->raw(arguments.sql);
  const query::Plan& plan = statement->plan;
  const auto printer = makeRowPrinter(options.format, options.json, output.terminal, output.out);
  if (!plan.write) {
    printRead(db, arguments.sql, args, *printer);
  } else if (arguments.write) {
    printWrite(db, arguments.sql, args, plan.returnsRows, options, output, *printer);
  } else {
    ErrorDetails details;
    details.hint = "add --write to allow it";
    throw AuthorizationError("the statement would change the database", std::move(details));
  }
}

}  // namespace

void addQueryCommand(CLI::App& app, const Output& output) {
  CLI::App* command = app.add_subcommand("query", "Run SQL, read-only unless --write");
  auto arguments = std::make_shared<QueryArguments>();
  const auto database = addDatabaseArguments(*command);
  command->add_option("SQL", arguments->sql, "One statement, with ? for each ARG")->required();
  command->add_option("ARG", arguments->words,
                      "Values: numbers, null, x'00ff', everything else as text (text:42 too)");
  command->add_flag("--write", arguments->write, "Allow the statement to change the database");
  const auto options = addRowOptions(*command);
  command->callback([database, arguments, options, &output] {
    runQuery(*database, *arguments, *options, output);
  });
}

}  // namespace sonde::cli
