#include "analysis/components.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "format/safetensors.h"
#include "session/run_cache.h"

namespace latent {
namespace {

// The components kept at `path`, if they are whole and of the examples that `mark` tells.
std::optional<space::PrincipalComponents> read_components(const std::filesystem::path& path,
                                                          const std::string& mark, int64_t columns,
                                                          int64_t count) {
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) return std::nullopt;
  try {
    TensorFile file = read_tensors(path);
    if (file.metadata["data"] != mark) return std::nullopt;
    const Tensor mean = file.tensors["mean"], axes = file.tensors["axes"],
                 variances = file.tensors["variances"], total = file.tensors["total"];
    if (mean.defined() && axes.defined() && variances.defined() && total.defined() &&
        mean.sizes() == c10::IntArrayRef{columns} &&
        axes.sizes() == c10::IntArrayRef{count, columns}) {
      return space::PrincipalComponents{.mean = mean,
                                        .axes = axes,
                                        .variances = variances,
                                        .total_variance = total.item<double>(),
                                        .exact = file.metadata["exact"] == "1"};
    }
    log::warn("{}: not the components of this run's images; made again", path.string());
  } catch (const Error& damage) {
    log::warn("{}; made again", damage.what());
  }
  return std::nullopt;
}

}  // namespace

space::RowReader rows_of(const Examples& examples) {
  return
      [examples](int64_t first, int64_t count) { return examples.images(first, count).flatten(1); };
}

space::PrincipalComponents training_components(const OpenedRun& run, const Examples& train) {
  const int64_t columns = train.shape().pixels(), rows = train.count();
  const int64_t count = space::component_count(rows, columns, run.model->latent_dim());
  const auto path = run.directory.cache(fmt::format("components-{}.safetensors", count));
  const std::string mark = data_mark(train.pixels);
  if (auto kept = read_components(path, mark, columns, count)) return *kept;
  log::info("fitting {} principal components to {} training {}s of {} numbers, kept in the run",
            count, rows, run.experiment.data.example_word(), columns);
  auto noise = generator(static_cast<uint64_t>(run.experiment.train.seed), Stream::kSample);
  auto found = space::fit_components(rows_of(train), rows, columns, count, noise);
  if (!found.exact) log::info("found by subspace iteration, to about five digits");
  keep_in_cache(path, {.tensors = {{"mean", found.mean},
                                   {"axes", found.axes},
                                   {"variances", found.variances},
                                   {"total", at::full({1}, found.total_variance, at::kDouble)}},
                       .metadata = {{"data", mark}, {"exact", found.exact ? "1" : "0"}}});
  return found;
}

}  // namespace latent
