// A first look: repositories, finders by name, and rows as JSON.   first_query DATABASE
//
// There is no model class and no generated code: the tables are read from the database when it is
// opened.
#include <sonde/sonde.hpp>

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

namespace {

void findRows(const sonde::Database& db) {
  const auto books = db.getRepository("books");

  // By key. Absence is an empty optional.
  if (const auto book = books.findById(1)) {
    std::cout << "book 1: " << (*book)["title"].text() << ", " << (*book)["price"].as<double>()
              << '\n';
  }

  // By any column, and by conditions on several.
  const auto cheap = books.findManyBy({{"price", sonde::lt(8)}, {"in_print", true}},
                                      {.orderBy = {"-price"}, .limit = 3});
  for (const auto& book : cheap) {
    std::cout << "cheap: " << book["title"].text() << " at " << book["price"].as<std::string>()
              << '\n';
  }

  // By a name that spells the query. It is checked against the schema, here, once.
  const auto byTitle = books.finder("findManyByTitleContainingAndPagesGreaterThanOrderByPagesDesc");
  std::cout << byTitle("Lantern", 600).rows().size() << " thick books about lanterns\n";
  std::cout << books.call("countByInPrintFalse").count() << " books are out of print\n";
}

void writeRows(const sonde::Database& db) {
  const auto customers = db.getRepository("customers");

  // create gives the row as it is stored: the key, defaults and computed columns are filled in.
  const auto ada = customers.upsert(
      {{"email", "ada@example.org"}, {"first_name", "Ada"}, {"last_name", "Byron"}}, {"email"});
  std::cout << "stored: " << ada.toJson().dump() << '\n';

  const auto updated = customers.update(ada["id"], {{"last_name", "Lovelace"}});
  std::cout << "now: " << (*updated)["full_name"].text() << '\n';
  customers.deleteById(ada["id"]);
}

void makeMistakes(const sonde::Database& db) {
  // Names are checked before any SQL runs, and the nearest right one is named.
  try {
    (void)db.getRepository("books").call("findManyByTitelContaining", "Winter");
  } catch (const sonde::SchemaError& error) {
    std::cout << "typo: " << error.what() << '\n';
  }
  try {
    (void)db.getRepository("bocks");
  } catch (const sonde::SchemaError& error) {
    std::cout << "typo: " << error.what() << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::cerr << "usage: first_query DATABASE\n";
    return 2;
  }
  const auto db = sonde::Database::open("sqlite:" + std::string(argv[1]));
  findRows(db);
  writeRows(db);
  makeMistakes(db);
  return 0;
} catch (const sonde::Error& error) {
  std::cerr << "first_query: " << error.what() << '\n';
  return 1;
}
