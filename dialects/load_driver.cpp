#include "load_driver.hpp"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <optional>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"
#include "plugin_file.hpp"

namespace sonde {

namespace {

namespace fs = std::filesystem;

constexpr const char* kPathVariable = "SONDE_DRIVER_PATH";
constexpr const char* kSymbol = "sonde_driver_plugin";

[[noreturn]] void fail(const std::string& message, std::string hint) {
  ErrorDetails details;
  details.hint = std::move(hint);
  throw ConfigError(message, std::move(details));
}

/// Closes a library that was refused; release() keeps it for good.
struct CloseLibrary {
  void operator()(void* library) const noexcept { dlclose(library); }
};
using OwnedLibrary = std::unique_ptr<void, CloseLibrary>;

OwnedLibrary openLibrary(const std::string& path) {
  // Everything is bound now, so that a symbol that nobody has is found here and not in a query.
  OwnedLibrary library(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL));
  if (library != nullptr) return library;
  const char* const reason = dlerror();
  const std::string why = reason == nullptr ? "no reason is given" : reason;
  std::string hint;
  if (why.find("undefined symbol") != std::string::npos) {
    hint =
        "the program must export sonde's symbols: link it with sonde::host, or with the shared "
        "libsonde";
  }
  fail("the driver library " + quoteForMessage(path) + " cannot be loaded: " + why,
       std::move(hint));
}

const DriverPlugin& pluginIn(void* library, const std::string& path) {
  const auto* const plugin = static_cast<const DriverPlugin*>(dlsym(library, kSymbol));
  const std::string named = "the driver library " + quoteForMessage(path);
  if (plugin == nullptr) {
    fail(named + " does not export " + kSymbol, "SONDE_DRIVER_PLUGIN in one of its sources does");
  }
  detail::checkDriverStamp(plugin->stamp, path);  // the file may have been replaced meanwhile
  if (plugin->version != &version) {
    fail(named + " carries a copy of sonde of its own",
         "link the driver with sonde::driver and the program with sonde::host");
  }
  if (plugin->make == nullptr || plugin->schemes == nullptr || plugin->schemes[0] == nullptr) {
    fail(named + " names no scheme that it serves, or makes no driver", {});
  }
  return *plugin;
}

/// Makes the drivers of a library, whose errors are told as those of this library.
struct PluginFactory {
  const DriverPlugin* plugin;
  std::string path;

  std::unique_ptr<Driver> operator()() const {
    try {
      return plugin->make();
    } catch (const Error& error) {
      fail(failed() + ": " + error.what(), error.hint());
    } catch (const std::exception& error) {
      fail(failed() + ": " + error.what(), {});
    } catch (...) {
      fail(failed() + " and threw what is no std::exception", {});
    }
  }

  [[nodiscard]] std::string failed() const {
    return "the driver library " + quoteForMessage(path) + " could not make its driver";
  }
};

/// @return The folder for drivers that goes with the file that this code is in: beside the shared
/// libsonde, or in ../lib of the program that sonde is linked into; empty when neither is known.
std::string ownDriverFolder() {
  Dl_info info{};
  void* extra = nullptr;
  if (dladdr1(reinterpret_cast<void*>(&version), &info, &extra, RTLD_DL_LINKMAP) == 0) return {};
  // The dynamic linker has no name for the program, and argv[0] says what its caller wants.
  const std::string_view library = static_cast<const link_map*>(extra)->l_name;
  if (!library.empty() && !library.starts_with('/')) return {};  // relative to a folder of the past
  std::error_code failed;
  const fs::path file = fs::canonical(library.empty() ? "/proc/self/exe" : library, failed);
  if (failed) return {};
  const fs::path lib =
      library.empty() ? file.parent_path().parent_path() / SONDE_LIBDIR_NAME : file.parent_path();
  return (lib / "sonde/drivers").string();
}

void addOnce(std::vector<std::string>& folders, const std::string& folder) {
  if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
    folders.push_back(folder);
  }
}

void addFromVariable(std::vector<std::string>& folders) {
  const char* const value = secure_getenv(kPathVariable);
  std::string_view rest = value == nullptr ? std::string_view() : value;
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    if (folder.empty()) continue;  // to a shell it would be the current folder
    if (!folder.starts_with('/')) {
      fail(std::string(kPathVariable) + " holds " + quoteForMessage(folder) +
               ", which is no absolute folder",
           "drivers are never looked for in the current folder");
    }
    addOnce(folders, std::string(folder));
  }
}

/// Names of drivers are schemes, so that no name leads out of a folder.
bool isDriverName(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' ||
           c == '_';
  });
}

std::string libraryName(const std::string& name) { return "sonde_driver_" + name + ".so"; }

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// @return The library of this name; empty when no folder has it.
std::optional<std::string> findLibrary(const std::string& name,
                                       const std::vector<std::string>& folders) {
  if (!isDriverName(name)) return std::nullopt;
  for (const std::string& folder : folders) {
    std::string path = (fs::path(folder) / libraryName(name)).string();
    std::error_code failed;
    if (fs::exists(path, failed)) return path;
  }
  return std::nullopt;
}

std::string pathFor(std::string_view pathOrName) {
  if (pathOrName.find('/') != std::string_view::npos) return std::string(pathOrName);
  const std::string name = text::lower(pathOrName);
  if (!isDriverName(name)) {
    fail(quoteForMessage(pathOrName) + " is neither a path nor the name of a driver",
         "a path has a slash, such as ./driver.so");
  }
  const std::vector<std::string> folders = driverFolders();
  if (auto path = findLibrary(name, folders)) return *std::move(path);
  fail("there is no driver " + quoteForMessage(name) + ": no " + libraryName(name) + " in " +
           joined(folders),
       "a path has a slash, such as ./" + libraryName(name) + "; " + kPathVariable +
           " adds folders");
}

}  // namespace

std::vector<std::string> driverFolders() {
  std::vector<std::string> folders;
  addFromVariable(folders);
  if (const std::string own = ownDriverFolder(); !own.empty()) addOnce(folders, own);
  addOnce(folders, SONDE_LIBDIR "/sonde/drivers");
  return folders;
}

LoadedDriver loadDriver(std::string_view pathOrName, const LoadDriverOptions& options) {
  const std::string wanted = pathFor(pathOrName);
  detail::checkDriverFile(wanted);
  // The whole path, so that the dynamic linker has nothing to search.
  LoadedDriver loaded;
  std::error_code failed;
  loaded.path = fs::canonical(wanted, failed).string();
  if (failed) fail("the driver library " + quoteForMessage(wanted) + " is gone", {});
  OwnedLibrary library = openLibrary(loaded.path);
  const DriverPlugin& plugin = pluginIn(library.get(), loaded.path);
  for (const char* const* scheme = plugin.schemes; *scheme != nullptr; ++scheme) {
    loaded.schemes.emplace_back(*scheme);
  }
  loaded.sondeVersion = plugin.stamp.sondeVersion.data();
  registerDriver(loaded.schemes, PluginFactory{&plugin, loaded.path},
                 {options.onDuplicate, loaded.path, options.logger});
  static_cast<void>(library.release());  // never unloaded; see the header
  options.logger.log(LogLevel::Info, "loaded a driver library",
                     {{"path", loaded.path},
                      {"schemes", joined(loaded.schemes)},
                      {"compiledWith", loaded.sondeVersion}});
  return loaded;
}

std::unique_ptr<Driver> obtainDriver(std::string_view scheme, const Logger& logger) {
  if (hasDriver(scheme)) return makeDriver(scheme);
  const std::string name = text::lower(scheme);
  const std::vector<std::string> folders = driverFolders();
  if (const auto path = findLibrary(name, folders)) {
    loadDriver(*path, {OnDuplicate::Refuse, logger});
    return makeDriver(name);
  }
  try {
    return makeDriver(name);
  } catch (const ConfigError& error) {
    fail(std::string(error.what()) + "; no " + libraryName(name) + " in " + joined(folders),
         error.hint());
  }
}

}  // namespace sonde
