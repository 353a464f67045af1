// Files of a data set that are not used, and how to use them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace latent {

/// Files that are not used for one reason.
struct LeftOut {
  std::string what;  // an ending, ".heic"; or a folder, "ground_truth/"
  int64_t files = 0;
  std::string remedy;  // "convert them with heif-convert FILE.heic FILE.jpg"
};

/// Returns "22 files left out: .heic 20: convert them with ...; .avi 1, .mp4 1: ...", the most
/// files first; or "" if there are none.
std::string left_out_text(const std::vector<LeftOut>& left_out);

}  // namespace latent
