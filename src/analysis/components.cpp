#include "analysis/components.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <optional>

#include "core/log.h"
#include "core/random.h"
#include "format/safetensors.h"
#include "session/run_cache.h"

namespace latent {
namespace {

CacheEntry<statistics::PrincipalComponents> components_entry(int64_t count, int64_t columns) {
  using statistics::PrincipalComponents;
  return {.key = {.file = fmt::format("components-{}.safetensors", count), .of_checkpoint = false},
          .what = "components",
          .store =
              [](const PrincipalComponents& found) {
                return TensorFile{
                    .tensors = {{"mean", found.mean},
                                {"axes", found.axes},
                                {"variances", found.variances},
                                {"total", at::full({1}, found.total_variance, at::kDouble)}},
                    .metadata = {{"exact", found.exact ? "1" : "0"}}};
              },
          .restore = [count, columns](TensorFile& file) -> std::optional<PrincipalComponents> {
            const Tensor mean = file.tensors["mean"], axes = file.tensors["axes"],
                         variances = file.tensors["variances"], total = file.tensors["total"];
            const bool fits = mean.defined() && axes.defined() && variances.defined() &&
                              total.defined() && mean.sizes() == c10::IntArrayRef{columns} &&
                              axes.sizes() == c10::IntArrayRef{count, columns};
            if (!fits) return std::nullopt;
            return PrincipalComponents{.mean = mean,
                                       .axes = axes,
                                       .variances = variances,
                                       .total_variance = total.item<double>(),
                                       .exact = file.metadata["exact"] == "1"};
          }};
}

}  // namespace

statistics::RowReader rows_of(const Examples& examples) {
  return
      [examples](int64_t first, int64_t count) { return examples.images(first, count).flatten(1); };
}

statistics::PrincipalComponents training_components(const OpenedRun& run, const Examples& train) {
  const int64_t columns = train.shape().values(), rows = train.count();
  const int64_t count = statistics::component_count(rows, columns, run.model->latent_dim());
  return cached_or_computed(
      run, train, components_entry(count, columns), [&](const Examples& examples) {
        log::info("fitting {} principal components to {} training {}s of {} numbers", count, rows,
                  run.experiment.data.example_noun(), columns);
        auto noise = generator(static_cast<uint64_t>(run.experiment.train.seed), Stream::kSample);
        auto found = statistics::fit_components(rows_of(examples), rows, columns, count, noise);
        if (!found.exact)
          log::info("the components come from subspace iteration, accurate to about five digits");
        return found;
      });
}

}  // namespace latent
