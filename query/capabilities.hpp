// What an engine can do, asked before it is tried. Plain data; a dialect gives one that never
// changes.
#pragma once

#include <cstddef>

namespace sonde {

struct Capabilities {
  bool returning = false;              ///< INSERT/UPDATE/DELETE … RETURNING.
  bool returningUpdate = true;         ///< Where `returning`: UPDATE, too (MariaDB: not).
  bool returningTellsJson = true;      ///< Where `returning`: JSON apart from text (MariaDB: not).
  bool returningSeesTriggers = false;  ///< RETURNING shows what AFTER triggers changed.
  bool conflictTarget = false;         ///< ON CONFLICT (columns).
  bool savepoints = false;
  bool transactionalDdl = false;
  bool addConstraint = false;    ///< ALTER TABLE … ADD CONSTRAINT.
  bool defaultKeyword = false;   ///< DEFAULT as a value in VALUES and SET.
  bool nullsOrder = false;       ///< NULLS FIRST / LAST in ORDER BY.
  bool arrayParameters = false;  ///< A list bound as one parameter.
  bool lastInsertId = false;     ///< The key of the last row without RETURNING.
  bool multiRowInsertIsFaster = false;
  bool sessionSettings = false;  ///< SET LOCAL.
  /// The database is a file with settings of its own: a journal, a cache, memory mapping, attached
  /// files.
  bool fileSettings = false;
  bool bulkInsert = false;     ///< Connection::bulkInsert.
  bool pipeline = false;       ///< Statement::fetchEach takes fewer round trips than rows.
  bool namedLocks = false;     ///< Connection::lock.
  bool notifications = false;  ///< Connection::listen and notify.
  /// A statement that fails inside a transaction spoils it: only a rollback, or one to a savepoint
  /// set before, makes it usable again.
  bool errorSpoilsTransaction = false;
  std::size_t maxParameters = 999;
};

}  // namespace sonde
