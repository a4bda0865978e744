#include "row_options.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <string>

namespace sonde::cli {

std::shared_ptr<RowOptions> addRowOptions(CLI::App& command) {
  auto options = std::make_shared<RowOptions>();
  const std::map<std::string, Format> formats{
      {"text", Format::Text}, {"json", Format::Json}, {"csv", Format::Csv}};
  command.add_option("--format", options->format, "text (a table), json or csv")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT");
  command.add_flag_callback(
      "--raw", [options] { options->json.form = JsonForm::Storage; },
      "Values as the engine stores them, instead of the form that is the same on every engine");
  return options;
}

}  // namespace sonde::cli
