#include "named_lock.hpp"

#include <algorithm>
#include <utility>

#include "../core/error.hpp"
#include "statement_run.hpp"

namespace sonde {

NamedLock::NamedLock(std::shared_ptr<Runtime> runtime, std::unique_ptr<Session> session,
                     std::string name) noexcept
    : runtime_(std::move(runtime)), session_(std::move(session)), name_(std::move(name)) {}

std::optional<NamedLock> NamedLock::take(std::shared_ptr<Runtime> runtime, std::string_view name,
                                         std::chrono::milliseconds timeout,
                                         const Context& context) {
  const Dialect& dialect = runtime->dialect();
  if (!dialect.capabilities().namedLocks) {
    throw Unsupported(std::string(dialect.name()) + " has no locks by name");
  }
  context.check();
  std::unique_ptr<Session> session = runtime->pool().openApart(context);
  {
    const SessionArming arming(*session, context);
    if (!session->connection().lock(name, timeout)) return std::nullopt;
  }
  return NamedLock(std::move(runtime), std::move(session), std::string(name));
}

NamedLock& NamedLock::operator=(NamedLock&& other) noexcept {
  if (this != &other) {
    release();
    session_ = std::move(other.session_);
    runtime_ = std::move(other.runtime_);
    name_ = std::move(other.name_);
  }
  return *this;
}

void NamedLock::release() noexcept {
  if (session_ == nullptr) return;
  const std::unique_ptr<Session> session = std::move(session_);
  try {
    // At once: a server may notice only later that a session ended.
    if (!session->connection().broken()) session->connection().unlock(name_);
  } catch (const std::exception& error) {
    runtime_->logger().log(LogLevel::Warn, "a named lock ends with its connection",
                           {{"error", error.what()}});
  }
}

bool NamedLock::held(std::chrono::milliseconds timeout) const noexcept {
  return session_ != nullptr && session_->connection().ping(timeout);
}

}  // namespace sonde
