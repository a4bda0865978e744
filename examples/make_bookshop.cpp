// Makes the sample database of the other examples: make_bookshop SCRIPT DATABASE
#include <sonde/sonde.hpp>

#include <fstream>
#include <iostream>
#include <sstream>

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: make_bookshop SCRIPT DATABASE\n";
    return 2;
  }
  std::ifstream file(argv[1]);
  if (!file) {
    std::cerr << "cannot read " << argv[1] << '\n';
    return 1;
  }
  std::ostringstream script;
  script << file.rdbuf();

  // A missing file is only made because mode=rwc asks for it.
  auto db = sonde::Database::open("sqlite:" + std::string(argv[2]) + "?mode=rwc");
  db.executeScript(script.str());
  std::cout << "made " << argv[2] << " with " << db.schema()->tables().size() << " tables\n";
  return 0;
} catch (const sonde::Error& error) {
  std::cerr << "make_bookshop: " << error.what() << '\n';
  return 1;
}
