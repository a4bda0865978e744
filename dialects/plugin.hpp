// What a shared library must hold to be loaded as a driver: one object of C linkage, made by
// SONDE_DRIVER_PLUGIN.
//
// Invariant: the object is constant and begins with bytes that need no relocation, so that the
// loader reads them in the file and knows whether the library fits before any code of it runs. What
// crosses the boundary afterwards is C++ (virtual functions, exceptions, standard containers),
// which is why the same compiler, standard library and minor version of sonde are required on both
// sides. Included by drivers outside the tree; read by load_driver.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sonde/version.hpp>
#include <string_view>

#include "../core/error.hpp"
#include "driver.hpp"

namespace sonde {

/// The version of the interface between sonde and a driver that was compiled apart from it: raised
/// with every change in dialects/*.hpp, or in what they hand over, that leaves SONDE_VERSION's
/// minor number alone.
inline constexpr std::uint32_t kDriverInterface = 1;

/// What a driver library was made by and for. Plain bytes, without pointers.
struct DriverStamp {
  std::array<char, 16> marker;        ///< Tells it from whatever else is in the file.
  std::uint32_t interfaceVersion;     ///< kDriverInterface.
  std::uint32_t layout;               ///< Sizes of what crosses the boundary, as a hash.
  std::array<char, 16> sondeVersion;  ///< SONDE_VERSION.
  std::array<char, 64> abi;           ///< Compiler and standard library.
};

/// The one object that the loader looks for, by the name `sonde_driver_plugin`.
struct DriverPlugin {
  DriverStamp stamp;
  /// The library's own idea of sonde::version: another function than the loader's means that it
  /// carries a copy of sonde, with a registry and types of its own.
  std::string_view (*version)() noexcept;
  std::unique_ptr<Driver> (*make)();  ///< Makes a driver; never null; may throw.
  const char* const* schemes;         ///< The URI schemes it serves; nullptr ends them.
};

namespace detail {

/// Text of bounded length, put together at compile time.
template <std::size_t Size>
struct FixedText {
  std::array<char, Size> bytes{};
  std::size_t length = 0;

  consteval void add(std::string_view text) {
    for (const char c : text) bytes.at(length++) = c;
    bytes.at(length) = '\0';  // too long a text does not compile
  }
  consteval void add(unsigned number) {
    if (number >= 10) add(number / 10);
    bytes.at(length++) = static_cast<char>('0' + number % 10);
  }
};

/// @return The compiler and the standard library: "g++ 12, libstdc++ 12". C++20 parts of libstdc++
/// may change between major versions, and g++ and clang promise each other no more than C++'s own
/// ABI, so all of it must be the same on both sides.
consteval std::array<char, 64> driverAbi() {
  FixedText<64> text;
#if defined(__clang__)
  text.add("clang ");
  text.add(unsigned{__clang_major__});
#else
  text.add("g++ ");
  text.add(unsigned{__GNUC__});
#endif
#if defined(_LIBCPP_VERSION)
  text.add(", libc++ ");
  text.add(unsigned{_LIBCPP_ABI_VERSION});
#else
  text.add(", libstdc++ ");
  text.add(unsigned{_GLIBCXX_RELEASE});
#if !_GLIBCXX_USE_CXX11_ABI
  text.add(", old strings");
#endif
#ifdef _GLIBCXX_DEBUG
  text.add(", debug containers");
#endif
#endif
  return text.bytes;
}

/// @return A hash (FNV-1a) of the sizes of what crosses the boundary: finds headers that changed
/// without their version, in a tree under development.
consteval std::uint32_t driverLayout() {
  std::uint32_t hash = 2166136261U;
  for (const std::size_t size :
       {sizeof(Arg), sizeof(Capabilities), sizeof(Catalog), sizeof(Cell), sizeof(Column),
        sizeof(ColumnInfo), sizeof(Context), sizeof(DriverOptions), sizeof(Error),
        sizeof(ErrorDetails), sizeof(ResultBlock), sizeof(Table), sizeof(Topology), sizeof(Uri),
        sizeof(Value)}) {
    hash = (hash ^ static_cast<std::uint32_t>(size)) * 16777619U;
  }
  return hash;
}

/// @return The stamp of what this translation unit is compiled with.
consteval DriverStamp driverStamp() {
  DriverStamp stamp{};
  stamp.marker = {'\x7f', 's', 'o', 'n', 'd', 'e',  '-',  'd',
                  'r',    'i', 'v', 'e', 'r', '\r', '\n', '\x1a'};
  stamp.interfaceVersion = kDriverInterface;
  stamp.layout = driverLayout();
  FixedText<16> version;
  version.add(SONDE_VERSION);
  stamp.sondeVersion = version.bytes;
  stamp.abi = driverAbi();
  return stamp;
}

}  // namespace detail
}  // namespace sonde

/// Makes this shared library a driver: `make` is a function without parameters that returns a new
/// std::unique_ptr<sonde::Driver>, the rest are the URI schemes it serves, at least one. Stands
/// once in a library, in no namespace:
///   SONDE_DRIVER_PLUGIN(makeCsvDriver, "csv")
#define SONDE_DRIVER_PLUGIN(make, ...)                                                         \
  namespace {                                                                                  \
  constexpr const char* kSondeDriverSchemes[] = {__VA_ARGS__, nullptr};                        \
  }                                                                                            \
  extern "C" {                                                                                 \
  extern __attribute__((visibility("default"))) const sonde::DriverPlugin sonde_driver_plugin; \
  }                                                                                            \
  constinit const sonde::DriverPlugin sonde_driver_plugin = {                                  \
      sonde::detail::driverStamp(), &sonde::version, &(make), kSondeDriverSchemes}
