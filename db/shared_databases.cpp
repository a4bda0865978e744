// Database::shared and its kin: the instances that this process shares, by URI.

#include <map>
#include <mutex>
#include <string>

#include "database.hpp"

namespace sonde {

namespace {

struct Shared {
  Config config;
  Database database;
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, Shared, std::less<>> byUri;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

Database Database::shared(const Config& config) {
  Registry& all = registry();
  // Held while opening, so that two threads that ask at once get the same instance.
  const std::lock_guard lock(all.mutex);
  const auto found = all.byUri.find(config.uri);
  if (found != all.byUri.end()) {
    if (found->second.config.sameAs(config) && !found->second.database.closed()) {
      return found->second.database;
    }
    all.byUri.erase(found);
  }
  Database database = open(config);
  all.byUri.emplace(config.uri, Shared{config, database});
  return database;
}

std::size_t Database::closeShared(std::string_view uri) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  const auto found = all.byUri.find(uri);
  if (found == all.byUri.end()) return 0;
  found->second.database.close();
  all.byUri.erase(found);
  return 1;
}

std::size_t Database::closeShared() {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  std::size_t count = 0;
  while (!all.byUri.empty()) {
    all.byUri.begin()->second.database.close();
    all.byUri.erase(all.byUri.begin());
    ++count;
  }
  return count;
}

std::size_t Database::resetShared() {
  Registry& all = registry();
  std::map<std::string, Shared, std::less<>> forgotten;
  const std::lock_guard lock(all.mutex);
  forgotten.swap(all.byUri);
  return forgotten.size();
}

}  // namespace sonde
