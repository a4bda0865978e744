#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "../introspect/schema_diagram.hpp"
#include "../introspect/schema_json.hpp"
#include "../introspect/schema_text.hpp"
#include "command.hpp"
#include "open.hpp"

namespace sonde::cli {
namespace {

struct SchemaArguments {
  std::vector<std::string> tables;
  std::string format = "text";
};

std::string schemaSql(const Database& db, const Schema& schema,
                      const std::vector<std::string>& names) {
  const SqlCompiler& compiler = db.executor()->compiler();
  if (names.empty()) return compiler.createSchema(schema);
  std::string sql;
  for (const std::string& name : names) sql += compiler.createTable(schema.table(name));
  return sql;
}

std::string schemaIn(const SchemaArguments& arguments, const Database& db,
                     const Terminal& terminal) {
  const std::shared_ptr<const Schema> schema = db.schema();
  if (arguments.format == "json") return schemaJsonText(*schema, arguments.tables) + "\n";
  if (arguments.format == "sql") return schemaSql(db, *schema, arguments.tables);
  if (arguments.format == "mermaid") return mermaidDiagram(*schema, {.tables = arguments.tables});
  if (arguments.format == "dot") return graphvizDiagram(*schema, {.tables = arguments.tables});
  SchemaTextOptions options{.tables = arguments.tables};
  if (terminal.width != 0) options.width = terminal.width;
  return schemaText(*schema, options);
}

void printSchema(const DatabaseArguments& database, const SchemaArguments& arguments,
                 const Output& output) {
  output.out << schemaIn(arguments, openForReading(database), output.terminal);
}

}  // namespace

void addSchemaCommand(CLI::App& app, const Output& output) {
  CLI::App* command = app.add_subcommand("schema", "Show the schema of a database");
  auto arguments = std::make_shared<SchemaArguments>();
  const auto database = addDatabaseArguments(*command);
  command->add_option("--table", arguments->tables, "Only this table; may be given again")
      ->type_name("TABLE");
  command->add_option("--format", arguments->format, "text, json, mermaid, dot or sql")
      ->check(CLI::IsMember({"text", "json", "mermaid", "dot", "sql"}).description(""))
      ->type_name("FORMAT");
  command->callback([database, arguments, &output] { printSchema(*database, *arguments, output); });
}

}  // namespace sonde::cli
