#include <sonde/core/result_block.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <sonde/core/error.hpp>
#include <sonde/core/result_set.hpp>
#include <string>
#include <thread>
#include <vector>

#include "block_builder.hpp"

namespace sonde {
namespace {

using testing::BlockBuilder;

std::string nameOf(std::size_t row) { return "name " + std::to_string(row); }

BlockPtr numbered(std::size_t rows, BlockHint hint = {}) {
  BlockBuilder builder({{.name = "id", .type = Type::Integer}, {.name = "name"}}, hint);
  for (std::size_t i = 0; i < rows; ++i) {
    builder.integer(static_cast<std::int64_t>(i)).text(nameOf(i));
  }
  return builder.take();
}

TEST(ResultBlock, KeepsEveryPointerWhileItGrowsOverManyChunks) {
  const BlockPtr block = ResultBlock::make(Columns::make({{.name = "id"}, {.name = "text"}}));
  std::vector<const Cell*> rows;
  std::vector<const char*> texts;
  constexpr std::size_t kRows = 100'000;
  for (std::size_t i = 0; i < kRows; ++i) {
    Cell* cells = block->appendRow();
    cells[0] = Cell();
    cells[0].storage = Storage::Integer;
    cells[0].integer = static_cast<std::int64_t>(i);
    const std::string text = nameOf(i);
    cells[1] = Cell();
    cells[1].storage = Storage::Text;
    cells[1].bytes = block->store(text.data(), text.size());
    cells[1].length = static_cast<std::uint32_t>(text.size());
    rows.push_back(cells);
    texts.push_back(cells[1].bytes);
  }
  ASSERT_EQ(block->rowCount(), kRows);
  for (std::size_t i = 0; i < kRows; ++i) {
    ASSERT_EQ(block->row(i), rows[i]) << i;
    ASSERT_EQ(block->row(i)[0].integer, static_cast<std::int64_t>(i));
    ASSERT_EQ(block->row(i)[1].bytes, texts[i]);
    ASSERT_EQ(block->row(i)[1].view(), nameOf(i));
  }
}

TEST(ResultBlock, FindsRowsWhateverTheHint) {
  for (const std::size_t hint : {0U, 1U, 2U, 3U, 7U, 8U, 100U, 5000U}) {
    const ResultSet rows(numbered(1000, {.rows = hint, .bytes = hint * 8}));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(rows[i]["id"].as<std::size_t>(), i) << "hint " << hint;
      ASSERT_EQ(rows[i]["name"].text(), nameOf(i)) << "hint " << hint;
    }
  }
}

TEST(ResultBlock, TakesAHintBeyondReasonWithoutAllocatingIt) {
  const BlockPtr block =
      ResultBlock::make(Columns::make({{.name = "a"}}), {.rows = SIZE_MAX, .bytes = SIZE_MAX});
  block->appendRow()[0] = Cell();
  EXPECT_EQ(block->rowCount(), 1U);
}

TEST(ResultBlock, EndsStoredTextWithNul) {
  const BlockPtr block = ResultBlock::make(Columns::make({{.name = "a"}}));
  const char* text = block->store("ab", 2);
  EXPECT_EQ(std::memcmp(text, "ab", 3), 0);
  const char* empty = block->store(nullptr, 0);
  EXPECT_EQ(*empty, '\0');
  EXPECT_EQ(block->byteCount(), 4U);
}

TEST(ResultBlock, StoresTextsLargerThanAnArena) {
  const BlockPtr block = ResultBlock::make(Columns::make({{.name = "a"}}));
  const std::string small(10, 's');
  const std::string large(5 << 20, 'l');
  std::vector<const char*> smalls;
  std::vector<const char*> larges;
  for (int i = 0; i < 4; ++i) {
    smalls.push_back(block->store(small.data(), small.size()));
    larges.push_back(block->store(large.data(), large.size()));
  }
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(std::string_view(smalls[i]), small);
    EXPECT_EQ(std::string_view(larges[i]), large);
  }
  // A large text has an allocation of its own and does not end the arena of the small ones.
  EXPECT_EQ(smalls[1], smalls[0] + 11);
  EXPECT_EQ(smalls[3], smalls[2] + 11);
}

TEST(ResultBlock, DropsRowsBackOverChunkBorders) {
  for (std::size_t keep = 0; keep < 20; ++keep) {
    const BlockPtr block = numbered(20);
    while (block->rowCount() > keep) block->dropLastRow();
    for (std::size_t i = keep; i < 40; ++i) {
      Cell* cells = block->appendRow();
      cells[0] = cells[1] = Cell();
      cells[0].integer = static_cast<std::int64_t>(i);
    }
    for (std::size_t i = 0; i < 40; ++i) {
      ASSERT_EQ(block->row(i)[0].integer, static_cast<std::int64_t>(i)) << "keeping " << keep;
    }
  }
}

TEST(ResultBlock, HoldsRowsWithoutColumns) {
  const BlockPtr block = ResultBlock::make(Columns::make({}));
  for (int i = 0; i < 100; ++i) static_cast<void>(block->appendRow());
  const ResultSet rows(block);
  EXPECT_EQ(rows.size(), 100U);
  EXPECT_EQ(rows[99].toJson().dump(), "{}");
}

TEST(ResultSet, RowOutlivesTheSetItCameFrom) {
  std::optional<Row> row;
  {
    const ResultSet rows(numbered(50));
    row = rows[49];
  }
  EXPECT_EQ((*row)["name"].text(), nameOf(49));
}

TEST(ResultSet, GivesAnOwningValueOnATemporaryRow) {
  static_assert(std::is_same_v<decltype(std::declval<Row>()["a"]), Value>);
  static_assert(std::is_same_v<decltype(std::declval<const Row&>()["a"]), ValueView>);
  const Value name = ResultSet(numbered(3))[2]["name"];
  EXPECT_EQ(name.text(), nameOf(2));
}

TEST(ResultSet, IteratesInOrder) {
  const ResultSet rows(numbered(300));
  std::size_t expected = 0;
  for (const RowView row : rows) EXPECT_EQ(row["id"].as<std::size_t>(), expected++);
  EXPECT_EQ(expected, 300U);
}

TEST(ResultSet, ThrowsNotFoundPastTheEnd) {
  const ResultSet rows(numbered(1));
  EXPECT_EQ(rows.front()["id"].as<int>(), 0);
  EXPECT_THROW(static_cast<void>(rows.at(1)), NotFound);
  EXPECT_THROW(static_cast<void>(ResultSet(numbered(0)).front()), NotFound);
}

TEST(ResultSet, IsReadAndCopiedByManyThreadsAtOnce) {
  const ResultSet shared(numbered(1000));
  std::vector<std::thread> threads;
  std::vector<std::size_t> sums(4, 0);
  for (std::size_t t = 0; t < sums.size(); ++t) {
    threads.emplace_back([rows = shared, &sum = sums[t]] {
      for (int round = 0; round < 20; ++round) {
        const ResultSet copy = rows;
        std::vector<Row> kept;
        for (std::size_t i = 0; i < copy.size(); i += 10) kept.push_back(copy[i]);
        for (const Row& row : kept) sum += row["id"].as<std::size_t>();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::size_t sum : sums) EXPECT_EQ(sum, 20U * 49'500U);
}

}  // namespace
}  // namespace sonde
