// The objective as a whole: its terms, weights and gradients.
#include "objective/objective.h"

#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/own_parts.h"

namespace latent {
namespace {

struct Fixture {
  std::shared_ptr<Autoencoder> model;
  std::shared_ptr<Objective> objective;
  Tensor images;
  Output output;
};

Fixture make_fixture(const std::string& model, const std::string& objective) {
  Fixture made;
  made.model = make_model(model, {1, 12, 12});
  made.objective =
      objective_plan(objective, made.model->bottleneck().has_posterior()).make(*made.model, 4, 0);
  made.images = uniform({4, 1, 12, 12});
  made.output = made.model->forward(made.images, {}, generator(0, Stream::kLatents));
  return made;
}

const std::string kConv = R"({"encoder": {"channels": [4, 8]}})";

TEST(Objective, TotalIsTheWeightedSumOfTheTerms) {
  auto f = make_fixture(
      kConv, R"({"likelihood": {"name": "gaussian", "weight": 0.25}, "kl": {"weight": 3}})");
  const Loss loss = (*f.objective)(f.images, f.output);
  ASSERT_EQ(loss.terms.size(), 2u);
  EXPECT_EQ(loss.terms[0].name, "nll");
  EXPECT_EQ(loss.terms[1].name, "kl");
  EXPECT_EQ(f.objective->term_names(), (std::vector<std::string>{"nll", "kl"}));
  const Tensor decoded = f.output.decoded.to(at::kDouble);
  const double nll = 0.5 * (f.images - decoded).square().sum().item<double>() / 4;
  const Tensor mean = f.output.latent.code.to(at::kDouble),
               logvar = f.output.latent.posterior->logvar.to(at::kDouble);
  const double kl = gaussian_kl(mean, logvar).sum().item<double>() / 4;
  const double kl_terms =
      0.5 * (mean.square() + logvar.exp() + 1 + logvar.abs()).sum().item<double>() / 4;
  const double nll_rounding = rounding(nll, 12 * 12 + 4),
               kl_rounding = rounding(kl_terms, 4 * static_cast<double>(mean.numel()));
  EXPECT_NEAR(loss.terms[0].value.item<double>(), nll, nll_rounding);
  EXPECT_NEAR(loss.terms[1].value.item<double>(), kl, kl_rounding);
  EXPECT_NEAR(loss.total.item<double>(), 0.25 * nll + 3 * kl,
              0.25 * nll_rounding + 3 * kl_rounding + rounding(nll + 3 * kl, 2));
}

TEST(Objective, APriorImpliesKl) {
  EXPECT_EQ(make_fixture(kConv, "{}").objective->term_names(),
            (std::vector<std::string>{"nll", "kl"}));
  EXPECT_EQ(make_fixture(R"({"bottleneck": "point"})", "{}").objective->term_names(),
            std::vector<std::string>{"nll"});
}

TEST(Objective, WeightZeroOfTheLikelihoodLeavesThePenalties) {
  auto f = make_fixture(kConv, R"({"likelihood": {"name": "bernoulli", "weight": 0}})");
  const Loss loss = (*f.objective)(f.images, f.output);
  EXPECT_GT(loss.terms[0].value.item<double>(), 1);
  EXPECT_EQ(loss.total.item<double>(), loss.terms[1].value.item<double>());
}

TEST(Objective, TheScheduleReachesThePenalties) {
  auto f = make_fixture(kConv, R"({"kl": {"warmup_epochs": 10}})");
  const auto total = [&](double epoch) {
    f.objective->schedule(epoch);
    return (*f.objective)(f.images, f.output).total.item<double>();
  };
  const double kl = (*f.objective)(f.images, f.output).terms[1].value.item<double>();
  const double tolerance = rounding(total(10) + total(0), 2);  // two sums of two
  EXPECT_NEAR(total(10) - total(0), kl, tolerance);
  EXPECT_NEAR(total(5) - total(0), kl / 2, tolerance);
}

TEST(Objective, DecodedImagesMustHaveTheImagesShape) {
  auto f = make_fixture(kConv, "{}");
  EXPECT_THROW((*f.objective)(uniform({4, 1, 12, 11}), f.output), c10::Error);
}

// Every likelihood with its defaults, and those of its options that change the gradient.
std::vector<std::string> all_likelihoods() {
  std::vector<std::string> all{R"({"name": "gaussian", "sigma": "learned"})",
                               R"({"name": "gaussian", "sigma": "optimal", "output": "sigmoid"})"};
  for (const auto& name : likelihoods().names())
    all.push_back("\"" + name + "\"");
  return all;
}

void expect_gradients(const torch::nn::Module& module, const std::string& prefix = "") {
  for (const auto& item : module.named_parameters()) {
    if (!item.key().starts_with(prefix)) continue;
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_TRUE(item.value().grad().isfinite().all().item<bool>()) << item.key();
    EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
  }
}

std::string model_text(const std::string& encoder, const std::string& bottleneck,
                       const std::string& decoder) {
  const std::string block = R"(", "normalization": {"name": "batch", "position": "after"}})";
  return R"({"encoder": {"name": ")" + encoder + block + R"(, "bottleneck": )" + bottleneck +
         R"(, "decoder": {"name": ")" + decoder + block + "}";
}

// A parameter that no gradient reaches would never be trained, and nobody would notice.
TEST(Objective, EveryParameterGetsAGradient) {
  const OwnRow<BottleneckRow> map(bottlenecks(), levels());
  const OwnRow<LayerKind> kind_of_map(layer_kinds(), levels_code());
  for (const auto& encoder : encoders().names()) {
    for (const auto& decoder : decoders().names()) {
      for (const auto& bottleneck : bottlenecks().names()) {
        const bool makes_maps = encoder == "conv" && decoder == "conv";
        if (takes_maps(bottleneck) && !makes_maps) continue;
        for (const auto& likelihood : all_likelihoods()) {
          SCOPED_TRACE(encoder + " " + bottleneck + " " + decoder + " " + likelihood);
          auto f = make_fixture(model_text(encoder, "\"" + bottleneck + "\"", decoder),
                                R"({"likelihood": )" + likelihood + "}");
          (*f.objective)(f.images, f.output).total.backward();
          expect_gradients(*f.model);
          expect_gradients(*f.objective);
        }
      }
    }
  }
}

// Each penalty alone, without the likelihood and other penalties, with the first bottleneck that it
// fits.
TEST(Objective, EveryPenaltyGivesTheEncoderAGradient) {
  const OwnRow<PenaltyRow> with_noise(penalties(), three_terms());
  for (const auto& penalty : penalties().names()) {
    SCOPED_TRACE(penalty);
    const std::string no_other = penalty == "kl" ? "" : R"("kl": null, )";
    bool fits = false;
    for (const std::string bottleneck :
         {R"("gaussian")", R"("point")", R"({"name": "point", "activation": "sigmoid"})"}) {
      Fixture f;
      try {
        f = make_fixture(model_text("conv", bottleneck, "conv"),
                         R"({"likelihood": {"name": "bernoulli", "weight": 0}, )" + no_other +
                             "\"" + penalty + "\": {}}");
      } catch (const Error&) {
        continue;
      }
      fits = true;
      (*f.objective)(f.images, f.output, generator(0, Stream::kPenalty)).total.backward();
      expect_gradients(*f.model, "encoder.");
      break;
    }
    EXPECT_TRUE(fits);
  }
}

}  // namespace
}  // namespace latent
