// A non-owning reference to a callable: a parameter type for callbacks that end before the call
// does.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace sonde {

template <class Signature>
class FunctionRef;

/// Two words, never allocates. Valid only while the callable lives.
template <class R, class... A>
class FunctionRef<R(A...)> {
 public:
  template <class F>
  requires(!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> &&
           std::is_invocable_r_v<R, F&, A...>) FunctionRef(F&& callable)
  noexcept
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(callable)))),
        call_([](void* object, A... args) -> R {
          return static_cast<R>(
              (*static_cast<std::add_pointer_t<F>>(object))(std::forward<A>(args)...));
        }) {}

  R operator()(A... args) const { return call_(object_, std::forward<A>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, A...);
};

}  // namespace sonde
