#include "postgres_catalog.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "../../core/error.hpp"
#include "postgres_catalog_builder.hpp"
#include "postgres_catalog_sql.hpp"
#include "postgres_handle.hpp"

namespace sonde {
namespace {

using postgres::CatalogBuilder;
using postgres::Deparse;
namespace sql = postgres::sql;

/// How long ending a snapshot may take that was given up.
constexpr std::chrono::milliseconds kEndingTimeout{5000};

using Take = void (CatalogBuilder::*)(const PostgresResult&);

/// A statement and who takes its rows; nobody where it gives none that matter.
struct Step {
  std::string sql;
  Take take = nullptr;
};

/// Statements that may fail for a single object, and what to call what they say of it.
struct TextStep {
  Deparse deparse;
  Take take;
  const char* what;
};

/// One moment of the database: a transaction of its own, or a savepoint in the one that is open.
/// Either way what is set inside ends with it.
class Snapshot {
 public:
  explicit Snapshot(PostgresHandle& handle) : handle_(handle), own_(!handle.inTransaction()) {}
  ~Snapshot() {
    // Whatever the armed context says: the connection goes on to somebody else.
    if (begun_ && !handle_.broken()) handle_.execWithin(ending(), kEndingTimeout);
  }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// @return The statement that begins it. From now on the destructor ends it.
  [[nodiscard]] std::string beginning() {
    begun_ = true;
    return own_ ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "SAVEPOINT sonde_catalog";
  }
  /// @return The statements that end it, also after a failure.
  [[nodiscard]] std::string ending() const {
    if (own_) return "ROLLBACK";
    return "ROLLBACK TO SAVEPOINT sonde_catalog; RELEASE SAVEPOINT sonde_catalog";
  }
  void ended() noexcept { begun_ = false; }

 private:
  PostgresHandle& handle_;
  bool own_;
  bool begun_ = false;
};

/// Whether the error may be about one object, so that the others can be read without it.
bool mayConcernOneObject(const Error& error) noexcept {
  switch (error.code()) {
    case ErrorCode::Timeout:
    case ErrorCode::Cancelled:
    case ErrorCode::Transaction:
    case ErrorCode::ResultTooLarge:
      return false;
    default:
      return true;
  }
}

/// Version 12 has the generated columns that the statements ask for.
void requireVersion(int version) {
  constexpr int kOldest = 120000;
  constexpr int kMajor = 10000;
  if (version >= kOldest) return;
  throw Unsupported("this is PostgreSQL " + std::to_string(version / kMajor) +
                    "; reading its schema needs 12 or later");
}

class CatalogReader {
 public:
  explicit CatalogReader(PostgresHandle& handle)
      : handle_(handle),
        version_(PQserverVersion(handle.connection())),
        builder_(version_),
        snapshot_(handle) {}

  /// Everything in two batches. @throws When any statement fails.
  Catalog readAtOnce() {
    std::vector<Step> batch{{snapshot_.beginning()}};
    addTo(batch, tables());
    // The longest for the server, so that it works while the columns are put together here.
    for (const TextStep& text : tableTexts()) batch.push_back({text.deparse.all(), text.take});
    addTo(batch, parts());
    for (const TextStep& text : partTexts()) batch.push_back({text.deparse.all(), text.take});
    run(batch);
    builder_.closeUses();
    batch = uses();
    if (!builder_.types().uses().empty()) {
      batch.push_back({typeNames().deparse.all(), typeNames().take});
    }
    batch.push_back({snapshot_.ending()});
    run(batch);
    snapshot_.ended();
    return builder_.finish();
  }

  /// The same, but what fails is narrowed down to the objects that are at fault.
  Catalog readCarefully() {
    std::vector<Step> batch{{snapshot_.beginning()}};
    addTo(batch, tables());
    addTo(batch, parts());
    run(batch);
    for (const TextStep& text : tableTexts()) readText(text);
    for (const TextStep& text : partTexts()) readText(text);
    builder_.closeUses();
    run(uses());
    if (!builder_.types().uses().empty()) readText(typeNames());
    run({{snapshot_.ending()}});
    snapshot_.ended();
    return builder_.finish();
  }

 private:
  static void addTo(std::vector<Step>& batch, std::vector<Step> steps) {
    for (Step& step : steps) batch.push_back(std::move(step));
  }

  [[nodiscard]] std::vector<Step> tables() const {
    using B = CatalogBuilder;
    return {{sql::searchPath(), &B::takeSearchPath},
            {sql::settings()},
            {sql::extensionMembers(), &B::takeExtensionMembers},
            {sql::tables(version_), &B::takeTables},
            {sql::columns(), &B::takeColumns}};
  }

  [[nodiscard]] static std::vector<TextStep> tableTexts() {
    using B = CatalogBuilder;
    return {{sql::defaults(), &B::takeDefaults, "default"},
            {sql::definitions(), &B::takeDefinitions, "definition"}};
  }

  /// What stands on the tables, and the types.
  [[nodiscard]] std::vector<Step> parts() const {
    using B = CatalogBuilder;
    return {{sql::keys(version_), &B::takeKeys}, {sql::indexes(version_), &B::takeIndexes},
            {sql::triggers(), &B::takeTriggers}, {sql::inheritance(), &B::takeInheritance},
            {sql::comments(), &B::takeComments}, {sql::sequences(), &B::takeSequences},
            {sql::namedTypes(), &B::takeTypes},  {sql::enumLabels(), &B::takeEnumLabels}};
  }

  [[nodiscard]] static std::vector<TextStep> partTexts() {
    using B = CatalogBuilder;
    return {{sql::rules(), &B::takeRules, "constraint"},
            {sql::indexParts(), &B::takeIndexParts, "index"},
            {sql::triggerDefinitions(), &B::takeTriggerDefinitions, "trigger"},
            {sql::domainDefaults(), &B::takeDomainDefaults, "domain"}};
  }

  /// What the structure refers to, so known only now.
  [[nodiscard]] std::vector<Step> uses() {
    using B = CatalogBuilder;
    return {{sql::types(builder_.types().usedOids()), &B::takeTypes},
            {sql::collations(builder_.collationsUsed()), &B::takeCollations},
            {sql::operatorClasses(builder_.operatorClassesUsed()), &B::takeOperatorClasses}};
  }

  [[nodiscard]] TextStep typeNames() {
    return {sql::typeNames(builder_.types().uses()), &CatalogBuilder::takeTypeNames, nullptr};
  }

  /// Sends the statements together and gives their rows to the builder as they come.
  void run(const std::vector<Step>& batch) {
    std::string all;
    for (const Step& step : batch) all.append(step.sql).append(";\n");
    handle_.started();
    handle_.limitReceived(0);
    handle_.requireSent(PQsendQuery(handle_.connection(), all.c_str()), all);
    try {
      std::size_t done = 0;
      while (const PostgresResult rows = handle_.nextGood(all)) {
        const Take take = done < batch.size() ? batch[done].take : nullptr;
        if (take != nullptr) (builder_.*take)(rows);
        ++done;
      }
    } catch (const Error&) {
      throw;  // of the handle, which is at the end of the batch
    } catch (...) {
      handle_.abandon();
      throw;
    }
  }

  /// Reads what it can of a step: everything, or each half of what failed.
  void readText(const TextStep& step) {
    std::vector<Key> keys;
    const PostgresResult rows = handle_.exec(step.deparse.keys());
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      keys.push_back({rows.integer(row, 0), static_cast<std::uint32_t>(rows.integer(row, 1))});
    }
    std::vector<std::pair<std::size_t, std::size_t>> open{{0, keys.size()}};
    while (!open.empty()) {
      const auto [first, last] = open.back();
      open.pop_back();
      if (first == last) continue;
      const std::string why = tryText(step, keys, first, last);
      if (why.empty()) continue;
      if (last - first == 1) {
        broke(step, keys[first], why);
        continue;
      }
      const std::size_t middle = first + (last - first) / 2;
      open.emplace_back(middle, last);
      open.emplace_back(first, middle);
    }
  }

  struct Key {
    std::int64_t key;
    std::uint32_t owner;
  };

  /// @return Why the rows of these keys could not be read; empty when they could.
  std::string tryText(const TextStep& step, const std::vector<Key>& keys, std::size_t first,
                      std::size_t last) {
    std::vector<std::int64_t> wanted;
    for (std::size_t i = first; i < last; ++i) wanted.push_back(keys[i].key);
    handle_.exec("SAVEPOINT sonde_catalog_part");
    try {
      run({{step.deparse.some(wanted), step.take}});
    } catch (const Error& error) {
      if (handle_.broken() || !mayConcernOneObject(error)) throw;
      handle_.exec("ROLLBACK TO SAVEPOINT sonde_catalog_part");
      return error.what();
    }
    handle_.exec("RELEASE SAVEPOINT sonde_catalog_part");
    return {};
  }

  void broke(const TextStep& step, const Key& key, const std::string& why) {
    if (step.what == nullptr) {
      builder_.types().broke(static_cast<std::size_t>(key.key), why);
    } else {
      builder_.broke(key.owner, step.what, why);
    }
  }

  PostgresHandle& handle_;
  int version_;
  CatalogBuilder builder_;
  Snapshot snapshot_;
};

}  // namespace

Catalog readPostgresCatalog(PostgresHandle& handle) {
  requireVersion(PQserverVersion(handle.connection()));
  try {
    return CatalogReader(handle).readAtOnce();
  } catch (const Error& error) {
    if (handle.broken() || handle.transactionFailed() || !mayConcernOneObject(error)) throw;
  }
  return CatalogReader(handle).readCarefully();
}

}  // namespace sonde
