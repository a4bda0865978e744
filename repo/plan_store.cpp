#include "plan_store.hpp"

#include <list>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

#include "../query/executor.hpp"
#include "table_handle.hpp"

namespace sonde {

// Handles in use live on in their repositories, so what is dropped here is at worst compiled again.
struct PlanStore::Impl {
  static constexpr std::size_t kMaxHandles = 8192;

  using Key = std::tuple<std::string, std::string, std::uint64_t>;
  struct Entry {
    std::shared_ptr<repo::TableHandle> handle;
    std::list<Key>::iterator used;
  };

  std::mutex mutex;
  std::map<Key, Entry> handles;
  std::list<Key> byUse;  // the latest first
};

PlanStore::PlanStore() : impl_(std::make_unique<Impl>()) {}
PlanStore::~PlanStore() = default;

std::shared_ptr<repo::TableHandle> PlanStore::handle(const Executor& executor,
                                                     std::string_view table) {
  const std::shared_ptr<const Schema> schema = executor.schema();
  const Table& found = schema->table(table);
  const RewriterChain& chain = executor.rewriters();
  const std::uint64_t fingerprint = chain.empty() ? 0 : chain.fingerprint(executor.context());

  Impl::Key key(found.schema, found.name, fingerprint);
  const std::lock_guard lock(impl_->mutex);
  const auto at = impl_->handles.find(key);
  if (at != impl_->handles.end()) {
    impl_->byUse.splice(impl_->byUse.begin(), impl_->byUse, at->second.used);
    return at->second.handle;
  }
  auto handle = std::make_shared<repo::TableHandle>(found.schema, found.name, fingerprint);
  if (impl_->handles.size() == Impl::kMaxHandles) {
    impl_->handles.erase(impl_->byUse.back());
    impl_->byUse.pop_back();
  }
  impl_->byUse.push_front(key);
  impl_->handles.emplace(std::move(key), Impl::Entry{handle, impl_->byUse.begin()});
  return handle;
}

std::size_t PlanStore::size() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->handles.size();
}

}  // namespace sonde
