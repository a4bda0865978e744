// The sections of `sonde doctor`: each looks at one side of a database and says what is wrong.
//
// Invariant: a section changes nothing in the database; what is well it does not mention. A new
// section is one function and one line in doctor_sections.cpp.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../db/database.hpp"
#include "../dialects/probe.hpp"
#include "progress_bar.hpp"

namespace sonde::cli {

/// One thing that is wrong. Texts are for people, and hold no values of rows.
struct DoctorFinding {
  HealthStatus severity = HealthStatus::Warn;  ///< Warn or Fail.
  std::string name{};       ///< What it is about: "foreign-keys", "app.posts(user_id)".
  std::string evidence{};   ///< What was seen.
  std::string advice{};     ///< What to do, in a sentence.
  std::string statement{};  ///< The SQL or command that does it; empty where there is none.
  std::string undo{};       ///< What takes that back; empty where nothing need be or can be.
};

/// What could not be looked at, and why.
struct DoctorGap {
  std::string name{};
  std::string reason{};
};

struct DoctorReport {
  std::size_t looked = 0;  ///< How many things were looked at.
  std::vector<DoctorFinding> findings{};
  std::vector<DoctorGap> gaps{};
};

/// What a section is given.
struct DoctorVisit {
  const Database& db;  ///< Open for reading only.
  bool deep = false;   ///< Whether it may read the whole database.
  ProgressBar& progress;
};

struct DoctorSection {
  std::string_view name;  ///< In the page and in JSON: "health".
  DoctorReport (*look)(const DoctorVisit& visit);
};

/// @return Every section, in the order of the page.
[[nodiscard]] std::span<const DoctorSection> doctorSections();

/// The checks of the health monitor; with `deep` those that read everything.
[[nodiscard]] DoctorReport lookAtHealth(const DoctorVisit& visit);
/// The advice of the engine's tuner, without what is only worth knowing (AdviceSeverity::Note), and
/// settings that hold otherwise than they were asked for.
[[nodiscard]] DoctorReport lookAtSettings(const DoctorVisit& visit);
/// Indexes that are there twice or invalid, and foreign keys of large tables without one.
[[nodiscard]] DoctorReport lookAtIndexes(const DoctorVisit& visit);

}  // namespace sonde::cli
