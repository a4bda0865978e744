// Tells a Tracer of every statement.
//
// Invariant: a statement's attributes are made once for each plan. Spans of one thread nest as its
// statements do, so a stack for each thread holds those that have begun. Thread-safe. Made by db/.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "../../core/uri.hpp"
#include "../../query/lexer.hpp"
#include "../../session/statement_observer.hpp"
#include "tracer.hpp"

namespace sonde {

/// See the file comment.
class TracingObserver final : public StatementObserver {
 public:
  /// @param system db.system.name: the dialect's name. @param uri Says db.namespace and the server.
  TracingObserver(std::shared_ptr<Tracer> tracer, std::string_view system,
                  const query::LexerRules& rules, const Uri& uri);

  void before(const StatementInfo& info) override;
  void after(const StatementInfo& info, const StatementOutcome& outcome) noexcept override;
  void failed(const StatementInfo& info, const std::exception& error,
              const StatementOutcome& outcome) noexcept override;

 private:
  /// What is the same for every run of a plan.
  struct Described {
    std::string text;
    std::string operation;   // empty where there are several
    std::string collection;  // the same
    std::string summary;
  };
  struct Running;

  [[nodiscard]] std::shared_ptr<const Described> describe(const query::Plan& plan);
  [[nodiscard]] std::vector<TraceAttribute> attributesOf(const Described& described) const;
  void finish(const StatementInfo& info, const StatementOutcome& outcome,
              const std::exception* error) noexcept;

  const std::shared_ptr<Tracer> tracer_;
  const std::string system_;
  const query::LexerRules rules_;
  std::string namespace_;
  std::string pool_;
  std::string server_;  // empty where there is none, or several
  std::int64_t port_ = 0;

  std::mutex mutex_;  // of what follows
  std::unordered_map<std::uint64_t, std::shared_ptr<const Described>> plans_;
};

}  // namespace sonde
