#include "space/contrast.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "data/selection.h"

namespace latent::space {
namespace {

Tensor is_high(const Tensor& values) {  // [N] bool
  const Tensor known_values = values.index({values.isnan().logical_not()});
  if (known_values.numel() == 0) return at::zeros(values.sizes(), at::kBool);
  const double low = known_values.min().item<double>(), high = known_values.max().item<double>();
  if (known_values.eq(low).logical_or(known_values.eq(high)).all().item<bool>())
    return values.eq(high).logical_and(values.ne(low));
  return values.gt(known_values.median());
}

// Images of one class share what the class counts; the classes of a side count alike.
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
  expect_attributes(examples, wanted);
  const size_t equals = wanted.find('=');
  const Attribute* attribute = examples.find(wanted);
  const bool grouped = attribute == nullptr && equals != std::string::npos;
  if (grouped) attribute = examples.find(wanted.substr(0, equals));
  if (attribute == nullptr || grouped == attribute->classes.empty())
    fail_unknown_attribute(examples, wanted);

  const Tensor& values = attribute->values;
  const Tensor counted = values.isnan().logical_not();
  BinaryContrast sides;
  sides.positive =
      grouped ? in_classes(examples, *attribute, wanted.substr(equals + 1)) : is_high(values);
  const Tensor classes =
      grouped ? values.nan_to_num(0).to(at::kLong) : at::zeros({values.size(0)}, at::kLong);
  sides.weight = balanced(sides.positive, classes, counted);
  if (sides.positives() == 0)
    throw Error("attribute \"" + wanted + "\": no image of the " + where + " has it");
  if (sides.negatives() == 0)
    throw Error("attribute \"" + wanted + "\": every image of the " + where + " has it");
  return sides;
}

}  // namespace latent::space
