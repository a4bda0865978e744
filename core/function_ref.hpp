// A non-owning reference to a callable: a parameter type for callbacks that end before the call
// does.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace sonde {

template <class Signature>
class FunctionRef;

/// Two words, never allocates. Valid only while the callable lives; a plain function always does.
template <class R, class... A>
class FunctionRef<R(A...)> {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> &&
           std::is_invocable_r_v<R, F&, A...>) FunctionRef(F&& callable)
  noexcept {
    using Target = std::remove_reference_t<F>;
    if constexpr (std::is_function_v<Target>) {
      // A pointer to a function need not fit into a void*.
      target_.function = reinterpret_cast<void (*)()>(&callable);
      call_ = [](Callee target, A... args) -> R {
        return static_cast<R>(
            (*reinterpret_cast<Target*>(target.function))(std::forward<A>(args)...));
      };
    } else {
      target_.object = const_cast<void*>(static_cast<const void*>(std::addressof(callable)));
      call_ = [](Callee target, A... args) -> R {
        return static_cast<R>((*static_cast<Target*>(target.object))(std::forward<A>(args)...));
      };
    }
  }

  R operator()(A... args) const { return call_(target_, std::forward<A>(args)...); }

 private:
  union Callee {
    void* object;
    void (*function)();
  };

  Callee target_;
  R (*call_)(Callee, A...);
};

}  // namespace sonde
