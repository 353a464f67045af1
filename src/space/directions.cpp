#include "space/directions.h"

#include <ATen/ATen.h>

#include <utility>

#include "core/error.h"
#include "core/text/suggest.h"
#include "statistics/logistic.h"

namespace latent::space {
namespace {

constexpr double kNoLength = 1e-9;

constexpr double kCovariatePenalty = 1e-3;  // of the squares of a covariate

constexpr std::pair<Method, const char*> kNames[] = {{Method::kMean, "mean"},
                                                     {Method::kLogistic, "logistic"},
                                                     {Method::kCovariance, "covariance"},
                                                     {Method::kRegression, "regression"}};

// 1 on the side that has the attribute, -1 on the other.
Tensor signs_of(const BinaryContrast& sides) {
  return at::where(sides.positive, 1.0, -1.0).to(at::kDouble);
}

Tensor mean_difference(const Tensor& x, const BinaryContrast& sides) {  // [Z]
  return x.t().mv(signs_of(sides) * sides.weight);
}

// The signs less what the covariates say about them.
Tensor unexplained(const BinaryContrast& sides, const Tensor& covariates) {
  const Tensor signs = signs_of(sides);
  const int64_t rows = signs.size(0);
  const Tensor known = at::cat({covariates, at::ones({rows, 1}, at::kDouble)}, 1);  // [N, K + 1]
  const Tensor weighted = known * sides.weight.unsqueeze(1);
  const Tensor squares =
      known.t().mm(weighted) + kCovariatePenalty * at::eye(known.size(1), at::kDouble);
  return signs - known.mv(at::linalg_solve(squares, weighted.t().mv(signs)));
}

Tensor found_by(const Tensor& x, const BinaryContrast& sides, Method method,
                const Tensor& covariates) {
  if (method == Method::kRegression && covariates.defined())
    return x.t().mv(unexplained(sides, covariates) * sides.weight);
  if (method == Method::kMean || method == Method::kRegression) return mean_difference(x, sides);
  const Tensor weights = statistics::fit_logistic(x, sides.positive, sides.weight).weights;
  if (method == Method::kLogistic) return weights;
  return x.t().mv(x.mv(weights)) / static_cast<double>(x.size(0));
}

Tensor unit_direction(const Tensor& x, const BinaryContrast& sides, Method method,
                      const Tensor& covariates) {
  const Tensor found = found_by(x, sides, method, covariates);
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
  std::vector<std::string> known;
  for (const auto& [method, word] : kNames) {
    if (name == word) return method;
    known.emplace_back(word);
  }
  throw Error("expected " + join(known, " or "));
}

std::string to_string(Method method) {
  for (const auto& [known, word] : kNames) {
    if (known == method) return word;
  }
  return "";
}

Tensor Direction::scores(const Tensor& means) const {
  return ((means.to(at::kDouble) - center) / scale).mv(unit) / spread;
}

Tensor Direction::step() const { return (scale * unit * spread).to(at::kFloat); }

Direction find_direction(const Tensor& means, const BinaryContrast& sides, Method method,
                         const std::vector<BinaryContrast>& orthogonal_to,
                         const Tensor& covariates) {
  expect_shape(means, {sides.positive.size(0), -1}, "latents");
  const Tensor z = means.to(at::kDouble);
  Direction direction;
  direction.center = z.mean(0);
  const Tensor scale = z.std(0, /*unbiased=*/false);
  direction.scale = at::where(scale > kNoLength, scale, at::ones_like(scale));
  const Tensor x = (z - direction.center) / direction.scale;
  std::vector<Tensor> others;
  for (const auto& other : orthogonal_to)
    others.push_back(unit_direction(x, other, method, {}));
  direction.unit = without(unit_direction(x, sides, method, covariates), others);
  direction.spread = x.mv(direction.unit).std(/*unbiased=*/false).item<double>();
  return direction;
}

}  // namespace latent::space
