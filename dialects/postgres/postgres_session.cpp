#include "postgres_session.hpp"

namespace sonde {
namespace {

// Statements kept on the server beyond their use, so that freeing them costs little.
constexpr std::size_t kForgottenTogether = 32;

const std::vector<Context::Pair> kNoSettings;

}  // namespace

void PostgresSession::arm(const Context& context) {
  handle_->arm(context);
  context_ = &context;
}

void PostgresSession::disarm() noexcept {
  handle_->disarm();
  context_ = nullptr;
}

const std::vector<Context::Pair>& PostgresSession::armedSettings() const noexcept {
  return context_ == nullptr ? kNoSettings : context_->settings();
}

const std::vector<Context::Pair>& PostgresSession::wantedSettings() const noexcept {
  if (context_ == nullptr || context_->settings().empty() || handle_->inTransaction()) {
    return kNoSettings;
  }
  return context_->settings();
}

void PostgresSession::forget(std::string name) noexcept {
  if (name.empty() || handle_->broken()) return;
  try {
    forgotten_.push_back(std::move(name));
  } catch (const std::bad_alloc&) {
    // It stays on the server until the connection ends.
  }
}

void PostgresSession::freeForgotten() {
  // Not inside a transaction, which an error would spoil.
  if (forgotten_.size() < kForgottenTogether || handle_->inTransaction()) return;
  std::string sql;
  for (const std::string& name : forgotten_) sql += "DEALLOCATE " + name + ";";
  forgotten_.clear();
  handle_->exec(sql);
}

void PostgresSession::noteCommand(std::string_view tag) {
  if (tag.starts_with("CREATE") || tag.starts_with("ALTER") || tag.starts_with("DROP")) {
    types_->clear();
  }
}

}  // namespace sonde
