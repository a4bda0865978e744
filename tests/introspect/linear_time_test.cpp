// Building a schema takes time linear in its size. Time on a shared machine proves nothing, so this
// counts allocations, which every step of the work makes in proportion.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "catalog_maker.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
// Replaced too, because a sanitizer brings its own, which does not go well with our delete.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace sonde {
namespace {

using test::TableMaker;

/// Tables that each point at the table of this number.
template <typename Target>
std::size_t allocationsFor(std::size_t count, Target target) {
  std::vector<Table> tables;
  for (std::size_t i = 0; i < count; ++i) {
    TableMaker maker("table" + std::to_string(i));
    maker.columns({"id", "next_id", "table_id"}).key({"id"});
    maker.references({"next_id"}, "table" + std::to_string(target(i)));
    maker.references({"table_id"}, "table" + std::to_string(target(i)));
    tables.push_back(maker);
  }
  Catalog catalog = test::catalogOf(std::move(tables));
  const std::size_t before = allocations;
  const auto schema = Schema::build(std::move(catalog));
  return allocations - before;
}

TEST(Schema, IsBuiltInLinearTimeOverAChainOfTables) {
  const auto next = [](std::size_t count) {
    return allocationsFor(count, [count](std::size_t i) { return (i + 1) % count; });
  };
  EXPECT_LT(next(4000), 2 * next(2000) * 11 / 10);
}

TEST(Schema, IsBuiltInLinearTimeWhereAllPointAtOneTable) {
  const auto hub = [](std::size_t count) {
    return allocationsFor(count, [](std::size_t) { return std::size_t{0}; });
  };
  EXPECT_LT(hub(4000), 2 * hub(2000) * 11 / 10);
}

}  // namespace
}  // namespace sonde
