#include "bound_args.hpp"

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../query/bind_text.hpp"

namespace sonde {

Arg BoundArgs::valueOf(const query::Plan& plan, const query::Slot& slot, Args args,
                       const Context& context) {
  switch (slot.kind) {
    case query::Slot::Kind::Constant:
      return plan.constants[slot.index];
    case query::Slot::Kind::Claim: {
      const Value* claim = context.findClaim(slot.claim);
      if (claim == nullptr) {
        ErrorDetails details;
        details.hint = "attach the claim with db.with(Context().claim(…))";
        throw AuthorizationError("an access rule needs the claim " + quoteForMessage(slot.claim) +
                                     ", which the context does not carry",
                                 std::move(details));
      }
      return *claim;
    }
    case query::Slot::Kind::Argument:
      break;
  }
  if (slot.index >= args.size()) {
    throw ValidationError("the query takes " + std::to_string(plan.argumentCount) +
                          " arguments, but " + std::to_string(args.size()) + " were given");
  }
  return args[slot.index];
}

Arg BoundArgs::transformed(const query::Slot& slot, const Arg& arg, const SqlCompiler& compiler) {
  if (arg.isNull()) return arg;
  // Of other kinds the engine says what it makes of them.
  const bool instant = slot.transform == query::BindTransform::Instant;
  if (instant && arg.kind() != Arg::Kind::Text) return arg;
  return texts_.emplace_back(query::bindText(slot, arg, compiler));
}

Args BoundArgs::resolve(const query::Plan& plan, Args args, const Context& context,
                        const SqlCompiler& compiler) {
  Arg* out = few_.data();
  if (plan.slots.size() > kInline) {
    many_.resize(plan.slots.size());
    out = many_.data();
  }
  for (std::size_t i = 0; i < plan.slots.size(); ++i) {
    const query::Slot& slot = plan.slots[i];
    const Arg arg = valueOf(plan, slot, args, context);
    out[i] = slot.transform == query::BindTransform::None ? arg : transformed(slot, arg, compiler);
  }
  return {out, plan.slots.size()};
}

}  // namespace sonde
