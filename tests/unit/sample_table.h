// A table with everything that its writers must handle.
#pragma once

#include <limits>
#include <vector>

#include "format/table.h"

namespace latent {

/// Returns two rows of words that need quotes, numbers with a missing one, and pairs of numbers.
inline std::vector<Column> sample_table() {
  return {
      {.name = "name", .words = {"a, \"b\"", "Zürich"}, .numbers = {}},
      {.name = "age, years",
       .words = {},
       .numbers = torch::tensor({0.1, std::numeric_limits<double>::quiet_NaN()}, torch::kDouble)},
      {.name = "mean", .words = {}, .numbers = torch::tensor({{0.1F, 1e-30F}, {-2.0F, 3.0F}})}};
}

}  // namespace latent
