#include "statement_observer.hpp"

#include <stdexcept>

namespace sonde {

void StatementObserver::before(const StatementInfo&) {}
void StatementObserver::after(const StatementInfo&, const StatementOutcome&) noexcept {}
void StatementObserver::failed(const StatementInfo&, const std::exception&,
                               std::chrono::nanoseconds) noexcept {}

Observation::Observation(const ObserverChain& chain, const StatementInfo& info)
    : chain_(chain), info_(info) {
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    try {
      chain_[i]->before(info_);
    } catch (const std::exception& error) {
      tellFailure(error, i);
      throw;
    } catch (...) {
      tellFailure(std::runtime_error("an observer refused the statement"), i);
      throw;
    }
  }
}

std::chrono::nanoseconds Observation::duration() const noexcept {
  using Clock = std::chrono::steady_clock;
  if (began_ == Clock::time_point{}) return {};
  return (ended_ == Clock::time_point{} ? Clock::now() : ended_) - began_;
}

void Observation::succeeded(std::uint64_t rows, std::uint64_t affected) noexcept {
  const StatementOutcome outcome{duration(), rows, affected};
  for (std::size_t i = chain_.size(); i-- > 0;) chain_[i]->after(info_, outcome);
}

void Observation::tellFailure(const std::exception& error, std::size_t observers) noexcept {
  const auto took = duration();
  for (std::size_t i = observers; i-- > 0;) chain_[i]->failed(info_, error, took);
}

}  // namespace sonde
