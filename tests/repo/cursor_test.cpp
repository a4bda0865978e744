// Page cursors as text.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include <sonde/core/error.hpp>
#include <sonde/repo/cursor.hpp>

namespace sonde::repo {
namespace {

constexpr std::uint64_t kOrder = 0x0123456789ABCDEF;

Cell integerCell(std::int64_t value) {
  Cell cell;
  cell.storage = Storage::Integer;
  cell.integer = value;
  return cell;
}

Cell realCell(double value) {
  Cell cell;
  cell.storage = Storage::Real;
  cell.real = value;
  return cell;
}

Cell bytesCell(Storage storage, std::string_view bytes) {
  Cell cell;
  cell.storage = storage;
  cell.type = storage == Storage::Text ? Type::Text : Type::Blob;
  cell.length = static_cast<std::uint32_t>(bytes.size());
  cell.bytes = bytes.data();
  return cell;
}

std::string rule(std::string_view cursor, std::uint64_t order = kOrder, std::size_t count = 1) {
  try {
    (void)decodeCursor(cursor, order, count);
  } catch (const ValidationError& refused) {
    return refused.problems().front().message;
  }
  return {};
}

TEST(Cursor, GivesBackEveryValueExactly) {
  const std::string text("a\0\xFFz", 4);
  const std::string cursor =
      encodeCursor(kOrder, {integerCell(std::numeric_limits<std::int64_t>::min()), realCell(0.1),
                            realCell(-std::numeric_limits<double>::infinity()), Cell{},
                            bytesCell(Storage::Text, text), bytesCell(Storage::Blob, text),
                            bytesCell(Storage::Text, "")});
  const std::vector<Value> values = decodeCursor(cursor, kOrder, 7);
  EXPECT_EQ(values[0], Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(values[1], Value(0.1));
  EXPECT_EQ(values[2], Value(-std::numeric_limits<double>::infinity()));
  EXPECT_TRUE(values[3].isNull());
  EXPECT_EQ(values[4].text(), text);
  EXPECT_EQ(values[5], Value(Blob(text)));
  EXPECT_EQ(values[6].text(), "");
}

TEST(Cursor, IsMadeOfCharactersThatAreSafeInUrls) {
  for (int i = 0; i < 300; ++i) {
    const std::string cursor = encodeCursor(kOrder, {integerCell(i * 7919)});
    EXPECT_EQ(cursor.find_first_not_of(
                  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
  }
}

TEST(Cursor, IsRefusedWithAnyCharacterChanged) {
  const std::string cursor =
      encodeCursor(kOrder, {bytesCell(Storage::Text, "Ada"), integerCell(7)});
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    for (const char c : {'A', 'B', 'z', '9', '_', '=', ' ', '\0'}) {
      if (cursor[i] == c) continue;
      std::string damaged = cursor;
      damaged[i] = c;
      EXPECT_FALSE(rule(damaged, kOrder, 2).empty()) << i;
    }
  }
}

TEST(Cursor, IsRefusedCutOrExtended) {
  const std::string cursor = encodeCursor(kOrder, {integerCell(7)});
  for (std::size_t size = 0; size < cursor.size(); ++size) {
    EXPECT_FALSE(rule(cursor.substr(0, size)).empty()) << size;
  }
  EXPECT_FALSE(rule(cursor + "A").empty());
  EXPECT_FALSE(rule(cursor + cursor).empty());
}

TEST(Cursor, BelongsToOneOrderOfOneTable) {
  const std::string cursor = encodeCursor(kOrder, {integerCell(7)});
  EXPECT_EQ(rule(cursor, kOrder + 1), "belongs to another table or order");
  EXPECT_EQ(rule(cursor, kOrder, 2), "is damaged");
  EXPECT_EQ(rule(cursor), "");

  Table users;
  users.schema = "main";
  users.name = "users";
  Table posts = users;
  posts.name = "posts";
  const auto up = std::vector<OrderColumn>{{"id", false}};
  const auto down = std::vector<OrderColumn>{{"id", true}};
  EXPECT_NE(orderHash(users, up), orderHash(users, down));
  EXPECT_NE(orderHash(users, up), orderHash(posts, up));
  EXPECT_EQ(orderHash(users, up), orderHash(users, up));
}

}  // namespace
}  // namespace sonde::repo
