#include "backup_store.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <utility>

namespace sonde {
namespace {

namespace fs = std::filesystem;
using std::chrono::system_clock;

constexpr const char* kStamp = "%Y%m%dT%H%M%SZ";
constexpr std::size_t kStampSize = 16;
constexpr std::string_view kSuffix = ".backup";

std::string formatted(system_clock::time_point time, const char* format) {
  const std::time_t seconds = system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &parts)};
}

std::optional<system_clock::time_point> parsedStamp(std::string_view text) {
  const std::string stamp(text);
  std::tm parts{};
  const char* const end = strptime(stamp.c_str(), kStamp, &parts);
  if (stamp.size() != kStampSize || end == nullptr || *end != '\0') return std::nullopt;
  const auto time = system_clock::from_time_t(timegm(&parts));
  // strptime takes 20260231 and shorter numbers too.
  if (formatted(time, kStamp) != stamp) return std::nullopt;
  return time;
}

}  // namespace

BackupStore::BackupStore(std::string folder, std::string name)
    : folder_(std::move(folder)), name_(std::move(name)) {}

std::string BackupStore::pathAt(system_clock::time_point time) const {
  return (fs::path(folder_) / (name_ + "-" + formatted(time, kStamp) + std::string(kSuffix)))
      .string();
}

std::optional<system_clock::time_point> BackupStore::timeOf(std::string_view fileName) const {
  if (fileName.size() != name_.size() + 1 + kStampSize + kSuffix.size()) return std::nullopt;
  if (!fileName.starts_with(name_) || fileName[name_.size()] != '-' ||
      !fileName.ends_with(kSuffix)) {
    return std::nullopt;
  }
  return parsedStamp(fileName.substr(name_.size() + 1, kStampSize));
}

std::vector<StoredBackup> BackupStore::list() const {
  std::vector<StoredBackup> found;
  std::error_code none;
  for (fs::directory_iterator at(folder_, none); !none && at != fs::directory_iterator();
       at.increment(none)) {
    const auto time = timeOf(at->path().filename().string());
    std::error_code gone;
    if (!time || !fs::is_regular_file(at->symlink_status(gone))) continue;
    const std::uintmax_t bytes = at->file_size(gone);
    if (!gone) found.push_back({at->path().string(), *time, bytes});
  }
  std::sort(found.begin(), found.end(),
            [](const StoredBackup& a, const StoredBackup& b) { return a.time > b.time; });
  return found;
}

std::optional<StoredBackup> BackupStore::newest() const {
  const std::vector<StoredBackup> all = list();
  return all.empty() ? std::nullopt : std::optional(all.front());
}

std::vector<std::string> BackupStore::prune(std::size_t keep, std::string_view made) const {
  const std::vector<StoredBackup> all = list();
  std::vector<std::string> removed;
  for (std::size_t i = std::max<std::size_t>(keep, 1); i < all.size(); ++i) {
    std::error_code failure;
    // After the clock was set back, the one just made need not be among the newest.
    if (all[i].path != made && fs::remove(all[i].path, failure)) removed.push_back(all[i].path);
  }
  return removed;
}

std::string isoUtc(system_clock::time_point time) { return formatted(time, "%Y-%m-%dT%H:%M:%SZ"); }

}  // namespace sonde
