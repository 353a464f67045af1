// The book's two variational autoencoders, made small, against PyTorch's numbers (make_golden.py).
#include "format/safetensors.h"
#include "model/autoencoder.h"
#include "objective/objective.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

// make_golden.py stores what one rounding per sum does to a number. A sum of n terms is rounded n
// times, in an order that is the processor's, and the roundings add up like a random walk: the
// longest sums here, of 432 terms, by a factor of sqrt(432) = 21.
constexpr double kDisturbances = 21;

void expect_golden(const std::string& name, const std::string& model_text,
                   const std::string& objective_text, const ImageShape& shape) {
  const TensorFile golden =
      read_tensors(std::filesystem::path(LATENT_TESTS_DIR) / "golden" / (name + ".safetensors"));
  const auto want = [&](const std::string& key) { return golden.tensors.at(key); };
  const auto expect_close = [&](const Tensor& got, const std::string& key) {
    SCOPED_TRACE(key);
    expect_tensor_near(got, want(key),
                       kDisturbances * want("rounding." + key) + kRounding * want(key).abs());
  };
  const auto model = make_model(model_text, shape);
  const auto objective = objective_plan(objective_text).make(*model, 0, 0);
  size_t weights = 0;
  for (const auto& [key, tensor] : golden.tensors)
    weights += key.starts_with("weight.");
  ASSERT_EQ(model->named_parameters().size(), weights);
  {
    const torch::NoGradGuard no_grad;
    for (auto& item : model->named_parameters()) {
      ASSERT_EQ(item.value().sizes(), want("weight." + item.key()).sizes()) << item.key();
      item.value().copy_(want("weight." + item.key()));
    }
  }

  model->train();
  const Tensor images = want("images").contiguous(at::MemoryFormat::ChannelsLast);
  Latent latent = model->encode(images);
  latent.z = latent.code + (0.5 * latent.posterior->logvar).exp() * want("noise");
  const Output output{.decoded = model->decode(latent.z), .latent = latent};
  const Loss loss = (*objective)(images, output);
  loss.total.backward();

  expect_close(latent.code, "mean");
  expect_close(latent.posterior->logvar, "logvar");
  expect_close(latent.z, "z");
  expect_close(output.decoded, "decoded");
  expect_close(loss.terms.at(0).value, "nll");
  expect_close(loss.terms.at(1).value, "kl");
  expect_close(loss.total, "total");
  for (const auto& item : model->named_parameters())
    expect_close(item.value().grad(), "gradient." + item.key());
  for (const auto& item : model->named_buffers())
    expect_close(item.value(), "statistic." + item.key());
}

TEST(Golden, TheBooksClothes) {
  expect_golden("clothes",
                R"({"encoder": {"channels": [4, 8], "kernel": 3, "stride": 2, "activation": "relu"},
                               "bottleneck": "gaussian", "latent_dim": 2})",
                R"({"likelihood": "bernoulli", "kl": {"weight": 2.048}})", {1, 12, 12});
}

TEST(Golden, TheBooksFaces) {
  expect_golden("faces",
                R"({"encoder": {"channels": [4, 4], "activation": "leaky_relu", "slope": 0.3,
                                         "normalization": {"name": "batch", "momentum": 0.01, "epsilon": 1e-3}},
                             "decoder": {"projection": "block"}, "latent_dim": 5})",
                R"({"likelihood": "gaussian", "kl": {"weight": 0.768}})", {3, 8, 8});
}

}  // namespace
}  // namespace latent
