// Penalties made from the table, and latents to call them with.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "core/random.h"
#include "objective/adversary.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {

const std::string kGaussian = R"({"encoder": "dense"})";

/// A penalty of the table, for a model of images of 1x4x4.
inline std::shared_ptr<Penalty> penalty(const std::string& name, const std::string& options,
                                        const std::string& model = kGaussian,
                                        int64_t training_images = 0) {
  Config config = Config::parse("{\"" + name + "\": " + options + "}", "test.json");
  Section section = config.root().section(name);
  const PenaltyPlan plan = penalties().find(name, "test").configure(section);
  config.check_all_read();
  const auto made = make_model(model, {1, 4, 4});
  return plan.make(
      {.bottleneck = made->bottleneck(), .images = {1, 4, 4}, .training_images = training_images});
}

/// Latents with a posterior, each with a gradient.
struct PosteriorLatents {
  Tensor mean, logvar, z;

  PosteriorLatents(int64_t batch, int64_t latents, at::ScalarType type) {
    at::Generator noise = generator(5, Stream::kLatents);
    mean = at::randn({batch, latents}, noise, at::kDouble).to(type).requires_grad_();
    logvar = (at::randn({batch, latents}, noise, at::kDouble) - 1).to(type).requires_grad_();
    z = at::randn({batch, latents}, noise, at::kDouble).to(type).requires_grad_();
  }
  Latent latent() const { return {.z = z, .code = mean, .posterior = Posterior{mean, logvar}}; }
};

inline PenaltyValue value_of_latents(const Penalty& penalty, const Latent& latent,
                                     uint64_t seed = 0) {
  const Tensor no_images;
  const Output output{.decoded = {}, .latent = latent};
  return penalty(
      {.images = no_images, .output = output, .noise = generator(seed, Stream::kPenalty)});
}

inline void expect_same_gradient(const Tensor& got, const Tensor& want, double tolerance) {
  if (!want.grad().defined()) return;
  const double scale = want.grad().abs().max().item<double>();
  expect_tensor_near(got.grad(), want.grad(), tolerance * scale);
}

/// Compares what a penalty adds, and the gradients of that, with another computation of the same.
template <class Reference>
void expect_same_added(const Penalty& penalty, const Reference& reference, at::ScalarType type,
                       double tolerance) {
  const PosteriorLatents here(7, 3, type), there(7, 3, at::kDouble);
  const Tensor got = value_of_latents(penalty, here.latent()).added;
  const Tensor want = reference(there);
  const double total = want.item<double>();
  EXPECT_NEAR(got.item<double>(), total, tolerance * std::abs(total));
  got.backward();
  want.backward();
  expect_same_gradient(here.mean, there.mean, tolerance);
  expect_same_gradient(here.logvar, there.logvar, tolerance);
  expect_same_gradient(here.z, there.z, tolerance);
}

}  // namespace latent
