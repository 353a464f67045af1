#include "session/codes.h"

#include <ATen/ATen.h>

#include <optional>
#include <vector>

#include "session/for_each_batch.h"
#include "session/run_cache.h"

namespace latent {
namespace {

// logvar: of the posterior; undefined if there is none.
Latent from_rows(const Tensor& code, const Tensor& logvar) {
  Latent latent{.z = code, .code = code};
  if (logvar.defined()) latent.posterior = Posterior{code, logvar};
  return latent;
}

Latent encode_all(const OpenedRun& run, const Examples& examples, bool quiet) {
  std::vector<Tensor> codes, logvar;
  for_each_batch(examples.count(), "encoding", quiet, [&](int64_t first, int64_t count) {
    const Latent part = run.encode(batch_of(examples, first, count));
    codes.push_back(part.code);
    if (part.posterior) logvar.push_back(part.posterior->logvar);
  });
  return from_rows(at::cat(codes), logvar.empty() ? Tensor() : at::cat(logvar));
}

CacheEntry<Tensor> indices_entry(const OpenedRun& run, Split split) {
  const Codebook& codes = *run.model->bottleneck().codebook();
  return {.key = {"codes-" + to_string(split) + "-" + run.checkpoint + ".safetensors"},
          .what = "codes",
          .store =
              [](const Tensor& indices) {
                return TensorFile{.tensors = {{"indices", indices.to(at::kInt)}}, .metadata = {}};
              },
          .restore = [&codes](TensorFile& file) -> std::optional<Tensor> {
            const Tensor stored = file.tensors["indices"];
            const bool fits = stored.defined() && stored.dim() == 2 &&
                              stored.size(1) == codes.places() && stored.numel() > 0 &&
                              stored.ge(0).logical_and(stored.lt(codes.size())).all().item<bool>();
            if (!fits) return std::nullopt;
            return stored.to(at::kLong);
          }};
}

Latent of_indices(const OpenedRun& run, const Tensor& indices) {
  return from_rows(run.model->bottleneck().codebook()->latents(indices), {});
}

CacheEntry<Latent> codes_entry(const OpenedRun& run, Split split) {
  const int64_t latents = run.model->latent_dim();
  const bool has_posterior = run.model->bottleneck().has_posterior();
  return {.key = {"latents-" + to_string(split) + "-" + run.checkpoint + ".safetensors"},
          .what = "latents",
          .store =
              [](const Latent& codes) {
                TensorFile file{.tensors = {{"mean", codes.code}}, .metadata = {}};
                if (codes.posterior) file.tensors["logvar"] = codes.posterior->logvar;
                return file;
              },
          .restore = [latents, has_posterior](TensorFile& file) -> std::optional<Latent> {
            const Tensor mean = file.tensors["mean"], logvar = file.tensors["logvar"];
            const bool fits = mean.defined() && mean.dim() == 2 && mean.size(1) == latents &&
                              logvar.defined() == has_posterior &&
                              (!has_posterior || logvar.sizes() == mean.sizes());
            if (!fits) return std::nullopt;
            return from_rows(mean, logvar);
          }};
}

}  // namespace

Tensor code_indices(const OpenedRun& run, const Examples& examples, bool quiet) {
  const Codebook& codes = *run.model->bottleneck().codebook();
  std::vector<Tensor> indices;
  for_each_batch(examples.count(), "encoding", quiet, [&](int64_t first, int64_t count) {
    indices.push_back(codes.indices(run.encode(batch_of(examples, first, count)).code));
  });
  return at::cat(indices);
}

Tensor split_indices(const OpenedRun& run, Split split, bool quiet) {
  return cached_or_computed(run, split, indices_entry(run, split), [&](const Examples& examples) {
    return code_indices(run, examples, quiet);
  });
}

Latent split_codes(const OpenedRun& run, Split split, bool quiet) {
  if (run.model->bottleneck().codebook() != nullptr)
    return of_indices(run, split_indices(run, split, quiet));
  return cached_or_computed(run, split, codes_entry(run, split), [&](const Examples& examples) {
    return encode_all(run, examples, quiet);
  });
}

Latent split_codes(const OpenedRun& run, Split split, const Examples& examples, bool quiet) {
  if (run.model->bottleneck().codebook() != nullptr) {
    const auto compute = [&](const Examples& all) { return code_indices(run, all, quiet); };
    return of_indices(run, cached_or_computed(run, examples, indices_entry(run, split), compute));
  }
  return cached_or_computed(run, examples, codes_entry(run, split),
                            [&](const Examples& all) { return encode_all(run, all, quiet); });
}

std::optional<Latent> cached_codes(const OpenedRun& run, Split split) {
  return read_cached(run, codes_entry(run, split), std::nullopt);
}

Latent select(const Latent& codes, const Tensor& rows) {
  return from_rows(codes.code.index_select(0, rows),
                   codes.posterior ? codes.posterior->logvar.index_select(0, rows) : Tensor());
}

}  // namespace latent
