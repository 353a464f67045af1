#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/plot/latent_plane.h"
#include "command/plot/plots.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "measure/latents.h"
#include "session/codes.h"
#include "session/opened_run.h"
#include "space/samplers.h"
#include "space/usage.h"
#include "visual/histograms.h"

namespace latent {
namespace {

constexpr int64_t kShownLatents = 50, kMaxHistograms = 1000;

std::vector<double> numbers(const Tensor& values) {
  const Tensor table = values.to(at::kDouble).contiguous();
  return {table.const_data_ptr<double>(), table.const_data_ptr<double>() + table.numel()};
}

std::string whole_title(const std::string& split, int64_t images, size_t active, size_t latents,
                        size_t shown, double kl, bool has_posterior) {
  std::string title =
      fmt::format("Latents of the {} split ({}): {} of {} active (variance above {})", split,
                  counted(images, "image"), active, latents, kActiveVariance);
  if (has_posterior) title += fmt::format(", KL {:.2f} nats", kl);
  if (latents > shown) title += fmt::format("; the {} most used", shown);
  if (has_posterior) title += "; curve: N(0,\u00a01)";
  return title;
}

}  // namespace

nlohmann::ordered_json plot_histograms(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  const auto most = static_cast<size_t>(count_or(arguments, kShownLatents, 1, kMaxHistograms));
  const OpenedRun run = open_run(arguments);
  const bool has_posterior = run.model->bottleneck().has_posterior();
  const Latent codes = split_codes(run, split, arguments.quiet());
  auto noise = generator(arguments.seed(), Stream::kSample);
  // Samples, not means: the means are narrower than the prior.
  const Tensor z = space::sample_each(codes, noise);
  const Tensor usage = space::usage(codes);
  const std::vector<double> used = numbers(usage),
                            variances = numbers(codes.code.to(at::kDouble).var(0, false));
  std::vector<visual::Histogram> histograms;
  size_t active = 0;
  for (const int64_t latent : space::most_used_first(usage)) {
    const auto i = static_cast<size_t>(latent);
    const bool in_use = variances[i] > kActiveVariance;
    active += in_use;
    if (histograms.size() == most) continue;
    histograms.push_back(
        {.title = fmt::format("{} {:.2f}{}, {}", has_posterior ? "KL" : "variance", used[i],
                              has_posterior ? " nats" : "", in_use ? "active" : "not active"),
         .label = fmt::format("z{}", latent),
         .values = z.select(1, latent)});
  }
  const auto path = plot_path(arguments, run.directory.path(), "histograms.png");
  visual::write_histograms(
      path,
      whole_title(to_string(split), z.size(0), active, used.size(), histograms.size(),
                  usage.sum().item<double>(), has_posterior),
      histograms, has_posterior ? visual::HistogramAxes::kNormal : visual::HistogramAxes::kOwn,
      read_look(arguments, Draws::kCharts));
  return {{has_posterior ? "kl_per_latent" : "variance_per_latent", used},
          {"active_units", active},
          {"images", z.size(0)},
          {"written", {path.string()}}};
}

}  // namespace latent
