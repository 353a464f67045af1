#include "session/codes.h"

#include <ATen/ATen.h>

#include <vector>

#include "session/for_each_batch.h"
#include "session/run_cache.h"

namespace latent {
namespace {

Latent encode_all(const OpenedRun& run, const Examples& examples, bool quiet) {
  std::vector<Tensor> mean, logvar;
  for_each_batch(examples.count(), "encoding", quiet, [&](int64_t first, int64_t count) {
    const Latent part = run.encode(examples.images(first, count));
    mean.push_back(part.mean);
    if (part.logvar.defined()) logvar.push_back(part.logvar);
  });
  const Tensor all = at::cat(mean);
  return {.z = all, .mean = all, .logvar = logvar.empty() ? Tensor() : at::cat(logvar)};
}

CacheEntry<Latent> codes_entry(const OpenedRun& run, Split split) {
  const int64_t latents = run.model->latent_dim();
  const bool probabilistic = run.model->probabilistic();
  return {.key = {"latents-" + to_string(split) + "-" + run.checkpoint + ".safetensors"},
          .what = "latents",
          .store =
              [](const Latent& codes) {
                TensorFile file{.tensors = {{"mean", codes.mean}}, .metadata = {}};
                if (codes.logvar.defined()) file.tensors["logvar"] = codes.logvar;
                return file;
              },
          .restore = [latents, probabilistic](TensorFile& file) -> std::optional<Latent> {
            const Tensor mean = file.tensors["mean"], logvar = file.tensors["logvar"];
            const bool fits = mean.defined() && mean.dim() == 2 && mean.size(1) == latents &&
                              logvar.defined() == probabilistic &&
                              (!probabilistic || logvar.sizes() == mean.sizes());
            if (!fits) return std::nullopt;
            return Latent{.z = mean, .mean = mean, .logvar = logvar};
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

}  // namespace latent
