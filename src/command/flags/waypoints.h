// The latents that a morph passes through, as flags name them.
#pragma once

#include <string>
#include <vector>

#include "command/flags/arguments.h"
#include "session/opened_run.h"

namespace latent {

constexpr int64_t kMaxFrames = 1000;  // of a morph

/// The latents that the path passes through.
struct Waypoints {
  Tensor z;          // [M, Z]
  Tensor condition;  // [M, K], or undefined
  std::vector<std::string> names;
  Tensor images = {};  // [M, C, H, W] that they are the codes of; undefined for random ones
};

/// Returns the smallest --random: a single latent may go from one condition to another.
int64_t fewest_random(const Arguments& arguments);

/// Returns the codes of the images of FILES or --indices, or --random latents, under the conditions
/// of --attribute: one for all, one for each, or several for one latent, which then stays where it
/// is. Warns of equal images that follow each other. Throws UsageError for another number of
/// conditions.
Waypoints read_waypoints(const OpenedRun& run, const Arguments& arguments);

}  // namespace latent
