#include "analysis/training_rule.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/text/suggest.h"
#include "data/selection/selection.h"

namespace latent {

Tensor rows_where(const Examples& train, const std::string& rule, const std::string& where) {
  const Tensor rows = match(train, rule, where).holds.nonzero().squeeze(1);
  if (rows.numel() > 0) return rows;
  throw Error(fmt::format("{} {}: holds for none of {}; expected a rule that holds for some", where,
                          rule, counted(train.count(), "training image")));
}

}  // namespace latent
