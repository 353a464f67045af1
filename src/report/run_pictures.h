// Which pictures the report about a run shows.
#pragma once

#include <vector>

#include "report/page_parts.h"
#include "session/opened_run.h"

namespace latent {

struct RunPictures {
  std::vector<PicturePart> first;  // what a reader looks at before the figures
  std::vector<PicturePart> others;
};

/// Returns the pictures that suit the run, in the order of the page. errors: [N], of each example
/// of the test split, or undefined.
RunPictures run_pictures(const OpenedRun& run, const Tensor& errors);

}  // namespace latent
