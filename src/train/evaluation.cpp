#include "train/evaluation.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

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

// Numbers as bytes: rows, columns and values of a matrix, or 0, 0 for an undefined one.
void append_matrix(std::string& bytes, const Tensor& matrix) {
  const Tensor values = matrix.defined() ? matrix.to(at::kDouble).contiguous() : Tensor();
  const int64_t sizes[] = {matrix.defined() ? matrix.size(0) : 0,
                           matrix.defined() ? matrix.size(1) : 0};
  bytes.append(reinterpret_cast<const char*>(sizes), sizeof(sizes));
  if (values.defined())
    bytes.append(static_cast<const char*>(values.const_data_ptr()), values.nbytes());
}

Tensor take_matrix(const std::string& bytes, size_t& place) {
  int64_t sizes[2] = {};
  std::memcpy(sizes, bytes.data() + place, sizeof(sizes));
  place += sizeof(sizes);
  if (sizes[0] == 0) return {};
  const Tensor values = at::empty({sizes[0], sizes[1]}, at::kDouble);
  std::memcpy(values.data_ptr(), bytes.data() + place, values.nbytes());
  place += values.nbytes();
  return values;
}

// Adds up the sums of all processes, in the order of the ranks.
void join_sums(Sums& sums, const World& world) {
  if (world.is_alone()) return;
  std::vector<double> numbers{sums.loss, sums.nll_mean};
  numbers.insert(numbers.end(), sums.terms.begin(), sums.terms.end());
  std::string mine;
  append_matrix(mine, at::tensor(at::ArrayRef<double>(numbers), at::kDouble).unsqueeze(0));
  append_matrix(mine, sums.kl.defined() ? sums.kl.unsqueeze(0) : Tensor());
  append_matrix(mine, sums.spread.packed());
  append_matrix(mine, sums.codes.empty() ? Tensor() : at::cat(sums.codes));
  append_matrix(mine, sums.used ? sums.used->counts().unsqueeze(0) : Tensor());
  Sums all;
  all.terms.resize(sums.terms.size());
  for (const auto& bytes : world.gather(mine)) {
    size_t place = 0;
    const Tensor found = take_matrix(bytes, place)[0], kl = take_matrix(bytes, place),
                 spread = take_matrix(bytes, place), codes = take_matrix(bytes, place),
                 used = take_matrix(bytes, place);
    all.loss += found[0].item<double>();
    all.nll_mean += found[1].item<double>();
    for (size_t i = 0; i < all.terms.size(); ++i)
      all.terms[i] += found[static_cast<int64_t>(i) + 2].item<double>();
    if (kl.defined()) all.kl = all.kl.defined() ? all.kl + kl[0] : kl[0];
    if (spread.defined()) all.spread.add_packed(spread);
    if (codes.defined()) all.codes.push_back(codes.to(at::kFloat));
    if (!used.defined()) continue;
    if (!all.used) all.used.emplace(used.size(1));
    all.used->add_counts(used[0].to(at::kLong));
  }
  sums = std::move(all);
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
  TORCH_CHECK(options.world->is_alone() || options.measures.empty(), "measures see every batch");
  for (int64_t first = 0; first < total; first += kEvaluationBatch) {
    if (first / kEvaluationBatch % options.world->size() != options.world->rank()) continue;
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
  join_sums(sums, *options.world);
  return averaged(sums, objective.term_names(), total, model.bottleneck().unit_interval());
}

}  // namespace latent
