// Rules that pick examples: "label=7", "!Smiling", "scale=0.5..0.8".
#include "data/selection/selection.h"

#include <ATen/ATen.h>

#include "fuzz.h"

LATENT_FUZZ_TARGET(input) {
  using namespace latent;
  static const Examples examples{
      .pixels = at::zeros({3, 1, 1, 1}, at::kByte),
      .attributes = {{"label", at::tensor({0.0, 1.0, 1.0}, at::kDouble), {"cat", "dog"}},
                     {"Smiling", at::tensor({0.0, 1.0, 0.0}, at::kDouble), {}},
                     {"scale", at::tensor({0.5, 0.7, 1.0}, at::kDouble), {}}},
      .names = {}};
  if (match(examples, std::string(input), "data.keep").holds.numel() != 3) std::abort();
}
