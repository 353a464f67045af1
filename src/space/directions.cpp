#include "space/directions.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "statistics/logistic.h"

namespace latent::space {
namespace {

constexpr double kNoLength = 1e-9;

Tensor mean_difference(const Tensor& x, const BinaryContrast& sides) {  // [Z]
  const Tensor sign = at::where(sides.positive, 1.0, -1.0).to(at::kDouble);
  return x.t().mv(sign * sides.weight);
}

Tensor unit_direction(const Tensor& x, const BinaryContrast& sides, Method method) {
  const Tensor found = method == Method::kMean
                           ? mean_difference(x, sides)
                           : statistics::fit_logistic(x, sides.positive, sides.weight).weights;
  const Tensor length = found.norm();
  if (!(length.item<double>() > kNoLength))
    throw Error("the attribute has no direction: both sides have the same latents");
  return found / length;
}

// The part of `unit` at right angles to each of `others`.
Tensor without(const Tensor& unit, const std::vector<Tensor>& others) {
  if (others.empty()) return unit;
  const Tensor basis = at::stack(others, 1);  // [Z, K]
  // Not QR, which would invent directions if the others are linearly dependent.
  const auto [u, s, v] = at::linalg_svd(basis, /*full_matrices=*/false);
  const Tensor spanned = u.index({at::indexing::Slice(), s > kNoLength});
  const Tensor rest = unit - spanned.mv(spanned.t().mv(unit));
  const Tensor length = rest.norm();
  if (!(length.item<double>() > 1e-6)) {
    throw Error(
        "nothing of the direction remains at right angles to the other attributes; expected "
        "attributes that differ from it");
  }
  return rest / length;
}

}  // namespace

Method parse_method(const std::string& name) {
  if (name == "mean") return Method::kMean;
  if (name == "logistic") return Method::kLogistic;
  throw Error("expected mean or logistic");
}

std::string to_string(Method method) { return method == Method::kMean ? "mean" : "logistic"; }

Tensor Direction::scores(const Tensor& means) const {
  return ((means.to(at::kDouble) - center) / scale).mv(unit) / spread;
}

Tensor Direction::step() const { return (scale * unit * spread).to(at::kFloat); }

Direction find_direction(const Tensor& means, const BinaryContrast& sides, Method method,
                         const std::vector<BinaryContrast>& orthogonal_to) {
  expect_shape(means, {sides.positive.size(0), -1}, "latents");
  const Tensor z = means.to(at::kDouble);
  Direction direction;
  direction.center = z.mean(0);
  const Tensor scale = z.std(0, /*unbiased=*/false);
  direction.scale = at::where(scale > kNoLength, scale, at::ones_like(scale));
  const Tensor x = (z - direction.center) / direction.scale;
  std::vector<Tensor> others;
  for (const auto& other : orthogonal_to)
    others.push_back(unit_direction(x, other, method));
  direction.unit = without(unit_direction(x, sides, method), others);
  direction.spread = x.mv(direction.unit).std(/*unbiased=*/false).item<double>();
  return direction;
}

}  // namespace latent::space
