#include "transaction.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace sonde {

void detail::waitBeforeRetry(unsigned attempt, const Context& context) {
  // "Full jitter" (Brooker, Exponential Backoff And Jitter, AWS 2015).
  thread_local std::minstd_rand random{std::random_device{}()};
  const unsigned longest = 2U << std::min(attempt, 8U);
  std::this_thread::sleep_for(
      std::chrono::milliseconds(std::uniform_int_distribution<unsigned>(1, longest)(random)));
  context.check();
}

Transaction::Transaction(std::shared_ptr<TransactionScope> scope, TransactionLevel level,
                         Context context, std::shared_ptr<PlanStore> plans)
    : View(std::make_shared<TransactionExecutor>(std::move(scope), level, std::move(context)),
           std::move(plans)) {}

Transaction::~Transaction() {
  if (executor_ != nullptr) scope().discard(level());
}

TransactionExecutor& Transaction::own() const {
  if (executor_ == nullptr) throw TransactionError("the transaction was moved away");
  return static_cast<TransactionExecutor&>(*executor_);
}

Transaction Transaction::begin() const {
  TransactionExecutor& executor = own();
  return {executor.scope(), executor.scope()->push(executor.level()), executor.context(), plans_};
}

View Transaction::with(Context context) const { return {own().with(std::move(context)), plans_}; }

}  // namespace sonde
