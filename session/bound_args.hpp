// Turns the arguments of a call into the arguments of a statement, as the plan's slots say.
//
// Invariant: a direct plan passes the caller's array through; any other plan uses a buffer on the
// stack while it has few placeholders. What get() gives is valid while this object and the caller's
// arguments live. Used by the executors.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "../core/arg.hpp"
#include "../core/context.hpp"
#include "../query/compiler.hpp"
#include "../query/plan.hpp"

namespace sonde {

/// See the file comment.
class BoundArgs {
 public:
  BoundArgs() = default;
  BoundArgs(const BoundArgs&) = delete;
  BoundArgs& operator=(const BoundArgs&) = delete;

  /// @return The statement's arguments. Call it once.
  /// @throws AuthorizationError when a rule needs a claim that the context does not carry;
  /// ValidationError when arguments are missing or a pattern is not text.
  [[nodiscard]] Args resolve(const query::Plan& plan, Args args, const Context& context,
                             const SqlCompiler& compiler);

 private:
  [[nodiscard]] Arg valueOf(const query::Plan& plan, const query::Slot& slot, Args args,
                            const Context& context);
  [[nodiscard]] Arg transformed(const query::Slot& slot, const Arg& arg,
                                const SqlCompiler& compiler);

  static constexpr std::size_t kInline = 16;

  std::array<Arg, kInline> few_;
  std::vector<Arg> many_;
  std::deque<std::string> texts_;  // a deque, because arguments point into its strings
};

}  // namespace sonde
