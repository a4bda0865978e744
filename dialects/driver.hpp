// A driver opens connections to one kind of engine and says how they may be shared.
//
// Invariant: stateless and thread-safe; made once per Database by its factory from the registry.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../core/log.hpp"
#include "../core/uri.hpp"
#include "connection.hpp"
#include "dialect.hpp"
#include "probe.hpp"
#include "profiles.hpp"
#include "what_if.hpp"

namespace sonde {

class BackupMaker;
class Tuner;
class UsageReader;

/// What a connection is opened for.
enum class AccessMode : std::uint8_t {
  ReadOnly,   ///< Nothing may be written; the file must exist.
  ReadWrite,  ///< The database must exist.
  CreateIfMissing,
};

/// A database beside the main one, opened on every connection (SQLite's ATTACH).
struct Attachment {
  std::string name;
  std::string path;
};

/// Everything a driver needs to open connections. Filled from Config.
struct DriverOptions {
  Uri uri;
  AccessMode access = AccessMode::ReadWrite;
  std::chrono::milliseconds busyTimeout{5000};  ///< How long a lock of another is waited for.
  std::vector<Attachment> attachments;
  /// Settings by the engine's own names, applied to every connection that needs them and read back.
  EngineSettings settings;
  std::size_t maxReaders = 4;  ///< Read connections beside the writer, where the engine allows it.
  std::size_t poolSize = 8;    ///< Connections to a server.
  std::chrono::milliseconds connectTimeout{10'000};  ///< To a server, for each host tried.
  Logger logger;
};

/// How connections to this database may be shared.
enum class PoolShape : std::uint8_t {
  Single,            ///< One connection, leased in turn (SQLite rollback journal, in memory, temp).
  WriterAndReaders,  ///< One writer and several read-only connections (SQLite in WAL).
  Uniform,           ///< Any connection may do anything (servers).
};

struct Topology {
  PoolShape shape = PoolShape::Single;
  std::size_t readers = 0;  ///< For WriterAndReaders: at most this many; Uniform: the pool size.
  std::string reason;       ///< Why, for people: "in-memory database".
  /// Whether what a connection sees is its own, so that another one would see something else.
  bool ownData = false;
};

/// See the file comment.
class Driver {
 public:
  virtual ~Driver() = default;

  [[nodiscard]] virtual const Dialect& dialect() const noexcept = 0;

  /// Opens a connection. @throws ConnectionError saying what is wrong with the file or server, and
  /// what to do; ConfigError for an option the engine does not have. Nothing is created unless
  /// asked.
  [[nodiscard]] virtual std::unique_ptr<Connection> connect(const DriverOptions& options,
                                                            TransactionMode mode) const = 0;

  /// @return How connections may be shared, judged on the first connection opened.
  [[nodiscard]] virtual Topology topology(Connection& first,
                                          const DriverOptions& options) const = 0;

  /// @return The settings that a profile stands for on this engine, to be put before those asked
  /// for one by one. @throws ConfigError with the nearest name for one that is none, and for one
  /// that means nothing on this engine: by default every one.
  [[nodiscard]] virtual EngineSettings profile(std::string_view name) const;

  /// @return What gives advice on the settings of this engine; nullptr by default: nobody does.
  [[nodiscard]] virtual std::unique_ptr<Tuner> tuner() const;

  /// @return What reads the server's own counts of statements and indexes; nullptr by default: the
  /// engine counts none.
  [[nodiscard]] virtual std::unique_ptr<UsageReader> usage() const;

  /// Makes the means to ask the planner about indexes that are not there. Nothing is kept in the
  /// database; see WhatIf for what is read.
  /// @param connection One that nobody else uses until the WhatIf is gone.
  /// @param schema What `connection` reads, as it is now; never null.
  /// @return The means, or why there is none, as is the case for an engine that has not been
  /// taught.
  [[nodiscard]] virtual WhatIfOffer whatIf(Connection& connection,
                                           std::shared_ptr<const Schema> schema,
                                           const WhatIfOptions& options) const;

  /// @return What copies a running database into a file. @throws Unsupported naming the engine's
  /// own tool where sonde does not do it: by default always.
  [[nodiscard]] virtual std::unique_ptr<BackupMaker> backup() const;
  /// @return What can be asked about the state of a database that was opened with these options;
  /// none by default. The probe of the name "connectivity", if there is one, is the first.
  [[nodiscard]] virtual std::vector<std::shared_ptr<const Probe>> probes(
      const DriverOptions& options) const {
    static_cast<void>(options);
    return {};
  }
};

/// Makes a driver. Called once per Database.
using DriverFactory = std::function<std::unique_ptr<Driver>()>;

}  // namespace sonde
