#include "context.hpp"

#include "error.hpp"

namespace sonde {

struct Context::Identity {
  std::string principal;
  std::vector<std::pair<std::string, Value>> claims;
  std::vector<Pair> settings;
  std::vector<Pair> tags;
};

namespace {

/// Sets or replaces the entry of this name.
template <class T>
void put(std::vector<std::pair<std::string, T>>& entries, std::string_view name, T value) {
  for (auto& entry : entries) {
    if (entry.first == name) {
      entry.second = std::move(value);
      return;
    }
  }
  entries.emplace_back(name, std::move(value));
}

template <class T>
const std::vector<T>& none() noexcept {
  static const std::vector<T> empty;
  return empty;
}

}  // namespace

Context::Identity& Context::identity() {
  // Others may hold the old one and read it on their threads: it is never written, only replaced.
  auto copy = identity_ ? std::make_shared<Identity>(*identity_) : std::make_shared<Identity>();
  Identity& writable = *copy;
  identity_ = std::move(copy);
  return writable;
}

Context& Context::deadline(Clock::time_point at) noexcept {
  deadline_ = at;
  return *this;
}

Context& Context::timeout(std::chrono::milliseconds fromNow) noexcept {
  const Clock::time_point now = Clock::now();
  // A timeout beyond what the clock can count to is none that could ever pass.
  const bool endless =
      fromNow > std::chrono::floor<std::chrono::milliseconds>(Clock::time_point::max() - now);
  deadline_ = endless ? Clock::time_point::max() : now + fromNow;
  return *this;
}

Context& Context::stopToken(std::stop_token token) noexcept {
  stop_ = std::move(token);
  return *this;
}

Context& Context::principal(std::string name) {
  identity().principal = std::move(name);
  return *this;
}

Context& Context::claim(std::string_view name, Value value) {
  put(identity().claims, name, std::move(value));
  return *this;
}

Context& Context::setting(std::string_view name, std::string value) {
  put(identity().settings, name, std::move(value));
  return *this;
}

Context& Context::tag(std::string_view name, std::string value) {
  put(identity().tags, name, std::move(value));
  return *this;
}

std::string_view Context::principal() const noexcept {
  return identity_ ? std::string_view(identity_->principal) : std::string_view();
}

const Value* Context::findClaim(std::string_view name) const noexcept {
  for (const auto& [claim, value] : claims()) {
    if (claim == name) return &value;
  }
  return nullptr;
}

const std::vector<std::pair<std::string, Value>>& Context::claims() const noexcept {
  return identity_ ? identity_->claims : none<std::pair<std::string, Value>>();
}

const std::vector<Context::Pair>& Context::settings() const noexcept {
  return identity_ ? identity_->settings : none<Pair>();
}

const std::vector<Context::Pair>& Context::tags() const noexcept {
  return identity_ ? identity_->tags : none<Pair>();
}

void Context::check() const {
  if (stop_.stop_requested()) throw Cancelled("the call was cancelled by its stop token");
  if (deadline_ && Clock::now() >= *deadline_) throw Timeout("the deadline of the call has passed");
}

}  // namespace sonde
