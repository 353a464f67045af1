#include "space/paths.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/random.h"

namespace latent::space {
namespace {

constexpr double kVisible = 1e-6;   // mean change of a pixel; smaller ones are rounding errors
constexpr double kParallel = 1e-6;  // sine of the angle below which directions count as one

Tensor positions(int64_t steps) {  // [steps, 1]
  TORCH_CHECK(steps >= 2, "a path needs two points, got ", steps);
  return at::linspace(0, 1, steps, at::kDouble).unsqueeze(1);
}

// A float64 path as float32, with its ends exactly as given.
Tensor with_ends(const Tensor& path, const Tensor& a, const Tensor& b) {
  const Tensor exact = path.to(at::kFloat);
  exact[0].copy_(a);
  exact[-1].copy_(b);
  return exact;
}

// A unit vector at right angles to the unit vector u: the axis in which u is smallest, made
// orthogonal.
Tensor perpendicular(const Tensor& u) {
  Tensor axis = at::zeros_like(u);
  axis[u.abs().argmin().item<int64_t>()] = 1;
  axis -= u * u.dot(axis);
  return axis / axis.norm();
}

Tensor join(const Tensor& a, const Tensor& b, int64_t steps, Path path, int64_t places = 0) {
  if (path == Path::kCells) return cells(a, b, steps, places);
  return path == Path::kSlerp ? slerp(a, b, steps) : linear(a, b, steps);
}

// The root mean squared change of each picture to the next: [F - 1].
Tensor changes_of(const Tensor& images) {
  expect_shape(images, {-1, -1, -1, -1}, "frames");
  const int64_t changes = images.size(0) - 1;
  TORCH_CHECK(changes >= 1, "changes need two frames");
  const Tensor all = images.to(at::kDouble);
  return (all.narrow(0, 1, changes) - all.narrow(0, 0, changes)).square().flatten(1).mean(1).sqrt();
}

}  // namespace

Path parse_path(const std::string& name) {
  if (name == "linear") return Path::kLinear;
  if (name == "slerp") return Path::kSlerp;
  if (name == "cells") return Path::kCells;
  throw Error("expected linear, slerp or cells");
}

Tensor linear(const Tensor& a, const Tensor& b, int64_t steps) {
  expect_shape(a, {-1}, "start of a path");
  expect_shape(b, {a.size(0)}, "end of a path");
  const Tensor from = a.to(at::kDouble).unsqueeze(0), to = b.to(at::kDouble).unsqueeze(0);
  return with_ends(from + positions(steps) * (to - from), a, b);
}

Tensor slerp(const Tensor& a, const Tensor& b, int64_t steps) {
  expect_shape(a, {-1}, "start of a path");
  expect_shape(b, {a.size(0)}, "end of a path");
  const Tensor from = a.to(at::kDouble), to = b.to(at::kDouble);
  const Tensor long_a = from.norm(), long_b = to.norm();
  if (long_a.item<double>() == 0 || long_b.item<double>() == 0) return linear(a, b, steps);
  const Tensor u = from / long_a, v = to / long_b;
  const Tensor cosine = u.dot(v);
  Tensor across = v - u * cosine;  // the part of v at right angles to u
  const Tensor sine = across.norm();
  if (sine.item<double>() < kParallel) {
    if (cosine.item<double>() > 0 || u.numel() == 1) return linear(a, b, steps);
    across = perpendicular(u);
  } else {
    across = across / sine;
  }
  const Tensor t = positions(steps);                 // [steps, 1]
  const Tensor angle = t * at::atan2(sine, cosine);  // exact near 0 and pi, where acos is not
  const Tensor direction = at::cos(angle) * u + at::sin(angle) * across;  // [steps, Z]
  return with_ends(direction * (long_a + t * (long_b - long_a)), a, b);
}

Tensor cells(const Tensor& a, const Tensor& b, int64_t steps, int64_t places) {
  expect_shape(a, {-1}, "start of a path");
  expect_shape(b, {a.size(0)}, "end of a path");
  TORCH_CHECK(places > 0 && a.size(0) % places == 0, "a map of ", places, " places with ",
              a.size(0), " latents");
  auto noise = generator(0, Stream::kPictures);
  const Tensor turn = at::randperm(places, noise, at::kLong).to(at::kDouble);     // of each place
  const Tensor done = at::round(positions(steps) * static_cast<double>(places));  // [steps, 1]
  const Tensor replaced = turn.unsqueeze(0).lt(done).unsqueeze(1);  // [steps, 1, places]
  return at::where(replaced, b.view({1, -1, places}), a.view({1, -1, places}))
      .flatten(1)
      .to(at::kFloat);
}

Tensor through(const Tensor& points, int64_t steps, Path path, int64_t places) {
  expect_shape(points, {-1, -1}, "points of a path");
  TORCH_CHECK(points.size(0) >= 2, "a path needs two points, got ", points.size(0));
  std::vector<Tensor> parts;
  for (int64_t i = 0; i + 1 < points.size(0); ++i) {
    const Tensor part = join(points[i], points[i + 1], steps, path, places);
    parts.push_back(i == 0 ? part : part.narrow(0, 1, steps - 1));
  }
  return at::cat(parts);
}

Tensor patch(const Tensor& corners, int64_t steps, Path path) {
  expect_shape(corners, {4, -1}, "corners of a patch");
  const Tensor left = join(corners[0], corners[2], steps, path);
  const Tensor right = join(corners[1], corners[3], steps, path);
  std::vector<Tensor> rows;
  for (int64_t row = 0; row < steps; ++row)
    rows.push_back(join(left[row], right[row], steps, path));
  return at::cat(rows);
}

bool is_still(const Tensor& images) { return changes_of(images).max().item<double>() <= kVisible; }

double unevenness(const Tensor& images) {
  if (is_still(images)) return 1;
  const Tensor change = changes_of(images);
  return (change.max() / change.mean()).item<double>();
}

}  // namespace latent::space
