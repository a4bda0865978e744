// Results larger than a program wants to hold.
#include <algorithm>
#include <fstream>
#include <stdexcept>

#include <sonde/core/error.hpp>

#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

constexpr int kSide = 250;
constexpr std::uint64_t kRows = std::uint64_t{kSide} * kSide;  // of a kilobyte: 62 MB

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

/// The memory of this process that is in use, in bytes. A sanitizer keeps what was given back aside
/// to recognise its use, so under one there is nothing to measure, and this is 0.
std::size_t resident() {
  if (kSanitized) return 0;
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t pages = 0;
  file >> total >> pages;
  return pages * 4096;
}

class Streams : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    std::string script =
        "CREATE TABLE small (n INTEGER NOT NULL, pad {longtext});"
        "INSERT INTO small VALUES (0, '" +
        std::string(1000, 'x') + "')";
    for (int n = 1; n < kSide; ++n) script += ", (" + std::to_string(n) + ", NULL)";
    make(script + ";CREATE VIEW large AS SELECT a.n * " + std::to_string(kSide) +
         " + b.n AS n, (SELECT pad FROM small WHERE n = 0) AS pad FROM small a CROSS JOIN small b");
  }
};

SONDE_ON_EVERY_ENGINE(Streams);

TEST_P(Streams, LargeResultsInBoundedMemory) {
  const Repository large = repo("large");
  large.forEach({.limit = 1000}, [](RowView) {});  // what is allocated once is not counted
  const std::size_t before = resident();
  std::size_t most = before;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  large.forEach({}, [&](RowView row) {
    bytes += row["pad"].text().size();
    if (++rows % 4096 == 0) most = std::max(most, resident());
  });
  EXPECT_EQ(rows, kRows);
  EXPECT_EQ(bytes, kRows * 1000);
  EXPECT_LT(most - before, 16U << 20U) << "bytes more while streaming 62 MB";
}

TEST_P(Streams, JsonOfALargeResultInBoundedMemory) {
  const Repository large = repo("large");
  const std::size_t before = resident();
  std::size_t most = before;
  std::uint64_t bytes = 0;
  const std::uint64_t rows = large.streamJson({}, [&](std::string_view piece) {
    bytes += piece.size();
    most = std::max(most, resident());
  });
  EXPECT_EQ(rows, kRows);
  EXPECT_GT(bytes, kRows * 1000);
  EXPECT_LT(most - before, 16U << 20U);
}

TEST_P(Streams, ThatAreLeftEarlyAreOverAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  int rows = 0;
  repo("large").forEach({}, [&](RowView) { return ++rows < 10; });
  EXPECT_EQ(rows, 10);
  EXPECT_EQ(repo("small").count(), static_cast<std::uint64_t>(kSide));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_P(Streams, LetWhatTheCallbackThrowsThrough) {
  EXPECT_THROW(repo("large").forEach({}, [](RowView) { throw std::runtime_error("enough"); }),
               std::runtime_error);
  EXPECT_EQ(repo("small").count(), static_cast<std::uint64_t>(kSide));
}

TEST_P(Streams, LetTheCallbackUseTheDatabase) {
  int seen = 0;
  repo("small").forEach({.orderBy = {"n"}, .limit = 20}, [&](RowView row) {
    seen += repo("small").count({{"n", row["n"].as<int>()}}) == 1 ? 1 : 0;
  });
  EXPECT_EQ(seen, 20);
}

TEST_P(Streams, AResultBeyondTheLimitIsRefused) {
  Config limited = config();
  limited.limits.maxResultBytes = 100'000;
  const Database other = Database::open(limited);
  EXPECT_THROW((void)other.getRepository("large").findAll(), ResultTooLarge);
  EXPECT_EQ(other.getRepository("large").findAll({.limit = 20}).size(), 20U);
  other.close();
}

}  // namespace
}  // namespace sonde::conformance
