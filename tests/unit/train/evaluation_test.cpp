// The evaluation of a split: averages do not depend on how it is divided into batches.
#include "train/evaluation.h"

#include "measure/latents.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

constexpr int64_t kMany = 601;  // more than one batch of the pass

struct Setup {
  Examples examples;
  std::shared_ptr<Autoencoder> model;
  std::shared_ptr<Objective> objective;
};

Setup make_setup(const std::string& bottleneck, const std::string& objective, int64_t count) {
  const Experiment plan = experiment(
      R"({"data": {"name": "shapes", "size": [8, 8], "count": )" + std::to_string(count) +
      R"(}, "model": {"encoder": {"name": "dense", "hidden": [16]}, "bottleneck": ")" + bottleneck +
      R"(", "latent_dim": 3}, "objective": )" + objective + "}");
  Setup made;
  made.examples = plan.data.open()->load(Split::kTrain);
  const ImageShape shape = made.examples.shape();
  made.model = plan.model.make(shape, shape, 1);
  made.objective = plan.objective.make(*made.model, 0, 0);
  return made;
}

TEST(Evaluation, AveragesOverEveryImage) {
  auto s = make_setup("gaussian", R"({"kl": {"weight": 2}})", kMany);
  const Evaluation got = evaluate(*s.model, *s.objective, s.examples, {.seed = 4});
  const torch::NoGradGuard no_grad;
  const Tensor images = s.examples.images(0, kMany);
  const Output output = s.model->forward(images);
  const Latent& latent = output.latent;
  const Tensor kl = gaussian_kl(latent.code, latent.posterior->logvar);

  // What the figures below are sums of comes through sums of 64 pixels, 16 units and 3 latents, and
  // back. A pixel's nats are softplus(logit) - pixel * logit.
  constexpr double kTerms = 2 * (64 + 16) + 3;
  const Tensor logits = output.decoded.to(at::kDouble);
  const double nll_rounding = rounding(
      (at::softplus(logits) + logits.abs()).flatten(1).sum(1).mean().item<double>(), kTerms + 64);
  const Tensor kl_terms = 0.5 * (latent.code.square() + latent.posterior->logvar.exp() + 1 +
                                 latent.posterior->logvar.abs())
                                    .mean(0);
  const Tensor kl_rounding = rounding(kl_terms, kTerms);

  EXPECT_EQ(got.images, kMany);
  EXPECT_NEAR(got.nll_mean,
              s.objective->likelihood().nll(images, output.decoded).mean().item<double>(),
              nll_rounding);
  EXPECT_NEAR(got.term("kl"), kl.sum(1).mean().item<double>(), kl_rounding.sum().item<double>());
  EXPECT_NEAR(got.loss, got.term("nll") + 2 * got.term("kl"), rounding(got.loss, 2));
  EXPECT_NE(got.term("nll"), got.nll_mean);  // the first is of sampled latents
  expect_tensor_near(got.kl, kl.mean(0), kl_rounding);
  expect_tensor_near(got.mean_variance, latent.code.var(0, false), kl_rounding);
  expect_tensor_near(got.low, latent.code.amin(0), 1e-5);
  expect_tensor_near(got.high, latent.code.amax(0), 1e-5);
}

TEST(Evaluation, EqualSeedsGiveEqualNumbers) {
  auto s = make_setup("gaussian", "{}", 64);
  const auto loss = [&](uint64_t seed) {
    return evaluate(*s.model, *s.objective, s.examples, {.seed = seed}).loss;
  };
  EXPECT_EQ(loss(1), loss(1));
  EXPECT_NE(loss(1), loss(2));
}

TEST(Evaluation, NoiseGoesInAndTheTargetIsClean) {
  auto s = make_setup("point", "{}", kMany);
  Config config = Config::parse(R"({"corruption": ["gaussian"]})", "test.json");
  const auto noise = configure_corruption(config.root(), false).make(s.examples.shape());
  const auto nll = [&](uint64_t seed, const CorruptionChain& corruption) {
    return evaluate(*s.model, *s.objective, s.examples, {.seed = seed, .corruption = corruption})
        .nll_mean;
  };
  EXPECT_EQ(nll(1, noise), nll(1, noise));
  EXPECT_NE(nll(1, noise), nll(2, noise));
  EXPECT_NE(nll(1, noise), nll(1, {}));
  // A decoder that ignores its input explains the clean images as well as before.
  const torch::NoGradGuard no_grad;
  s.model->named_parameters()["decoder.dense1.weight"].zero_();
  EXPECT_EQ(nll(1, noise), nll(1, {}));
}

TEST(Evaluation, AnUnusedLatentIsNotActive) {
  auto s = make_setup("gaussian", "{}", 64);
  {
    const torch::NoGradGuard no_grad;
    const auto weights = s.model->named_parameters();
    weights["bottleneck.mean.weight"].mul_(10);
    weights["bottleneck.mean.weight"][1].zero_();
  }
  const Evaluation got = evaluate(*s.model, *s.objective, s.examples, {});
  EXPECT_EQ((got.mean_variance > kActiveVariance).sum().item<int64_t>(), 2);
  EXPECT_NEAR(got.mean_variance[1].item<double>(), 0, 1e-12);
}

TEST(Evaluation, APlainAutoencoderHasNoKl) {
  auto s = make_setup("point", "{}", 64);
  const Evaluation got = evaluate(*s.model, *s.objective, s.examples, {});
  EXPECT_FALSE(got.kl.defined());
  ASSERT_TRUE(got.sparsity.has_value());
  EXPECT_GT(got.sparsity->active, 2);
  EXPECT_NEAR(got.nll_mean, got.term("nll"), 1e-9);
  EXPECT_NEAR(got.loss, got.term("nll"), 1e-9);
}

TEST(Evaluation, LeavesTheModelAsItWas) {
  auto s = make_setup("gaussian", "{}", 64);
  for (const bool training : {true, false}) {
    s.model->train(training);
    evaluate(*s.model, *s.objective, s.examples, {});
    EXPECT_EQ(s.model->is_training(), training);
  }
  for (const auto& parameter : s.model->parameters())
    EXPECT_FALSE(parameter.grad().defined());
}

// Counts the images, and keeps the pictures of the code.
class Watcher : public Measure {
 public:
  void add(const MeasuredBatch& batch) override {
    EXPECT_EQ(batch.first, seen);
    seen += batch.images.size(0);
    pictures.push_back(batch.pictures);
    sampled.push_back(batch.sampled);
  }
  std::vector<Figure> figures() const override { return {}; }

  int64_t seen = 0;
  std::vector<Tensor> pictures, sampled;
};

TEST(Evaluation, ShowsMeasuresEveryBatch) {
  auto s = make_setup("gaussian", "{}", kMany);
  Watcher watcher, other;
  const Evaluation alone = evaluate(*s.model, *s.objective, s.examples, {});
  const Evaluation got =
      evaluate(*s.model, *s.objective, s.examples, {.measures = {&watcher, &other}});
  EXPECT_EQ(got.loss, alone.loss);
  EXPECT_EQ(watcher.seen, kMany);
  EXPECT_EQ(other.seen, kMany);
  const torch::NoGradGuard no_grad;
  s.model->eval();
  const Tensor pictures = torch::sigmoid(s.model->forward(s.examples.images(0, kMany)).decoded);
  expect_tensor_near(at::cat(watcher.pictures), pictures, 1e-5);
  EXPECT_FALSE(at::cat(watcher.sampled).allclose(pictures));
}

TEST(Evaluation, ReportsItsProgress) {
  auto s = make_setup("point", "{}", kMany);
  std::vector<int64_t> done;
  evaluate(*s.model, *s.objective, s.examples, {.progress = [&](int64_t now, int64_t total) {
    EXPECT_EQ(total, kMany);
    done.push_back(now);
  }});
  EXPECT_EQ(done.back(), kMany);
  EXPECT_GT(done.size(), 1u);
}

}  // namespace
}  // namespace latent
