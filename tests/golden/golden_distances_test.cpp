// Distances between distributions and images against the numbers of other programs: see
// make_distances.py.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/random.h"
#include "format/safetensors.h"
#include "measure/image_quality.h"
#include "statistics/coverage.h"
#include "statistics/frechet.h"
#include "statistics/kernel_distance.h"

namespace latent {
namespace {

class GoldenDistances : public testing::Test {
 protected:
  const Tensor& tensor(const std::string& name) const { return file_.tensors.at(name); }
  // Passes within a ten-thousandth of the stored number.
  void expect(double got, const std::string& name) const {
    const auto want = tensor(name).item<double>();
    EXPECT_NEAR(got, want, 1e-4 * std::abs(want)) << name;
  }

 private:
  TensorFile file_ =
      read_tensors(std::filesystem::path(LATENT_TESTS_DIR) / "golden" / "distances.safetensors");
};

// The picture of make_distances.py.
Tensor waves(int64_t height, int64_t width, double phase) {
  const Tensor row = at::arange(height, at::kDouble).view({-1, 1});
  const Tensor column = at::arange(width, at::kDouble).view({1, -1});
  const Tensor wave = at::sin(0.11 * row + phase) * at::cos(0.07 * column - 0.5 * phase) +
                      at::sin(0.9 * row * column / static_cast<double>(width) + phase);
  return (0.5 + 0.2 * wave).view({1, 1, height, width});
}

TEST_F(GoldenDistances, FrechetIsTorchFidelitys) {
  const auto found = statistics::frechet(tensor("generated"), "samples", tensor("real"), "images");
  expect(found.value, "frechet");
}

TEST_F(GoldenDistances, KernelDistanceIsTorchFidelitys) {
  expect(statistics::squared_discrepancy(tensor("generated"), tensor("real")), "kid");
}

TEST_F(GoldenDistances, CoverageIsThatOfPrdcAndTorchFidelity) {
  const auto found = statistics::coverage(tensor("real"), tensor("generated"), 5);
  for (const std::string from : {"", "prdc."}) {
    expect(found.precision.value, from + "precision");
    expect(found.recall.value, from + "recall");
  }
  expect(found.density, "density");
  expect(found.coverage.value, "coverage");
}

TEST_F(GoldenDistances, MultiScaleSimilarityIsPytorchMsssims) {
  const Tensor a = waves(176, 192, 0), b = waves(176, 192, 0.3);
  for (const int64_t scales : {1, 2, 5})
    expect(ms_ssim(a, b, scales).item<double>(), "ms_ssim." + std::to_string(scales));
}

}  // namespace
}  // namespace latent
