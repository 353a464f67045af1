// Config keys as text: value, meaning, range, default.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/error.h"

namespace latent {

/// Returns one line per key, aligned. values: show the values in force and mark those that were
/// given; else show the defaults only.
std::string entries_text(const std::vector<ConfigEntry>& entries, bool values);

/// Returns the keys that `configure` reads, found by letting it read a section that holds only
/// `given`.
template <class Configure>
std::vector<ConfigEntry> keys_of(Configure configure, const std::string& given = "{}") {
  Config scratch = Config::parse(given, "defaults");
  Section section = scratch.root();
  try {
    configure(section);
  } catch (const Error&) {
    // A required key is missing; it was recorded before the error.
  }
  return scratch.entries();
}

}  // namespace latent
