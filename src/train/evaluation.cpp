#include "train/evaluation.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/random.h"
#include "measure/latents.h"

namespace latent {
namespace {

// The first index of the corruption's stream for validation; no training step reaches it.
constexpr uint64_t kFixedNoise = uint64_t{1} << 63;

// Sums over the images seen so far, in double precision on the host.
struct Sums {
  double loss = 0, nll_mean = 0;
  std::vector<double> terms;
  Tensor kl;
  CodeSpread spread;
  std::vector<Tensor> codes;  // of a plain autoencoder: [B, Z] each
  std::optional<CodeCounts> used;
};

void add_latents(Sums& sums, const Latent& latent, const Codebook* codebook) {
  if (const Tensor kl = posterior_kl(latent); kl.defined()) {
    sums.kl = sums.kl.defined() ? sums.kl + kl.sum(0) : kl.sum(0);
  } else if (codebook != nullptr) {
    if (!sums.used) sums.used.emplace(codebook->size());
    sums.used->add(codebook->indices(latent.code.flatten(1)));
  } else {
    sums.codes.push_back(latent.code.flatten(1).cpu());
  }
  sums.spread.add(latent);
}

Evaluation averaged(const Sums& sums, const std::vector<std::string>& names, int64_t images,
                    bool sigmoid) {
  const auto n = static_cast<double>(images);
  Evaluation result;
  result.images = images;
  result.loss = sums.loss / n;
  for (size_t i = 0; i < names.size(); ++i)
    result.terms.emplace_back(names[i], sums.terms[i] / n);
  result.nll_mean = sums.nll_mean / n;
  if (sums.kl.defined()) result.kl = sums.kl / n;
  result.mean_variance = sums.spread.variance();
  result.low = sums.spread.low();
  result.high = sums.spread.high();
  if (!sums.codes.empty()) result.sparsity = sparsity(at::cat(sums.codes), sigmoid);
  if (sums.used) result.codes = sums.used->use();
  return result;
}

}  // namespace

double Evaluation::term(const std::string& name) const {
  for (const auto& [term, value] : terms) {
    if (term == name) return value;
  }
  return 0;
}

Evaluation evaluate(Autoencoder& model, Objective& objective, const Examples& examples,
                    const EvaluationOptions& options) {
  const torch::NoGradGuard no_grad;
  const bool was_training = model.is_training();
  model.eval();
  const Likelihood& likelihood = objective.likelihood();
  Sums sums;
  sums.terms.resize(objective.term_names().size());
  const int64_t total = examples.count();
  const Tensor conditions = options.condition.rows(examples.attributes, total);  // [N, K]
  for (int64_t first = 0; first < total; first += kEvaluationBatch) {
    const int64_t count = std::min(kEvaluationBatch, total - first);
    const auto batch = static_cast<double>(count);
    const Tensor images = examples.images(first, count).to(options.device);
    const auto index = static_cast<uint64_t>(first / kEvaluationBatch);
    // Noise is drawn on the CPU, so that all devices measure the same.
    auto noise = generator(options.seed, Stream::kValidation, index);
    const Tensor input =
        options.corruption.corrupt(images, options.seed, Stream::kCorruption, kFixedNoise + index);
    Tensor condition;
    if (conditions.defined()) condition = conditions.narrow(0, first, count).to(options.device);
    const Output all = model.forward(input, condition, noise, std::nullopt, objective.samples());
    const Loss loss = objective(images, all, generator(options.seed, Stream::kPenalty, index));
    const Output output = first_sample(all, objective.samples());
    sums.loss += batch * loss.total.item<double>();
    for (size_t i = 0; i < loss.terms.size(); ++i) {
      sums.terms[i] += batch * loss.terms[i].value.item<double>();
    }
    const Tensor decoded = model.bottleneck().is_noisy()
                               ? model.decode(output.latent.code, condition)
                               : output.decoded;
    sums.nll_mean += likelihood.nll(images, decoded).sum().item<double>();
    add_latents(sums, output.latent, model.bottleneck().codebook());
    if (!options.measures.empty()) {
      const MeasuredBatch measured{first,
                                   images,
                                   output,
                                   loss,
                                   decoded,
                                   likelihood.mean(decoded),
                                   likelihood.mean(output.decoded)};
      for (Measure* measure : options.measures)
        measure->add(measured);
    }
    if (options.progress) options.progress(first + count, total);
  }
  model.train(was_training);
  return averaged(sums, objective.term_names(), total, model.bottleneck().unit_interval());
}

}  // namespace latent
