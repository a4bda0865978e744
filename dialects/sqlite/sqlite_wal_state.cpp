#include "sqlite_wal_state.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace sonde {
namespace {

// The WAL-index, as sqlite.org/walformat.html describes it: two copies of a header of 48 bytes,
// then what checkpoints keep there. Numbers are in the byte order of the machine.
constexpr std::size_t kHeaderBytes = 48;
constexpr std::size_t kPageSizeAt = 14;
constexpr std::size_t kFramesAt = 16;
constexpr std::size_t kMovedAt = 96;
constexpr int kRegionBytes = 32768;

// Bytes of the -shm that readers lock: one each of five.
constexpr unsigned kFirstReadLock = 123;
constexpr unsigned kLastReadLock = 127;

template <class T>
T numberAt(const unsigned char* bytes, std::size_t at) {
  T number{};
  std::memcpy(&number, bytes + at, sizeof(number));
  return number;
}

}  // namespace

std::optional<SqliteWalState> readSqliteWalState(sqlite3* db) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
      file == nullptr || file->pMethods == nullptr || file->pMethods->iVersion < 2) {
    return std::nullopt;
  }
  volatile void* mapped = nullptr;
  if (file->pMethods->xShmMap(file, 0, kRegionBytes, 0, &mapped) != SQLITE_OK ||
      mapped == nullptr) {
    return std::nullopt;
  }
  // A writer changes both copies one after the other: equal ones are whole.
  constexpr int kAttempts = 10;
  std::array<unsigned char, kMovedAt + sizeof(std::uint32_t)> bytes{};
  for (int i = 0; i < kAttempts; ++i) {
    const auto* from = static_cast<const volatile unsigned char*>(mapped);
    std::copy(from, from + bytes.size(), bytes.begin());
    if (std::memcmp(bytes.data(), bytes.data() + kHeaderBytes, kHeaderBytes) != 0) continue;
    SqliteWalState state;
    state.frames = numberAt<std::uint32_t>(bytes.data(), kFramesAt);
    state.moved = numberAt<std::uint32_t>(bytes.data(), kMovedAt);
    const auto size = numberAt<std::uint16_t>(bytes.data(), kPageSizeAt);
    state.pageBytes = (size & 0xfe00U) + ((size & 0x0001U) << 16U);
    return state;
  }
  return std::nullopt;
}

std::vector<int> sqliteWalReaders(const std::string& path) {
  struct stat shm {};
  if (stat((path + "-shm").c_str(), &shm) != 0) return {};
  std::array<char, 64> id{};
  std::snprintf(id.data(), id.size(), "%02x:%02x:%llu", major(shm.st_dev), minor(shm.st_dev),
                static_cast<unsigned long long>(shm.st_ino));
  std::vector<int> processes;
  // "1: POSIX  ADVISORY  READ 4711 fe:01:1234 123 123"
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number;
    std::string kind;
    std::string advisory;
    std::string mode;
    std::string inode;
    int process = 0;
    unsigned first = 0;
    unsigned last = 0;
    if (!(words >> number >> kind >> advisory >> mode >> process >> inode >> first >> last))
      continue;
    const bool reads = mode == "READ" && first >= kFirstReadLock && last <= kLastReadLock;
    if (kind != "POSIX" || !reads || inode != id.data()) continue;
    if (std::find(processes.begin(), processes.end(), process) == processes.end()) {
      processes.push_back(process);
    }
  }
  return processes;
}

}  // namespace sonde
