#include "session/codes.h"

#include <ATen/ATen.h>

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

Latent split_codes(const OpenedRun& run, Split split, bool quiet) {
  return cached_or_computed(run, split, codes_entry(run, split), [&](const Examples& examples) {
    return encode_all(run, examples, quiet);
  });
}

Latent split_codes(const OpenedRun& run, Split split, const Examples& examples, bool quiet) {
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
