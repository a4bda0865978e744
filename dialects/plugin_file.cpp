#include "plugin_file.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "../core/error.hpp"
#include "../core/function_ref.hpp"
#include "../core/suggest.hpp"

namespace sonde::detail {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why, std::string hint = {}) {
  ErrorDetails details;
  details.hint = std::move(hint);
  throw ConfigError("the driver library " + quoteForMessage(path) + " " + why, std::move(details));
}

std::string readWhole(const std::string& path) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (!std::filesystem::exists(status)) refuse(path, "does not exist");
  if (!std::filesystem::is_regular_file(status)) refuse(path, "is no file");
  std::string bytes(std::filesystem::file_size(path, failed), '\0');
  std::ifstream in(path, std::ios::binary);
  if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    refuse(path, "cannot be read");
  }
  return bytes;
}

/// An ELF file of the kind that is loaded at run time: e_type, at offset 16, is ET_DYN (System V
/// ABI, "ELF Header").
bool isSharedLibrary(std::string_view bytes) noexcept {
  constexpr std::string_view kMagic =
      "\x7f"
      "ELF";
  constexpr std::size_t kType = 16;
  constexpr std::uint16_t kDynamic = 3;
  std::uint16_t type = 0;
  if (!bytes.starts_with(kMagic) || bytes.size() < kType + sizeof type) return false;
  std::memcpy(&type, bytes.data() + kType, sizeof type);
  return type == kDynamic;
}

/// @return The text of a fixed field; empty when it is not closed by a NUL or holds what no version
/// or compiler is called by.
template <std::size_t Size>
std::string_view textOf(const std::array<char, Size>& field) noexcept {
  const auto end = std::find(field.begin(), field.end(), '\0');
  const bool sound = end != field.end() &&
                     std::all_of(field.begin(), end, [](char c) { return c >= ' ' && c <= '~'; });
  return sound ? std::string_view(field.begin(), end) : std::string_view();
}

/// Calls `see` with every stamp. One is found by its marker, but a marker alone proves nothing,
/// because whoever looks for one has its bytes too.
void forEachStamp(std::string_view bytes, FunctionRef<void(const DriverStamp&)> see) {
  constexpr auto kMarker = driverStamp().marker;
  const std::string_view marker(kMarker.data(), kMarker.size());
  for (std::size_t at = bytes.find(marker); at != std::string_view::npos;
       at = bytes.find(marker, at + 1)) {
    DriverStamp stamp{};
    if (bytes.size() - at < sizeof stamp) return;
    std::memcpy(&stamp, bytes.data() + at, sizeof stamp);
    if (!textOf(stamp.sondeVersion).empty() && !textOf(stamp.abi).empty()) see(stamp);
  }
}

/// @return "0.1" of "0.1.7".
std::string_view minorOf(std::string_view version) noexcept {
  const std::size_t second = version.find('.', version.find('.') + 1);
  return version.substr(0, second);
}

}  // namespace

void checkDriverFile(const std::string& path) {
  const std::string bytes = readWhole(path);
  if (!isSharedLibrary(bytes)) refuse(path, "is no shared library");
  bool found = false;
  forEachStamp(bytes, [&](const DriverStamp& stamp) {
    found = true;
    checkDriverStamp(stamp, path);
  });
  if (!found) {
    refuse(path, "is no driver of sonde: it has no sonde_driver_plugin",
           "SONDE_DRIVER_PLUGIN in one of its sources makes it one");
  }
}

void checkDriverStamp(const DriverStamp& stamp, const std::string& path) {
  constexpr DriverStamp kOwn = driverStamp();
  constexpr const char* kRebuild = "compile it again with the headers of this sonde";
  // The interface first: what it changes may be the fields behind it.
  if (stamp.interfaceVersion != kOwn.interfaceVersion) {
    refuse(path,
           "has driver interface " + std::to_string(stamp.interfaceVersion) + ", this sonde has " +
               std::to_string(kOwn.interfaceVersion),
           kRebuild);
  }
  const std::string found(textOf(stamp.sondeVersion));
  const std::string own(textOf(kOwn.sondeVersion));
  if (minorOf(found) != minorOf(own)) {
    refuse(path,
           "was compiled with sonde " + found + ", this is sonde " + own + ", and any " +
               std::string(minorOf(own)) + " will do",
           kRebuild);
  }
  if (textOf(stamp.abi) != textOf(kOwn.abi)) {
    refuse(path,
           "was compiled by " + std::string(textOf(stamp.abi)) + ", this sonde by " +
               std::string(textOf(kOwn.abi)) + ", and both must be the same",
           "compile it again with the compiler of this sonde");
  }
  if (stamp.layout != kOwn.layout) {
    refuse(path, "was compiled with headers of sonde " + found + " that differ from this sonde's",
           kRebuild);
  }
}

}  // namespace sonde::detail
