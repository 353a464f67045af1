#include "space/contrast.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "data/selection/selection.h"

namespace latent::space {
namespace {

constexpr const char* kRemedy = "; expected a rule that some images match and others do not";

// Gives the classes of a side equal weight in all, and the images of a class equal shares of it.
Tensor balanced(const Tensor& positive, const Tensor& classes, const Tensor& counted) {
  Tensor weight = at::zeros({positive.size(0)}, at::kDouble);
  for (const Tensor& side : {positive, positive.logical_not()}) {
    const Tensor members = side.logical_and(counted);
    const Tensor counts = at::bincount(classes.index({members}));
    const auto kinds = counts.gt(0).sum().item<double>();
    if (kinds == 0) continue;
    const Tensor share = 1.0 / (counts.clamp_min(1).to(at::kDouble) * kinds);
    weight.index_put_({members}, share.index({classes.index({members})}));
  }
  return weight;
}

}  // namespace

int64_t BinaryContrast::positives() const {
  return positive.logical_and(weight.gt(0)).sum().item<int64_t>();
}

int64_t BinaryContrast::negatives() const {
  return positive.logical_not().logical_and(weight.gt(0)).sum().item<int64_t>();
}

BinaryContrast contrast_by(const Examples& examples, const std::string& wanted,
                           const std::string& where) {
  const Matches found = match(examples, wanted, BareNumber::kAboveMedian);
  const BinaryContrast sides{.positive = found.holds,
                             .weight = balanced(found.holds, found.group, found.known)};
  if (sides.positives() == 0)
    throw Error("attribute \"" + wanted + "\": no image of the " + where + " has it" + kRemedy);
  if (sides.negatives() == 0)
    throw Error("attribute \"" + wanted + "\": every image of the " + where + " has it" + kRemedy);
  return sides;
}

}  // namespace latent::space
