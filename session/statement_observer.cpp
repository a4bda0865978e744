#include "statement_observer.hpp"

#include <stdexcept>
#include <utility>

namespace sonde {

void StatementObserver::before(const StatementInfo&) {}
void StatementObserver::after(const StatementInfo&, const StatementOutcome&) noexcept {}
void StatementObserver::failed(const StatementInfo&, const std::exception&,
                               const StatementOutcome&) noexcept {}

ObserverChain::ObserverChain(const ObserverChain& before, std::shared_ptr<StatementObserver> last)
    : observers_(before.observers_),
      wantsBefore_(before.wantsBefore_ || last->wantsBefore()),
      wantsEffort_(before.wantsEffort_ || last->wantsEffort()) {
  observers_.push_back(std::move(last));
}

void Observation::tellBefore() {
  const auto& observers = chain_.list();
  for (std::size_t i = 0; i < observers.size(); ++i) {
    try {
      observers[i]->before(info_);
    } catch (const std::exception& error) {
      tellFailure(error, i);
      throw;
    } catch (...) {
      tellFailure(std::runtime_error("an observer refused the statement"), i);
      throw;
    }
  }
}

inline void Observation::complete() noexcept {
  using Clock = std::chrono::steady_clock;
  if (counts_.ended == Clock::time_point{}) counts_.ended = Clock::now();
  if (began_ != Clock::time_point{}) counts_.duration = counts_.ended - began_;
}

void Observation::succeeded() noexcept {
  complete();
  const auto& observers = chain_.list();
  for (auto each = observers.rbegin(); each != observers.rend(); ++each) {
    (*each)->after(info_, counts_);
  }
}

void Observation::tellFailure(const std::exception& error, std::size_t observers) noexcept {
  complete();
  for (std::size_t i = observers; i-- > 0;) chain_.list()[i]->failed(info_, error, counts_);
}

}  // namespace sonde
