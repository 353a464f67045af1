#include "train/evaluation.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "core/random.h"
#include "measure/image_quality.h"

namespace latent {
namespace {

// The first index of the corruption's stream for validation; no training step reaches it.
constexpr uint64_t kFixedNoise = uint64_t{1} << 63;

// Sums over the images seen so far, in double precision on the host.
struct Sums {
  double loss = 0, nll_mean = 0;
  std::vector<double> terms;
  Tensor kl, mean, square, low, high;
  std::vector<Tensor> codes;  // of a plain autoencoder: [B, Z] each
  double bce = 0, mse = 0, psnr = 0, ssim = 0, sampled_bce = 0, sampled_mse = 0;
};

double bce_per_value(const Tensor& images, const Tensor& pictures) {
  return at::binary_cross_entropy(pictures.clamp(0, 1), images.clamp(0, 1)).item<double>();
}

void add(Tensor& sum, const Tensor& value) { sum = sum.defined() ? sum + value : value; }

void add_latents(Sums& sums, const Latent& latent) {
  const Tensor code = latent.code.flatten(1).to(at::kDouble).cpu();  // [B, Z]
  if (latent.posterior) {
    const Tensor logvar = latent.posterior->logvar.flatten(1).to(at::kDouble).cpu();
    add(sums.kl, gaussian_kl(code, logvar).sum(0));
  } else {
    sums.codes.push_back(latent.code.flatten(1).cpu());
  }
  add(sums.mean, code.sum(0));
  add(sums.square, at::square(code).sum(0));
  const Tensor low = code.amin(0), high = code.amax(0);
  sums.low = sums.low.defined() ? at::minimum(sums.low, low) : low;
  sums.high = sums.high.defined() ? at::maximum(sums.high, high) : high;
}

// Adds the measures that require values in [0, 1].
void add_quality(Sums& sums, const Tensor& images, const Tensor& pictures, const Tensor& sampled) {
  const auto batch = static_cast<double>(images.size(0));
  const Tensor shown = pictures.clamp(0, 1);
  sums.bce += batch * bce_per_value(images, pictures);
  sums.psnr += psnr(images, shown).sum().item<double>();
  sums.ssim += ssim(images, shown).sum().item<double>();
  sums.sampled_bce += batch * bce_per_value(images, sampled);
  sums.sampled_mse += mean_squared_error(images, sampled).sum().item<double>();
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
  result.mean_variance = (sums.square / n - at::square(sums.mean / n)).clamp_min(0);
  result.low = sums.low;
  result.high = sums.high;
  result.active_units = (result.mean_variance > kActiveVariance).sum().item<int64_t>();
  if (!sums.codes.empty()) result.sparsity = sparsity(at::cat(sums.codes), sigmoid);
  result.bce = sums.bce / n;
  result.mse = sums.mse / n;
  result.rmse = std::sqrt(result.mse);
  result.psnr = sums.psnr / n;
  result.ssim = sums.ssim / n;
  result.sampled_bce = sums.sampled_bce / n;
  result.sampled_mse = sums.sampled_mse / n;
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
    auto noise = generator(options.seed, Stream::kValidation, index, options.device);
    const Tensor input =
        options.corruption.corrupt(images, options.seed, Stream::kCorruption, kFixedNoise + index);
    Tensor condition;
    if (conditions.defined()) condition = conditions.narrow(0, first, count).to(options.device);
    const Output output = model.forward(input, condition, noise);
    const Loss loss =
        objective(images, output, generator(options.seed, Stream::kPenalty, index, options.device));
    sums.loss += batch * loss.total.item<double>();
    for (size_t i = 0; i < loss.terms.size(); ++i) {
      sums.terms[i] += batch * loss.terms[i].value.item<double>();
    }
    const Tensor decoded = model.bottleneck().is_noisy()
                               ? model.decode(output.latent.code, condition)
                               : output.decoded;
    sums.nll_mean += likelihood.nll(images, decoded).sum().item<double>();
    add_latents(sums, output.latent);
    if (options.quality) {
      const Tensor pictures = likelihood.mean(decoded);
      sums.mse += mean_squared_error(images, pictures).sum().item<double>();
      if (!examples.is_table())
        add_quality(sums, images, pictures, likelihood.mean(output.decoded));
    }
    if (options.progress) options.progress(first + count, total);
  }
  model.train(was_training);
  return averaged(sums, objective.term_names(), total, model.bottleneck().unit_interval());
}

}  // namespace latent
