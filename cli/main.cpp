// The `sonde` command.
#include <iostream>
#include <string>
#include <vector>

#include "app.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const int code =
      sonde::cli::run(arguments, std::cout, std::cerr, sonde::cli::Terminal::ofStandardOutput());
  // A full disk or a closed pipe must not look like success.
  std::cout.flush();
  return std::cout.good() ? code : sonde::cli::kFailure;
}
