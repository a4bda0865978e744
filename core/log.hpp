// Logging: a library is silent until it is told where to write.
//
// Invariant: off by default; parameter values and secrets are never passed to a logger. The sinks
// are spdlog's (console, rotating file), JSON lines, and a callback for anything else. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde {

enum class LogLevel : std::uint8_t { Trace, Debug, Info, Warn, Error, Off };

/// @return "trace" … "off". Thread-safe.
[[nodiscard]] std::string_view logLevelName(LogLevel level) noexcept;
/// @return The level of this name. @throws ConfigError naming the nearest one. Thread-safe.
[[nodiscard]] LogLevel parseLogLevel(std::string_view name);

/// One field beside a message, such as {"table", "users"}.
using LogField = std::pair<std::string_view, std::string_view>;

/// What a callback sink receives. The views are valid during the call only. What the callback
/// itself logs to the same logger does not come back to it.
struct LogEvent {
  LogLevel level;
  std::chrono::system_clock::time_point time;
  std::string_view message;
  const std::vector<LogField>& fields;
};

/// Where log lines go. Every member that is set is a sink; none set means silence.
struct LogConfig {
  LogLevel level = LogLevel::Off;
  bool console = false;                 ///< Coloured lines on stderr.
  std::string file{};                   ///< Path of a rotating file (UTC times); empty for none.
  std::size_t maxFileBytes = 10 << 20;  ///< Size at which the file is rotated.
  std::size_t maxFiles = 5;             ///< Rotated files kept.
  bool jsonLines = false;               ///< One JSON object a line, on console and file.
  std::function<void(const LogEvent&)>
      callback{};  ///< Called on the logging thread, one at a time.
};

/// A logger of one database. Copying shares it. A default-constructed one is silent.
class Logger {
 public:
  Logger() noexcept = default;
  /// @throws ConfigError when the file cannot be opened.
  explicit Logger(const LogConfig& config);

  [[nodiscard]] bool enabled(LogLevel level) const noexcept {
    return impl_ != nullptr && level >= level_;
  }
  /// Writes a line with fields. Never throws; does nothing when the level is off.
  void log(LogLevel level, std::string_view message,
           std::initializer_list<LogField> fields = {}) const noexcept;
  /// Writes out what is still buffered: lines below info are not flushed one by one. Never throws.
  void flush() const noexcept;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
  LogLevel level_ = LogLevel::Off;
};

}  // namespace sonde
