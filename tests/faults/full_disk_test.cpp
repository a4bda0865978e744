// What a program meets when the disk of its server is full, and after space was freed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/db/database.hpp>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "../servers/private_server.hpp"
#include "../servers/raw_session.hpp"
#include "../servers/small_disk.hpp"

namespace sonde {
namespace {

using test::PrivateMariaDb;
using test::PrivatePostgres;
using test::PrivateServer;
using test::ServerKind;
using test::SmallDisk;
using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr std::size_t kMegabyte = 1 << 20;

/// What the engine's refusal says, or that there was none.
std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const QueryError& error) {
    EXPECT_EQ(error.sqlState(), "53100");
    EXPECT_THAT(error.hint(), HasSubstr("free space"));
    return error.what();
  }
  return "no QueryError";
}

/// A text that a server cannot make smaller.
std::string incompressible(std::size_t length) {
  std::minstd_rand random(1);
  std::string text(length, ' ');
  for (char& c : text) c = static_cast<char>('!' + random() % 90);
  return text;
}

auto saysFull() { return AnyOf(HasSubstr("No space left"), HasSubstr("no space is left")); }

/// A server with one table, `pages`, on a disk of 4 MB.
class FullDisk : public testing::TestWithParam<ServerKind> {
 protected:
  void SetUp() override {
    SONDE_NEEDS_PRIVATE_SERVER(GetParam());
    if (const std::string why = SmallDisk::whyNot(); !why.empty()) GTEST_SKIP() << why;
    disk_ = std::make_unique<SmallDisk>(GetParam(), 4 * kMegabyte);
    std::string place;
    if (GetParam() == ServerKind::Postgres) {
      server_ = std::make_unique<PrivatePostgres>();
      run("CREATE TABLESPACE small LOCATION '" + disk_->path() + "'");
      place = "TABLESPACE small";
    } else {
      server_ = std::make_unique<PrivateMariaDb>();
      place = "DATA DIRECTORY = '" + disk_->path() + "'";
    }
    run("CREATE DATABASE shop");
    openRaw(server_->server(), "shop")
        ->run("CREATE TABLE pages (id INTEGER PRIMARY KEY, text VARCHAR(8000) NOT NULL) " + place);
  }

  void run(const std::string& sql) const {
    openRaw(server_->server(), server_->server().adminDatabase())->run(sql);
  }
  [[nodiscard]] std::string stored() const {
    return openRaw(server_->server(), "shop")->value("SELECT count(*) FROM pages");
  }
  [[nodiscard]] Database open() const {
    Config config;
    config.uri = server_->server().tcpUri("shop");
    config.pool.size = 1;  // so that what comes after a failure is asked on the same connection
    return Database::open(config);
  }
  /// Inserts pages until the disk is full. @return How many were acknowledged.
  [[nodiscard]] int fill(const Repository& pages) const {
    int acknowledged = 0;
    const auto insertAll = [&] {
      for (; acknowledged < 10'000; ++acknowledged) {
        pages.insert({{"id", acknowledged}, {"text", page_}});
      }
    };
    EXPECT_THAT(refusal(insertAll), saysFull());
    return acknowledged;
  }
  [[nodiscard]] std::vector<Record> manyPages() const {
    std::vector<Record> many;
    for (int id = 50'000; id < 50'500; ++id) many.push_back({{"id", id}, {"text", page_}});
    return many;
  }

  const std::string page_ = incompressible(8000);
  std::unique_ptr<SmallDisk> disk_;  // outlives the server
  std::unique_ptr<PrivateServer> server_;
};

INSTANTIATE_TEST_SUITE_P(Engines, FullDisk,
                         testing::Values(ServerKind::Postgres, ServerKind::MySql),
                         [](const auto& kind) {
                           return kind.param == ServerKind::Postgres ? "Postgres" : "MariaDb";
                         });

TEST_P(FullDisk, IsToldAndTheConnectionGoesOn) {
  const Database db = open();
  const Repository pages = db.getRepository("pages");
  const int acknowledged = fill(pages);
  ASSERT_GT(acknowledged, 10);
  EXPECT_EQ(pages.count(), static_cast<std::uint64_t>(acknowledged));
  EXPECT_TRUE(pages.findById(0).value()["text"].text() == page_);

  disk_->resize(64 * kMegabyte);
  pages.insert({{"id", acknowledged}, {"text", page_}});
  EXPECT_EQ(pages.count(), static_cast<std::uint64_t>(acknowledged) + 1);
  EXPECT_EQ(db.poolStats().opened, 1U);
  EXPECT_EQ(db.poolStats().discarded, 0U);
}

TEST_P(FullDisk, StoresManyRowsWhollyOrNotAtAll) {
  const Database db = open();
  const Repository pages = db.getRepository("pages");
  const int acknowledged = fill(pages);
  const std::vector<Record> many = manyPages();
  const auto bulk = [&] { pages.insertMany(many); };
  EXPECT_THAT(refusal(bulk), saysFull());
  EXPECT_EQ(stored(), std::to_string(acknowledged));
  disk_->resize(64 * kMegabyte);
  bulk();
  EXPECT_EQ(stored(), std::to_string(acknowledged + 500));
}

TEST_P(FullDisk, UndoesTheTransactionAndNothingElse) {
  const Database db = open();
  const Repository pages = db.getRepository("pages");
  const int acknowledged = fill(pages);
  const auto transaction = [&] {
    db.transaction([&](Transaction& tx) {
      // Not an update that makes a row shorter: undoing one takes space, without which InnoDB ends
      // the server.
      tx.getRepository("pages").insert({{"id", 40'000}, {"text", "short"}});
      tx.getRepository("pages").insertMany(manyPages());
    });
  };
  EXPECT_THAT(refusal(transaction), saysFull());
  EXPECT_EQ(pages.count(), static_cast<std::uint64_t>(acknowledged));
  disk_->resize(64 * kMegabyte);
  transaction();
  EXPECT_EQ(stored(), std::to_string(acknowledged + 501));
}

TEST_P(FullDisk, LosesNothingAcknowledgedWhenTheServerDiesOfIt) {
  int acknowledged = 0;
  {
    const Database db = open();
    acknowledged = fill(db.getRepository("pages"));
    server_->kill();
  }
  disk_->resize(64 * kMegabyte);
  server_->start();
  EXPECT_EQ(stored(), std::to_string(acknowledged));
  const Database db = open();
  db.getRepository("pages").insertMany(manyPages());
  EXPECT_EQ(stored(), std::to_string(acknowledged + 500));
}

}  // namespace
}  // namespace sonde
