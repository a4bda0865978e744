// Which replica a read goes to, on servers that only say where they stand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/session/replica_set.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "fake_driver.hpp"

namespace sonde {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

/// A primary and its standbys, by host.
class Group {
 public:
  struct Node {
    bool up = true;
    ReplicationState state;
  };

  void set(const std::string& host, bool up, bool standby, std::uint64_t position) {
    const std::lock_guard lock(mutex_);
    nodes_[host] = {up, {standby, position}};
  }
  [[nodiscard]] Node get(const std::string& host) const {
    const std::lock_guard lock(mutex_);
    return nodes_.at(host);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Node> nodes_;
};

class NodeConnection final : public fake::FakeConnection {
 public:
  NodeConnection(fake::World& world, TransactionMode mode, const Group& group, std::string host)
      : FakeConnection(world, mode), group_(group), host_(std::move(host)) {}
  std::optional<ReplicationState> replicationState() override {
    const Group::Node node = group_.get(host_);
    if (node.up) return node.state;
    breakIt();
    throw ConnectionError("the node is down");
  }
  [[nodiscard]] const std::string& host() const noexcept { return host_; }

 private:
  const Group& group_;
  std::string host_;
};

class GroupDriver final : public fake::FakeDriver {
 public:
  GroupDriver(fake::World& world, const Group& group)
      : FakeDriver(world), world_(world), group_(group) {}
  std::unique_ptr<Connection> connect(const DriverOptions& options,
                                      TransactionMode mode) const override {
    const std::string& host = options.uri.hosts.front().name;
    if (!group_.get(host).up) throw ConnectionError(host + " is down");
    return std::make_unique<NodeConnection>(world_, mode, group_, host);
  }

 private:
  fake::World& world_;
  const Group& group_;
};

Uri nodeUri(const std::string& host) { return Uri::parse("fake://ada:secret@" + host + "/shop"); }

class Replicas : public ::testing::Test {
 protected:
  Replicas() : driver_(world_, group_) {
    world_.topology = {PoolShape::Uniform, 2, "a server"};
    base_.uri = nodeUri("primary");
    group_.set("primary", true, false, 100);
    group_.set("one", true, true, 100);
    group_.set("two", true, true, 100);
  }

  void open(milliseconds maxLag = milliseconds(60'000)) {
    ReplicaOptions options;
    options.uris = {nodeUri("one"), nodeUri("two")};
    options.maxLag = maxLag;
    options.checkInterval = milliseconds(2);
    set_ = std::make_unique<ReplicaSet>(driver_, base_, PoolOptions{}, std::move(options));
  }

  /// Waits for what the watches bring about. @return Whether it came.
  static bool comes(const std::function<bool()>& wanted) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!wanted()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(milliseconds(1));
    }
    return true;
  }
  [[nodiscard]] bool inRotation(std::size_t index) const {
    return set_->status().at(index).inRotation;
  }
  bool bothComeIn() {
    return comes([&] { return inRotation(0) && inRotation(1); });
  }
  /// @return The host that a read under `mark` goes to.
  [[nodiscard]] std::string readsFrom(const CommitMark& mark) {
    ReplicaSet::Replica* replica = set_->choose(mark);
    if (replica == nullptr) return "primary";
    const Lease lease = ReplicaSet::poolOf(*replica).lease(LeaseKind::Read, Context(), "test");
    return dynamic_cast<NodeConnection&>(lease.session().connection()).host();
  }

  fake::World world_;
  Group group_;
  GroupDriver driver_;
  DriverOptions base_;
  CommitMark nothing_;
  std::unique_ptr<ReplicaSet> set_;
};

TEST_F(Replicas, TakeReadsInTurn) {
  open();
  ASSERT_TRUE(bothComeIn());
  const std::string first = readsFrom(nothing_);
  const std::string second = readsFrom(nothing_);
  EXPECT_NE(first, second);
  EXPECT_NE(first, "primary");
  EXPECT_NE(second, "primary");
  EXPECT_EQ(readsFrom(nothing_), first);
  EXPECT_EQ(set_->status().at(0).reads + set_->status().at(1).reads, 3U);
}

TEST_F(Replicas, AreNotNeededToOpen) {
  group_.set("one", false, true, 0);
  group_.set("two", false, true, 0);
  open();
  EXPECT_EQ(readsFrom(nothing_), "primary");
  EXPECT_TRUE(comes([&] { return set_->status().at(0).reason == "one is down"; }));
  group_.set("one", true, true, 100);
  EXPECT_TRUE(comes([&] { return inRotation(0); }));
  EXPECT_EQ(readsFrom(nothing_), "one");
}

TEST_F(Replicas, ShowAReaderItsOwnCommits) {
  open();
  ASSERT_TRUE(bothComeIn());
  CommitMark mine;
  mine.advance(150);
  EXPECT_EQ(readsFrom(mine), "primary");
  EXPECT_NE(readsFrom(nothing_), "primary");
  group_.set("two", true, true, 150);
  EXPECT_TRUE(comes([&] { return set_->choose(mine) != nullptr; }));
  EXPECT_EQ(readsFrom(mine), "two");
}

TEST_F(Replicas, TakeTheMarkOfACommitFromThePrimary) {
  open();
  ASSERT_TRUE(bothComeIn());
  const auto mark = std::make_shared<CommitMark>();
  group_.set("primary", true, false, 170);
  const auto connection = driver_.connect(base_, TransactionMode::Write);
  set_->committed(*connection, mark);
  EXPECT_EQ(mark->position(), 170U);
  EXPECT_EQ(readsFrom(*mark), "primary");
}

TEST_F(Replicas, AreLeftAloneUntilAnUncertainCommitIsBehindThem) {
  open();
  ASSERT_TRUE(bothComeIn());
  const auto mark = std::make_shared<CommitMark>();
  const auto connection = driver_.connect(base_, TransactionMode::Write);
  group_.set("primary", false, false, 200);
  set_->committed(*connection, mark);
  EXPECT_EQ(mark->position(), CommitMark::kUnknown);
  group_.set("one", true, true, 200);
  EXPECT_EQ(readsFrom(*mark), "primary");
  group_.set("primary", true, false, 200);
  EXPECT_TRUE(comes([&] { return mark->position() == 200; }));
  EXPECT_TRUE(comes([&] { return set_->choose(*mark) != nullptr; }));
  EXPECT_EQ(readsFrom(*mark), "one");
}

TEST_F(Replicas, LeaveTheRotationWhenTheyFallBehind) {
  open(milliseconds(80));
  ASSERT_TRUE(bothComeIn());
  // The primary goes on, one replica with it.
  std::atomic<bool> ended{false};
  std::thread writing([&] {
    for (std::uint64_t position = 101; !ended; ++position) {
      group_.set("primary", true, false, position);
      group_.set("two", true, true, position);
      std::this_thread::sleep_for(milliseconds(1));
    }
  });
  EXPECT_TRUE(comes([&] { return !inRotation(0); }));
  EXPECT_EQ(set_->status().at(0).reason, "further behind than the limit");
  EXPECT_GT(set_->status().at(0).lag.value(), milliseconds(80));
  group_.set("one", true, true, 1'000'000);
  EXPECT_TRUE(comes([&] { return inRotation(0); }));
  ended = true;
  writing.join();
}

TEST_F(Replicas, LeaveTheRotationAtOnceWhenAReadFails) {
  open();
  ASSERT_TRUE(bothComeIn());
  group_.set("one", false, true, 100);
  group_.set("two", false, true, 100);
  for (int i = 0; i < 2; ++i) {
    if (ReplicaSet::Replica* replica = set_->choose(nothing_)) set_->failed(*replica, "it broke");
  }
  EXPECT_EQ(set_->choose(nothing_), nullptr);
  group_.set("two", true, true, 100);
  EXPECT_TRUE(comes([&] { return inRotation(1); }));
  EXPECT_FALSE(inRotation(0));
}

TEST_F(Replicas, TakeNoMoreReadsOncePromoted) {
  open();
  ASSERT_TRUE(bothComeIn());
  group_.set("two", true, false, 300);
  EXPECT_TRUE(comes([&] { return !inRotation(1); }));
  EXPECT_EQ(set_->status().at(1).reason, "it is a primary itself");
  EXPECT_EQ(readsFrom(nothing_), "one");
}

TEST_F(Replicas, AreToldOfWithoutTheirPasswords) {
  open();
  EXPECT_THAT(set_->status().at(0).uri, HasSubstr("one"));
  EXPECT_THAT(set_->status().at(0).uri, Not(HasSubstr("secret")));
}

TEST_F(Replicas, CloseTheirConnections) {
  open();
  ASSERT_TRUE(bothComeIn());
  set_->close();
  EXPECT_EQ(world_.alive, 0);
  EXPECT_EQ(set_->choose(nothing_), nullptr);
}

}  // namespace
}  // namespace sonde
