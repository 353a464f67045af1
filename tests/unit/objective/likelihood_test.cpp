// Likelihoods against numbers worked by hand, in nats per image.
#include "objective/likelihood.h"

#include <cmath>
#include <set>

#include "model/activation.h"
#include "model/layer_kinds.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

std::shared_ptr<Likelihood> likelihood(const std::string& name, const std::string& options = "{}") {
  Config config = Config::parse(options, "test.json");
  Section root = config.root();
  const auto maker = likelihoods().find(name, "test").configure(root);
  config.check_all_read();
  return maker();
}

// Two values per image, [1, 1, 1, 2]; squared error 1 + 4, absolute error 1 + 2.
const Tensor kImage = torch::tensor({1.0f, 2.0f}).view({1, 1, 1, 2});
const Tensor kZeros = torch::zeros({1, 1, 1, 2});

double nll(const std::string& name, const std::string& options = "{}") {
  return likelihood(name, options)->nll(kImage, kZeros).item<double>();
}

TEST(Likelihood, Bernoulli) {
  const auto bernoulli = likelihood("bernoulli");
  const Tensor images = torch::tensor({1.0f, 0.0f, 0.5f, 1.0f}).view({2, 1, 1, 2});
  const Tensor logits = torch::tensor({0.0f, 2.0f, 2.0f, -2.0f}).view({2, 1, 1, 2});
  // -log sigmoid(0) - log(1 - sigmoid(2));  log(1 + e^2) - 0.5 * 2, -log sigmoid(-2)
  expect_tensor_near(bernoulli->nll(images, logits),
                     torch::tensor({0.693147 + 2.126928, 1.126928 + 2.126928}), 1e-5);
  expect_tensor_near(bernoulli->mean(logits), torch::sigmoid(logits), 0);
  EXPECT_EQ(bernoulli->omitted_constant(), 0);
}

// For every likelihood, so that a program that knows the kinds can make the picture.
TEST(Likelihood, StatesItsPictureAsALayer) {
  const Tensor decoded = normal({2, 1, 3, 4});
  std::set<std::string> kinds;
  for (const auto& row : likelihoods().rows()) {
    for (const std::string output : {"linear", "sigmoid"}) {
      SCOPED_TRACE(row.name + ", " + output);
      Config config = Config::parse(R"({"output": ")" + output + "\"}", "test.json");
      Section root = config.root();  // not every likelihood reads the key
      const auto made = row.configure(root)();
      const LayerSpec spec = made->picture_spec();
      EXPECT_TRUE(spec.weights.empty());
      EXPECT_EQ(output_shape(spec, {1, 3, 4}), (std::vector<int64_t>{1, 3, 4}));
      EXPECT_TRUE(torch::equal(made->mean(decoded), activate(spec.kind, decoded)));
      kinds.insert(spec.kind);
    }
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"identity", "sigmoid"}));
}

TEST(Likelihood, BernoulliSurvivesExtremeLogits) {
  const Tensor logits = torch::tensor({1000.0f, -1000.0f}).view({1, 1, 1, 2}).requires_grad_();
  const Tensor images = torch::tensor({0.0f, 0.0f}).view({1, 1, 1, 2});
  const Tensor loss = likelihood("bernoulli")->nll(images, logits).sum();
  EXPECT_NEAR(loss.item<double>(), 1000, 1e-3);
  loss.backward();
  EXPECT_TRUE(logits.grad().isfinite().all().item<bool>());
}

TEST(Likelihood, GaussianOfFixedSigma) {
  EXPECT_NEAR(nll("gaussian"), 2.5, 1e-6);                                        // 5 / 2
  EXPECT_NEAR(nll("gaussian", R"({"value": 2})"), 2.011294, 1e-5);                // 5 / 8 + 2 log 2
  EXPECT_NEAR(nll("gaussian", R"({"include_constant": true})"), 4.337877, 1e-5);  // + 2 * 0.918939
  EXPECT_NEAR(likelihood("gaussian")->omitted_constant(), 0.918939, 1e-6);
  EXPECT_EQ(likelihood("gaussian", R"({"include_constant": true})")->omitted_constant(), 0);
}

TEST(Likelihood, GaussianOfLearnedSigma) {
  const auto learned = likelihood("gaussian", R"({"sigma": "learned", "value": 2})");
  const Tensor loss = learned->nll(kImage, kZeros);
  EXPECT_NEAR(loss.item<double>(), 2.011294, 1e-5);
  loss.sum().backward();
  EXPECT_NEAR(learned->named_parameters()["log_sigma"].grad().item<double>(), 2 - 5 / 4.0, 1e-5);
}

TEST(Likelihood, GaussianOfOptimalSigma) {
  const auto optimal = likelihood("gaussian", R"({"sigma": "optimal"})");
  const Tensor means = kZeros.clone().requires_grad_();
  const Tensor loss = optimal->nll(kImage, means);
  EXPECT_NEAR(loss.item<double>(), 1.916291, 1e-5);  // variance 5/2: 1 + log 2.5
  loss.sum().backward();
  expect_tensor_near(means.grad(), torch::tensor({-0.4f, -0.8f}).view({1, 1, 1, 2}), 1e-6);
  // The variance is the whole batch's: (5 + 0) / 4 = 1.25.
  const Tensor two = torch::cat({kImage, kZeros});
  expect_tensor_near(optimal->nll(two, torch::zeros_like(two)),
                     torch::tensor({2.0 + std::log(1.25), std::log(1.25)}), 1e-5);
  // A perfect picture does not divide by zero.
  const Tensor perfect = kImage.clone().requires_grad_();
  const Tensor best = optimal->nll(kImage, perfect);
  best.sum().backward();
  EXPECT_TRUE(best.isfinite().all().item<bool>());
  EXPECT_TRUE(perfect.grad().isfinite().all().item<bool>());
}

TEST(Likelihood, Laplace) {
  EXPECT_NEAR(nll("laplace"), 3, 1e-6);
  EXPECT_NEAR(nll("laplace", R"({"scale": 2})"), 2.886294, 1e-5);                // 3 / 2 + 2 log 2
  EXPECT_NEAR(nll("laplace", R"({"include_constant": true})"), 4.386294, 1e-5);  // + 2 log 2
  EXPECT_NEAR(likelihood("laplace")->omitted_constant(), std::log(2.0), 1e-12);
}

// A density integrates to one, with its constant: the sums run over x for one value and mean 0.3.
TEST(Likelihood, DensitiesIntegrateToOne) {
  const Tensor x = torch::arange(-30.0, 30.0, 0.01).view({-1, 1, 1, 1});
  const Tensor mean = torch::full_like(x, 0.3);
  for (const auto& [name, options] : std::vector<std::pair<std::string, std::string>>{
           {"gaussian", R"({"value": 1.7, "include_constant": true})"},
           {"gaussian", R"({"sigma": "learned", "value": 0.6, "include_constant": true})"},
           {"laplace", R"({"scale": 1.3, "include_constant": true})"}}) {
    const torch::NoGradGuard no_grad;
    const double integral =
        0.01 * likelihood(name, options)->nll(x, mean).neg().exp().sum().item<double>();
    EXPECT_NEAR(integral, 1, 1e-3) << name << options;
  }
}

TEST(Likelihood, OnlyAnOptimalSigmaIsOfTheBatch) {
  for (const std::string options : {"{}", R"({"sigma": "learned"})", R"({"sigma": "optimal"})",
                                    R"({"sigma": "optimal", "output": "sigmoid"})"}) {
    const auto gaussian = likelihood("gaussian", options);
    const Tensor images = at::cat({kImage, 3 * kImage}), decoded = at::cat({kZeros, kZeros});
    const Tensor together = gaussian->nll(images, decoded)[0],
                 alone = gaussian->nll(kImage, kZeros)[0];
    EXPECT_EQ(gaussian->per_image(), at::allclose(together, alone)) << options;
  }
}

TEST(Likelihood, SigmoidOutputsStayInTheirRange) {
  const Tensor decoded = 20 * normal({2, 1, 3, 3});
  for (const auto* name : {"gaussian", "laplace"}) {
    expect_tensor_near(likelihood(name, R"({"output": "sigmoid"})")->mean(decoded),
                       torch::sigmoid(decoded), 0);
    expect_tensor_near(likelihood(name)->mean(decoded), decoded, 0);
    const Tensor images = uniform({2, 1, 3, 3});
    expect_tensor_near(likelihood(name, R"({"output": "sigmoid"})")->nll(images, decoded),
                       likelihood(name)->nll(images, torch::sigmoid(decoded)), 1e-6);
  }
}

TEST(Likelihood, BadOptions) {
  expect_error([] { likelihood("gaussian", R"({"value": 0})"); },
               "test.json: value: got 0; expected a number > 0");
  expect_error([] { likelihood("gaussian", R"({"sigma": "best"})"); },
               "test.json: sigma: got \"best\"; expected one of fixed, learned, optimal");
  expect_error([] { likelihood("laplace", R"({"scale": -1})"); },
               "test.json: scale: got -1; expected a number > 0");
}

}  // namespace
}  // namespace latent
