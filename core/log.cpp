#include "log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <array>
#include <mutex>

#include "error.hpp"
#include "json_writer.hpp"
#include "suggest.hpp"
#include "temporal.hpp"
#include "text.hpp"

namespace sonde {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 6> kLevelNames = {"trace", "debug", "info",
                                                         "warn",  "error", "off"};
static_assert(kLevelNames.size() == static_cast<std::size_t>(LogLevel::Off) + 1);

spdlog::level::level_enum toSpdlog(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::Trace:
      return spdlog::level::trace;
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warn:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
    case LogLevel::Off:
      break;
  }
  return spdlog::level::off;
}

bool isPlainField(std::string_view text) noexcept {
  if (text.empty()) return false;
  for (const char c : text) {
    if (static_cast<signed char>(c) <= 0x20 || c == '"' || c == '\\' || c == '=') return false;
  }
  return true;
}

/// One JSON string; bytes that are not UTF-8 are replaced, so that a line is always valid.
void appendJson(std::string& out, std::string_view text) {
  static_cast<void>(json::appendString(out, text, true));
}

std::string jsonLine(const LogEvent& event) {
  std::string line = R"({"time":")" + temporal::formatInstant(event.time) + R"(","level":")";
  line += logLevelName(event.level);
  line += R"(","message":)";
  appendJson(line, event.message);
  if (!event.fields.empty()) {
    char separator = '{';
    line += R"(,"fields":)";
    for (const auto& [name, value] : event.fields) {
      line += separator;
      appendJson(line, name);
      line += ':';
      appendJson(line, value);
      separator = ',';
    }
    line += '}';
  }
  line += '}';
  return line;
}

/// The message and `name=value` fields on one line whatever they hold: a line break in a name must
/// not look like a second log line.
std::string textLine(const LogEvent& event) {
  std::string line;
  for (const char c : event.message) {
    if (c == '\n' || c == '\r') {
      line += c == '\n' ? "\\n" : "\\r";
    } else {
      line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  for (const auto& [name, value] : event.fields) {
    line += ' ';
    line += name;
    line += '=';
    if (isPlainField(value)) {
      line += value;
    } else {
      appendJson(line, value);
    }
  }
  return line;
}

}  // namespace

std::string_view logLevelName(LogLevel level) noexcept {
  const auto index = static_cast<std::size_t>(level);
  return index < kLevelNames.size() ? kLevelNames[index] : kLevelNames.back();
}

LogLevel parseLogLevel(std::string_view name) {
  for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
    if (text::equalsIgnoreCase(name, kLevelNames[i])) return static_cast<LogLevel>(i);
  }
  const std::vector<std::string> names(kLevelNames.begin(), kLevelNames.end());
  const std::vector<std::string> near = nearest(name, names);
  throw ConfigError("there is no log level " + quoteForMessage(name) +
                    didYouMean(near.empty() ? names : near));
}

struct Logger::Impl {
  bool jsonLines = false;
  std::vector<std::shared_ptr<spdlog::sinks::sink>> sinks;
  std::function<void(const LogEvent&)> callback;
  std::mutex callbackMutex;

  void write(const LogEvent& event) {
    if (!sinks.empty()) {
      const std::string line = jsonLines ? jsonLine(event) : textLine(event);
      const spdlog::details::log_msg message(event.time, {}, "sonde", toSpdlog(event.level), line);
      for (const auto& sink : sinks) writeSink(*sink, message);
    }
    if (callback) call(event);
  }

  /// A full disk must neither stop the other sinks nor reach the caller.
  static void writeSink(spdlog::sinks::sink& sink,
                        const spdlog::details::log_msg& message) noexcept {
    try {
      sink.log(message);
      if (message.level >= spdlog::level::info) sink.flush();
    } catch (...) {
    }
  }

  void call(const LogEvent& event) {
    // A callback that logs, through a database of its own for one, must not wait for itself.
    static thread_local std::vector<const Impl*> running;
    for (const Impl* impl : running) {
      if (impl == this) return;
    }
    struct Guard {
      explicit Guard(const Impl* impl) { running.push_back(impl); }
      ~Guard() { running.pop_back(); }
    };
    const Guard guard(this);
    const std::lock_guard lock(callbackMutex);
    callback(event);
  }
};

Logger::Logger(const LogConfig& config) {
  if (config.level == LogLevel::Off) return;
  if (!config.console && config.file.empty() && !config.callback) return;
  auto impl = std::make_shared<Impl>();
  impl->jsonLines = config.jsonLines;
  impl->callback = config.callback;
  if (config.console) {
    impl->sinks.push_back(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  }
  if (!config.file.empty()) {
    if (config.maxFileBytes == 0) throw ConfigError("the log file's maximum size must not be 0");
    try {
      impl->sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
          config.file, config.maxFileBytes, config.maxFiles));
    } catch (const std::exception& error) {
      ErrorDetails details;
      details.hint = error.what();
      throw ConfigError("the log file " + quoteForMessage(config.file) + " cannot be opened",
                        std::move(details));
    }
  }
  for (const auto& sink : impl->sinks) {
    const char* const pattern = config.jsonLines ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v";
    sink->set_formatter(
        std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
  }
  impl_ = std::move(impl);
  level_ = config.level;
}

void Logger::log(LogLevel level, std::string_view message,
                 std::initializer_list<LogField> fields) const noexcept {
  if (!enabled(level) || level == LogLevel::Off) return;
  try {
    const std::vector<LogField> copies(fields);
    impl_->write({level, std::chrono::system_clock::now(), message, copies});
  } catch (...) {
    // Losing a line is better than failing the query that it tells of.
  }
}

void Logger::flush() const noexcept {
  if (impl_ == nullptr) return;
  for (const auto& sink : impl_->sinks) {
    try {
      sink->flush();
    } catch (...) {
    }
  }
}

}  // namespace sonde
