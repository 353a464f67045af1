#include <ATen/ATen.h>
#include <c10/util/accumulate.h>

#include <algorithm>
#include <vector>

#include "core/random.h"
#include "model/activation.h"
#include "model/network.h"
#include "objective/adversary.h"

namespace latent {
namespace {

struct FactorOptions {
  double weight = 10;
  std::vector<int64_t> hidden = std::vector<int64_t>(6, 1000);
  AdversaryOptions adversary{.learning_rate = 1e-4, .beta1 = 0.5, .beta2 = 0.9};
};

// Tells latents of one image from latents that come each from another image. Its output is the
// logarithm of how much likelier it finds the former.
class FactorDiscriminator : public torch::nn::Module, public Adversary {
 public:
  FactorDiscriminator(int64_t latents, const FactorOptions& options, uint64_t seed)
      : options_(options.adversary) {
    auto network = std::make_shared<Network>();
    for (size_t i = 0; i < options.hidden.size(); ++i) {
      const std::string suffix = std::to_string(i + 1);
      network->add("dense" + suffix, make_dense(latents, options.hidden[i]));
      network->add("act" + suffix, make_activation("leaky_relu", 0.2, network->output_is_free()));
      latents = options.hidden[i];
    }
    network->add("output", make_dense(latents, 1));
    auto weights = generator(seed, Stream::kWeights, 1);
    network->initialize(Initialization::kTorch, weights);
    network_ = register_module("network", std::move(network));
  }
  torch::nn::Module& module() override { return *this; }
  const AdversaryOptions& options() const override { return options_; }

  // It permutes the latents of a batch.
  bool compares_images() const override { return true; }
  // Of the first half of the batch as it is, and of the second with each latent in an order of its
  // own: two batches, so that none is compared with a permutation of itself.
  Tensor loss(const PenaltyInput& input) override {
    const Tensor z = input.output.latent.z.flatten(1);
    const int64_t half = std::max<int64_t>(z.size(0) / 2, 1);
    const Tensor joint = z.narrow(0, 0, half);
    const Tensor rest = z.narrow(0, z.size(0) - half, half);
    const Tensor order = input.noise->uniform(rest.sizes(), rest.options()).argsort(int64_t{0});
    const Tensor permuted = rest.gather(0, order);
    return 0.5 * (at::softplus(-logits(joint)).mean() + at::softplus(logits(permuted)).mean());
  }
  // z: [B, Z].  Returns [B, 1].
  Tensor logits(const Tensor& z) { return network_->forward(z); }

 private:
  AdversaryOptions options_;
  std::shared_ptr<Network> network_;
};

// weight * the total correlation as a discriminator's density ratio sees it; it may be negative.
// With `kl` of weight 1 beside it this is FactorVAE. Source: Kim and Mnih 2018, arXiv:1802.05983.
class Factor : public Penalty {
 public:
  Factor(const FactorOptions& options, const PenaltyContext& context)
      : weight_(options.weight),
        discriminator_(std::make_shared<FactorDiscriminator>(
            c10::multiply_integers(context.bottleneck.shape()), options, context.seed)) {}

  PenaltyValue operator()(const PenaltyInput& input) const override {
    const Tensor tc = discriminator_->logits(input.output.latent.z.flatten(1)).mean();
    return {.terms = {tc}, .added = weight_ * tc};
  }
  Adversary* adversary() override { return discriminator_.get(); }

 private:
  double weight_;
  std::shared_ptr<FactorDiscriminator> discriminator_;
};

}  // namespace

PenaltyPlan configure_factor_penalty(Section& section) {
  FactorOptions options;
  section.read("weight", options.weight, at_least(0.0),
               "weight of the total correlation, as the discriminator sees it");
  section.read("hidden", options.hidden, at_least(1), "units of the discriminator's hidden layers");
  options.adversary.read(section);
  const auto make = [options, where = section.where()](const PenaltyContext& context) {
    expect_posterior(context, where);
    return std::make_shared<Factor>(options, context);
  };
  return {.terms = {"factor_tc"},
          .remedies = {section.path() + ".learning_rate", section.path() + ".weight"},
          .smallest_batch = 2,
          .make = make};
}

}  // namespace latent
