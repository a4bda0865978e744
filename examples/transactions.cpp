// Transactions: all or nothing, savepoints inside, and who hears of what.   transactions DATABASE
#include <sonde/sonde.hpp>

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

namespace {

// An order with its lines; an exception undoes all of it.
sonde::Value placeOrder(sonde::Transaction& tx, int customer, int book, int quantity) {
  auto order = tx.getRepository("orders").insert(
      {{"customer_id", customer}, {"ordered_at", "2026-01-01 12:00:00"}});
  const auto price = tx.getRepository("books").getById(book)["price"];
  tx.getRepository("order_lines")
      .insert({{"order_id", order},
               {"line", 1},
               {"book_id", book},
               {"quantity", quantity},
               {"price", price}});
  return order;
}

void commitAndRollBack(sonde::Database& db) {
  const auto orders = db.getRepository("orders");
  const auto before = orders.count();

  const auto order = db.transaction([](sonde::Transaction& tx) { return placeOrder(tx, 1, 7, 2); });
  std::cout << "committed: " << orders.count() - before << " more order\n";

  try {
    db.transaction([](sonde::Transaction& tx) { (void)placeOrder(tx, 1, 7, -5); });
  } catch (const sonde::ConstraintError& error) {
    std::cout << "undone: " << error.what() << "; still " << orders.count() - before
              << " more order\n";
  }
  orders.deleteById(order);
}

void nest(sonde::Database& db) {
  db.transaction([](sonde::Transaction& tx) {
    const auto stock = tx.getRepository("stock");
    stock.update(1, {{"quantity", 10}});
    try {
      tx.transaction([](sonde::Transaction& inner) {
        inner.getRepository("stock").update(1, {{"quantity", 99}});
        throw sonde::ValidationError("changed our mind");
      });
    } catch (const sonde::ValidationError&) {
      // Only the inner part is undone.
    }
    std::cout << "inside: " << stock.getById(1)["quantity"].as<int>() << " in stock\n";
  });
}

void listen(sonde::Database& db) {
  const auto subscription = db.afterCommit([](const sonde::ChangeSet& changes) {
    for (const sonde::Change& change : changes) {
      std::cout << "told after commit: " << change.table << ' ' << change.key.toJson().dump()
                << '\n';
    }
  });
  db.transaction([](sonde::Transaction& tx) {
    tx.getRepository("books").update(3, {{"price", sonde::Value::decimal("12.50")}});
  });
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::cerr << "usage: transactions DATABASE\n";
    return 2;
  }
  auto db = sonde::Database::open("sqlite:" + std::string(argv[1]));
  commitAndRollBack(db);
  nest(db);
  listen(db);
  return 0;
} catch (const sonde::Error& error) {
  std::cerr << "transactions: " << error.what() << '\n';
  return 1;
}
