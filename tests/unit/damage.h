// Every cut and every flipped bit of a file, and what its reader made of it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>

#include "core/error.h"
#include "memory_file.h"

namespace latent {

/// Reads a file and returns all it understood, as text. Throws Error, and nothing else, if it
/// refuses.
using ReadBack = std::function<std::string(const std::filesystem::path&)>;

/// How a reader took damaged files.
struct Tally {
  int64_t tried = 0;
  int64_t refused = 0;  // with an Error
  int64_t same = 0;     // read, and the damage changed nothing that it understood
  int64_t other = 0;    // read as something else
};

struct Damage {
  Tally cuts, flips;
};

/// Reads `whole`, which must be good, then damaged copies of it: cut after each of its bytes, and
/// with each of its bits flipped.
///
/// All of them where LATENT_EXHAUSTIVE is set and for small files; else a part, evenly spread, and
/// the first and last 256 bytes.
inline Damage damage_everywhere(const std::string& name, const std::string& whole,
                                const ReadBack& read) {
  constexpr size_t kAll = 1200, kEdge = 256, kSampled = 1000;
  const size_t step = std::getenv("LATENT_EXHAUSTIVE") != nullptr || whole.size() <= kAll
                          ? 1
                          : whole.size() / kSampled + 1;
  const auto skipped = [&](size_t at) {
    return at % step != 0 && at >= kEdge && at + kEdge < whole.size();
  };
  const MemoryFile file;
  const std::string good = read(file.set(whole).path());
  const auto attempt = [&](const std::string& bytes, Tally& tally) {
    ++tally.tried;
    try {
      ++(read(file.set(bytes).path()) == good ? tally.same : tally.other);
    } catch (const Error&) {
      ++tally.refused;
    }
  };
  Damage damage;
  for (size_t kept = 0; kept < whole.size(); ++kept) {
    if (!skipped(kept)) attempt(whole.substr(0, kept), damage.cuts);
  }
  std::string bytes = whole;
  for (size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    if (skipped(bit / 8) || (step > 1 && bit % 8 != bit / 8 / step % 8)) continue;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    attempt(bytes, damage.flips);
    bytes[bit / 8] = whole[bit / 8];
  }
  const auto& [cuts, flips] = damage;
  std::cout << name << ", " << whole.size() << " bytes: " << cuts.refused << " of " << cuts.tried
            << " cuts and " << flips.refused << " of " << flips.tried << " flips refused, "
            << cuts.other + flips.other << " read as something else\n";
  return damage;
}

}  // namespace latent
