#include "statement_observer.hpp"

#include <stdexcept>
#include <utility>

namespace sonde {

void StatementObserver::before(const StatementInfo&) {}
void StatementObserver::after(const StatementInfo&, const StatementOutcome&) noexcept {}
void StatementObserver::failed(const StatementInfo&, const std::exception&,
                               const StatementOutcome&) noexcept {}

ObserverChain::ObserverChain(const ObserverChain& before, std::shared_ptr<StatementObserver> last)
    : observers_(before.observers_), wantsEffort_(before.wantsEffort_ || last->wantsEffort()) {
  observers_.push_back(std::move(last));
}

Observation::Observation(const ObserverChain& chain, const StatementInfo& info, RunCounts& counts)
    : chain_(chain), info_(info), counts_(counts) {
  counts_.effortWanted = chain_.wantsEffort();
  for (std::size_t i = 0; i < chain_.size(); ++i) {
    try {
      chain_[i].before(info_);
    } catch (const std::exception& error) {
      tellFailure(error, i);
      throw;
    } catch (...) {
      tellFailure(std::runtime_error("an observer refused the statement"), i);
      throw;
    }
  }
}

StatementOutcome Observation::outcome() noexcept {
  using Clock = std::chrono::steady_clock;
  if (ended_ == Clock::time_point{}) ended_ = Clock::now();
  StatementOutcome outcome;
  if (began_ != Clock::time_point{}) outcome.duration = ended_ - began_;
  outcome.rows = counts_.rows;
  outcome.affected = counts_.affected;
  outcome.waited = counts_.waited;
  outcome.effort = counts_.effort;
  outcome.ended = ended_;
  return outcome;
}

void Observation::succeeded() noexcept {
  const StatementOutcome told = outcome();
  for (std::size_t i = chain_.size(); i-- > 0;) chain_[i].after(info_, told);
}

void Observation::tellFailure(const std::exception& error, std::size_t observers) noexcept {
  const StatementOutcome told = outcome();
  for (std::size_t i = observers; i-- > 0;) chain_[i].failed(info_, error, told);
}

}  // namespace sonde
