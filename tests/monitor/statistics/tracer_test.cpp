// A tracer as an application would bind it, writing down what it is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/db/database.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

using Attributes = std::map<std::string, std::string>;

Attributes textOf(TraceAttributes attributes) {
  Attributes texts;
  for (const TraceAttribute& each : attributes) {
    const auto* const number = std::get_if<std::int64_t>(&each.value);
    texts[std::string(each.name)] = number == nullptr
                                        ? std::string(std::get<std::string_view>(each.value))
                                        : std::to_string(*number);
  }
  return texts;
}

struct SpanSeen {
  std::string name;
  Attributes attributes;
  std::string parent;
  bool failed = false;
};

class RecordingTracer final : public Tracer {
 public:
  std::unique_ptr<TraceSpan> start(std::string_view name, TraceAttributes attributes) override {
    if (refuses_) throw std::runtime_error("the exporter is down");
    auto span = std::make_unique<Span>(*this);
    span->seen.name = name;
    span->seen.attributes = textOf(attributes);
    span->seen.parent = open().empty() ? "" : open().back();
    open().push_back(span->seen.name);
    return span;
  }
  void record(const TraceMetric& metric, double value,
              TraceAttributes attributes) noexcept override {
    const std::lock_guard lock(mutex_);
    EXPECT_GE(value, 0);
    metrics_.emplace_back(std::string(metric.name), textOf(attributes));
  }
  void refuse() { refuses_ = true; }
  [[nodiscard]] std::vector<SpanSeen> spans() {
    const std::lock_guard lock(mutex_);
    return spans_;
  }
  [[nodiscard]] std::vector<std::pair<std::string, Attributes>> metrics() {
    const std::lock_guard lock(mutex_);
    return metrics_;
  }

 private:
  struct Span final : TraceSpan {
    explicit Span(RecordingTracer& tracer) : owner(tracer) {}
    void end(TraceAttributes attributes, bool failed) noexcept override {
      for (auto& [name, value] : textOf(attributes)) seen.attributes[name] = value;
      seen.failed = failed;
      open().pop_back();
      const std::lock_guard lock(owner.mutex_);
      owner.spans_.push_back(seen);
    }
    RecordingTracer& owner;
    SpanSeen seen;
  };
  static std::vector<std::string>& open() {
    thread_local std::vector<std::string> names;
    return names;
  }

  bool refuses_ = false;
  std::mutex mutex_;
  std::vector<SpanSeen> spans_;
  std::vector<std::pair<std::string, Attributes>> metrics_;
};

class Tracing : public testing::Test {
 protected:
  Tracing() : db_(Database::open("sqlite::memory:")) {
    db_.executeScript("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
    db_.addTracer(tracer_);
  }
  std::shared_ptr<RecordingTracer> tracer_ = std::make_shared<RecordingTracer>();
  Database db_;
};

TEST_F(Tracing, GivesEachStatementASpanUnderTheConventionalNames) {
  db_.sql("SELECT name FROM people WHERE name <> 'secret'");
  const auto spans = tracer_->spans();
  ASSERT_EQ(spans.size(), 1U);
  EXPECT_EQ(spans[0].name, "SELECT people");
  EXPECT_FALSE(spans[0].failed);
  EXPECT_THAT(spans[0].attributes,
              UnorderedElementsAre(
                  Pair("db.system.name", "sqlite"), Pair("db.namespace", ":memory:"),
                  Pair("db.collection.name", "people"), Pair("db.operation.name", "SELECT"),
                  Pair("db.query.summary", "SELECT people"),
                  Pair("db.query.text", "SELECT name FROM people WHERE name <> ?"),
                  Pair("db.response.returned_rows", "0")));
}

TEST_F(Tracing, NamesSeveralTablesInTheSummaryOnly) {
  db_.executeScript("CREATE TABLE posts (id INTEGER, person INTEGER)");
  db_.sql("WITH p AS (SELECT * FROM posts) SELECT * FROM people JOIN p ON p.person = people.id");
  const Attributes attributes = tracer_->spans().at(0).attributes;
  EXPECT_EQ(attributes.count("db.collection.name"), 0U);
  EXPECT_EQ(attributes.at("db.operation.name"), "SELECT");
  EXPECT_NE(attributes.at("db.query.summary").find("posts"), std::string::npos);
}

TEST_F(Tracing, TellsOfFailures) {
  db_.execute("INSERT INTO people (name) VALUES (?)", {"ada"});
  EXPECT_THROW(db_.execute("INSERT INTO people (name) VALUES (?)", {"ada"}), ConstraintError);
  const SpanSeen failed = tracer_->spans().at(1);
  EXPECT_TRUE(failed.failed);
  EXPECT_EQ(failed.attributes.at("error.type"), "constraint");
  EXPECT_EQ(failed.attributes.at("db.response.status_code"), "23505");
  EXPECT_EQ(failed.attributes.count("db.response.returned_rows"), 0U);
}

TEST_F(Tracing, NestsTheStatementsOfACallback) {
  db_.execute("INSERT INTO people (name) VALUES ('ada')");
  db_.stream("SELECT name FROM people", {}, [&](RowView) {
    db_.sql("SELECT count(*) FROM people");
    return true;
  });
  const auto spans = tracer_->spans();
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[1].attributes.at("db.query.text"), "SELECT count(*) FROM people");
  EXPECT_EQ(spans[1].parent, "SELECT people");
  EXPECT_EQ(spans[2].parent, "");
}

TEST_F(Tracing, RecordsTheMetricsOfTheConventions) {
  db_.sql("SELECT * FROM people");
  EXPECT_THROW(db_.transaction([](Transaction& tx) {
    tx.execute("INSERT INTO people (id, name) VALUES (1, 'a'), (1, 'b')");
  }),
               ConstraintError);
  const auto metrics = tracer_->metrics();
  ASSERT_EQ(metrics.size(), 3U);
  EXPECT_EQ(metrics[0].first, "db.client.operation.duration");
  EXPECT_EQ(metrics[0].second.at("db.query.summary"), "SELECT people");
  EXPECT_EQ(metrics[0].second.count("db.query.text"), 0U) << "has no end of values";
  EXPECT_EQ(metrics[1].first, "db.client.connection.wait_time");
  EXPECT_EQ(metrics[1].second.at("db.client.connection.pool.name"), ":memory:");
  EXPECT_EQ(metrics[2].second.at("error.type"), "constraint") << "and no wait in a transaction";
  EXPECT_THAT(std::vector<double>(trace::kOperationDuration.boundaries.begin(),
                                  trace::kOperationDuration.boundaries.end()),
              ElementsAre(0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10));
}

TEST_F(Tracing, ThatFailsRefusesNoStatement) {
  tracer_->refuse();
  EXPECT_EQ(db_.sql("SELECT 1").size(), 1U);
  EXPECT_TRUE(tracer_->spans().empty());
  EXPECT_THROW(db_.addTracer(nullptr), ConfigError);
}

TEST_F(Tracing, KeepsTheSpansOfThreadsApart) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) db_.sql("SELECT * FROM people");
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto spans = tracer_->spans();
  EXPECT_EQ(spans.size(), 200U);
  EXPECT_TRUE(std::all_of(spans.begin(), spans.end(),
                          [](const SpanSeen& span) { return span.parent.empty(); }));
}

TEST(PoolMeasurements, AreThoseOfTheConventions) {
  PoolStats stats;
  stats.idle = 3;
  stats.inUse = 2;
  stats.limit = 8;
  stats.waiting = 1;
  stats.timeouts = 7;
  std::vector<std::string> lines;
  for (const PoolMeasurement& each : poolMeasurements(stats, "shop")) {
    std::string line = std::string(each.name) + " " + std::to_string(static_cast<int>(each.value));
    for (const auto& [name, value] : textOf(each.attributes)) line.append(" ").append(value);
    lines.push_back(line + (each.monotonic ? " grows" : ""));
  }
  EXPECT_THAT(lines, ElementsAre("db.client.connection.count 3 shop idle",
                                 "db.client.connection.count 2 shop used",
                                 "db.client.connection.max 8 shop",
                                 "db.client.connection.pending_requests 1 shop",
                                 "db.client.connection.timeouts 7 shop grows"));
}

}  // namespace
}  // namespace sonde
