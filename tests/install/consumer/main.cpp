// A program of somebody else: opens the database named on the command line, adds a row and asks.
#include <sonde/sonde.hpp>

#include <exception>
#include <iostream>
#include <string>

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::cerr << "usage: consumer DATABASE\n";
    return 2;
  }
  if (sonde::version() != SONDE_VERSION) {
    std::cerr << "headers " << SONDE_VERSION << ", library " << sonde::version() << '\n';
    return 1;
  }

  auto db = sonde::Database::open(std::string("sqlite:") + argv[1]);
  auto users = db.getRepository("users");
  users.create({{"name", "Lin"}, {"email", "lin@example.org"}});
  std::cout << "users: " << users.count() << '\n';
  for (const auto& user : users.findManyBy("email", "ada@example.org")) {
    std::cout << user["name"].text() << '\n';
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
