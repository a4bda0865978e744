#include "statement.hpp"

namespace sonde {

std::vector<BlockPtr> Statement::fetchEach(std::span<const Args> batch, std::size_t maxBytes) {
  std::vector<BlockPtr> blocks;
  blocks.reserve(batch.size());
  for (const Args& args : batch) {
    bind(args);
    blocks.push_back(fetch(0, maxBytes));
    reset();
  }
  return blocks;
}

}  // namespace sonde
