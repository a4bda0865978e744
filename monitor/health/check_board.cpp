#include "check_board.hpp"

#include <algorithm>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"

namespace sonde::detail {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

std::string silentFinding(milliseconds waited) {
  return "no answer within " + std::to_string(waited.count()) + " ms";
}

HealthStatus judged(const ProbeInfo& info, const Reading& reading) {
  if (reading.status) return *reading.status;
  return reading.value ? info.limits.judge(*reading.value) : HealthStatus::Pass;
}

}  // namespace

void CheckBoard::add(HealthCheck check) {
  const std::lock_guard lock(mutex_);
  if (find(check.info.name) != nullptr) {
    throw ConfigError("there is a health check " + quoteForMessage(check.info.name) + " already");
  }
  if (check.info.cost == ProbeCost::Deep) check.info.deadline = options_.deepTimeout;
  const auto wanted = options_.checks.find(check.info.name);
  if (wanted != options_.checks.end()) {
    const CheckOptions& options = wanted->second;
    if (!options.enabled.value_or(true)) {
      turnedOff_.push_back(check.info.name);
      return;
    }
    if (options.warn) check.info.limits.warn = options.warn;
    if (options.fail) check.info.limits.fail = options.fail;
    if (options.timeout) check.info.deadline = *options.timeout;
  }
  Entry entry;
  entry.last.info = check.info;
  entry.check = std::make_shared<const HealthCheck>(std::move(check));
  entries_.push_back(std::move(entry));
}

std::vector<CheckBoard::CheckPtr> CheckBoard::due() const {
  const Clock::time_point at = now();
  const std::lock_guard lock(mutex_);
  std::vector<CheckPtr> checks;
  for (const Entry& entry : entries_) {
    const ProbeCost cost = entry.check->info.cost;
    if (cost == ProbeCost::Deep || entry.running) continue;
    const bool rests = cost == ProbeCost::Moderate && entry.last.measured && !entry.silent &&
                       at - entry.measuredAt < options_.moderateInterval;
    if (!rests) checks.push_back(entry.check);
  }
  return checks;
}

std::vector<CheckBoard::CheckPtr> CheckBoard::deep() const {
  const std::lock_guard lock(mutex_);
  std::vector<CheckPtr> checks;
  for (const Entry& entry : entries_) {
    if (entry.check->info.cost == ProbeCost::Deep) checks.push_back(entry.check);
  }
  return checks;
}

bool CheckBoard::begin(const HealthCheck& check) {
  const Clock::time_point at = now();
  const std::lock_guard lock(mutex_);
  Entry* const entry = find(check.info.name);
  if (entry == nullptr || std::exchange(entry->running, true)) return false;
  entry->begun = at;
  return true;
}

void CheckBoard::end(const HealthCheck& check, Reading reading,
                     std::chrono::microseconds duration) {
  const std::lock_guard lock(mutex_);
  Entry* const entry = find(check.info.name);
  if (entry == nullptr) return;
  entry->running = false;
  entry->silent = false;
  keep(*entry, std::move(reading), duration);
}

void CheckBoard::noteSilent() {
  const Clock::time_point at = now();
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (!entry.running || entry.check->info.cost == ProbeCost::Deep) continue;
    const ProbeInfo& info = entry.check->info;
    const auto waited = std::max(duration_cast<milliseconds>(at - entry.begun), info.deadline);
    entry.silent = true;
    keep(entry, Reading::judged(info.whenSilent, silentFinding(waited)), waited);
  }
}

// Under mutex_.
void CheckBoard::keep(Entry& entry, Reading reading, std::chrono::microseconds duration) {
  CheckResult& last = entry.last;
  last.measured = true;
  last.status = judged(entry.check->info, reading);
  last.value = reading.value;
  last.finding = std::move(reading.finding);
  last.remedy = {};
  if (last.isProblem()) {
    last.remedy = reading.remedy.empty() ? entry.check->info.remedy : reading.remedy;
  }
  last.time = std::chrono::system_clock::now();
  last.duration = duration;
  entry.measuredAt = now();
  entry.past.push_back({last.time, last.status, last.value});
  while (entry.past.size() > options_.history) entry.past.pop_front();

  if (last.status == entry.told) {
    entry.differing = 0;
    return;
  }
  const std::size_t needed = entry.check->info.cost == ProbeCost::Deep
                                 ? 1
                                 : std::max<std::size_t>(options_.confirmations, 1);
  if (++entry.differing < needed) return;
  entry.differing = 0;
  changes_.push_back({std::exchange(entry.told, last.status), last});
}

CheckBoard::Entry* CheckBoard::find(std::string_view name) {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& e) { return e.last.info.name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

CheckResult CheckBoard::copyOf(const Entry& entry) const {
  CheckResult copy = entry.last;
  if (copy.measured) copy.age = duration_cast<milliseconds>(now() - entry.measuredAt);
  return copy;
}

std::vector<CheckResult> CheckBoard::results() const {
  const std::lock_guard lock(mutex_);
  std::vector<CheckResult> all;
  all.reserve(entries_.size());
  for (const Entry& entry : entries_) all.push_back(copyOf(entry));
  return all;
}

std::optional<CheckResult> CheckBoard::result(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) {
    if (entry.last.info.name == name) return copyOf(entry);
  }
  return std::nullopt;
}

std::vector<std::string> CheckBoard::names() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> all;
  for (const Entry& entry : entries_) all.push_back(entry.last.info.name);
  all.insert(all.end(), turnedOff_.begin(), turnedOff_.end());
  return all;
}

std::vector<HealthPoint> CheckBoard::history(std::string_view name) const {
  {
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : entries_) {
      if (entry.last.info.name == name) return {entry.past.begin(), entry.past.end()};
    }
  }
  throw ConfigError("there is no health check " + quoteForMessage(name) +
                    didYouMean(nearest(name, names())));
}

std::vector<HealthChange> CheckBoard::takeChanges() {
  const std::lock_guard lock(mutex_);
  return std::exchange(changes_, {});
}

std::vector<std::string> CheckBoard::unknownOptions() const {
  const std::vector<std::string> known = names();
  std::vector<std::string> unknown;
  for (const auto& [name, options] : options_.checks) {
    if (std::find(known.begin(), known.end(), name) == known.end()) unknown.push_back(name);
  }
  return unknown;
}

}  // namespace sonde::detail
