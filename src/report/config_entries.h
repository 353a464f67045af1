// Config keys as text: value, meaning, range, default.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "core/error.h"

namespace latent {

/// Where a text stands.
struct TextColumn {
  size_t width = 0;   // of the terminal; 0: lines of any length
  size_t indent = 0;  // spaces before each line
};

/// Returns the keys, aligned: one line for each, or as many as fit the terminal. values: show the
/// values in force and mark those that were given; else show the defaults only.
std::string entries_text(const std::vector<ConfigEntry>& entries, bool values,
                         const TextColumn& column = {});

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
