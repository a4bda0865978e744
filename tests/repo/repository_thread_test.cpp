// Repositories used from many threads while the schema changes.
#include "repo_fixture.hpp"

#include <atomic>
#include <thread>

namespace sonde {
namespace {

class Threads : public RepositoryTest {
 protected:
  Threads() {
    useFile();
    run(std::string(kUsers) + kPeople);
  }
};

TEST_F(Threads, ShareOneRepositoryAndItsFinders) {
  const Repository users = db.getRepository("users");
  const Finder byName = users.finder("findOneByName");
  std::atomic<int> wrong{0};
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&, n] {
      for (int i = 0; i < 300; ++i) {
        const int id = 1 + (i + n) % 3;
        const auto row = users.findById(id);
        if (!row || (*row)["id"].as<int>() != id) ++wrong;
        if (!byName("Ada").row()) ++wrong;
        if (users.call("countByAgeGreaterThan", i % 10).count() < 3) ++wrong;
        if (users.findManyBy({{"id", in({1, 2})}}).size() != 2) ++wrong;
        if (n == 0) users.insert({{"name", "worker"}, {"age", 99}});
      }
    });
  }
  std::thread changer([&] {
    for (int i = 0; i < 20 && !stop; ++i) {
      db.executeScript("CREATE TABLE extra" + std::to_string(i) + " (a)");
      db.refreshSchema();
    }
  });
  for (std::thread& thread : threads) thread.join();
  stop = true;
  changer.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(users.count({{"name", "worker"}}), 300U);
}

TEST_F(Threads, MayEachHaveTheirOwnRepository) {
  std::atomic<int> found{0};
  std::vector<std::thread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        if (db.getRepository("users").findOneBy("name", "Ada")) ++found;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found, 400);
}

}  // namespace
}  // namespace sonde
