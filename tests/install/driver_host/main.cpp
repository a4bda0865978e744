// A program of somebody else that loads drivers: loads the one named on the command line, asks the
// folder of books behind it, and catches an error that the driver throws.
#include <sonde/dialects/load_driver.hpp>
#include <sonde/sonde.hpp>

#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: driver_host DRIVER URI\n";
    return 2;
  }
  const sonde::LoadedDriver driver = sonde::loadDriver(argv[1]);
  std::cout << "driver: " << driver.path << ", sonde " << driver.sondeVersion << '\n';

  auto db = sonde::Database::open(std::string(argv[2]));
  const auto books = db.getRepository("books");
  std::cout << "books: " << books.count() << '\n';
  for (const auto& book : books.call("findManyByYearLessThanOrderByYear", 1970)) {
    std::cout << book["title"].text() << '\n';
  }
  try {
    books.deleteById(1);
  } catch (const sonde::QueryError& error) {
    std::cout << "refused: " << error.what() << '\n';
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
