// Any text as a finder name: read or refused with SchemaError, in bounded time.
#include <sonde/core/error.hpp>
#include <sonde/repo/finder_name.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.hpp"

namespace {

// Columns that look like keywords, contain them, or begin alike.
sonde::Table makeTable() {
  sonde::Table table;
  table.name = "t";
  table.ignoreCase = true;
  for (const char* name : {"id", "a", "aa", "name", "name_not", "organization", "or", "and_or",
                           "order_by", "in", "is_null", "between", "first_3", "x y", "nämé"}) {
    sonde::Column column;
    column.name = name;
    column.position = static_cast<int>(table.columns.size()) + 1;
    table.columns.push_back(column);
  }
  return table;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sonde::Table table = makeTable();
  const std::string_view name(reinterpret_cast<const char*>(data), size);
  try {
    const sonde::repo::FinderSpec spec = sonde::repo::parseFinder(name, table);
    std::uint32_t arguments = 0;
    for (const auto& tests : spec.anyOf) {
      require(!tests.empty());
      for (const sonde::repo::FinderTest& test : tests) {
        require(test.column < table.columns.size());
        require(test.argument == arguments);
        arguments += sonde::repo::finderOpInfo(test.op).arguments;
      }
    }
    require(arguments == spec.argumentCount);
  } catch (const sonde::SchemaError&) {
    return 0;
  }
  return 0;
}
