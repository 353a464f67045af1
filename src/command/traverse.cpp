#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/flags/inputs.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/output/animation.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "session/codes.h"
#include "space/traversal.h"
#include "space/usage.h"
#include "visual/frames.h"

namespace latent {
namespace {

/// The latents to change, the most used first, and their ranges.
struct Rows {
  std::vector<int64_t> latents;
  Tensor usage;  // [Z]
  Tensor range;  // [2, Z]
  std::vector<std::string> captions;
};

Rows choose_rows(const OpenedRun& run, const Latent& codes, const Arguments& arguments) {
  const auto levels = arguments.range("range", "0.01:0.99");
  if (!(0 <= levels[0] && levels[0] < levels[1] && levels[1] <= 1)) {
    throw UsageError("--range " + arguments.text("range") +
                     ": expected two rising quantiles between 0 and 1, such as 0.01:0.99");
  }
  Rows rows;
  rows.usage = space::usage(codes);
  rows.latents = space::most_used_first(rows.usage);
  const auto count = static_cast<size_t>(arguments.integer("count", 0, 1000));
  if (arguments.has("count") && count > rows.latents.size()) {
    log::warn("--count {}: the run has only {}", count,
              counted(static_cast<int64_t>(rows.latents.size()), "latent"));
  }
  if (count > 0 && count < rows.latents.size()) rows.latents.resize(count);
  rows.range = space::quantile_range(codes, levels[0], levels[1],
                                     generator(arguments.seed(), Stream::kSample));
  const char* unit = run.model->bottleneck().has_posterior() ? "nats" : "variance";
  for (const int64_t latent : rows.latents) {
    rows.captions.push_back(
        fmt::format("z{}  {:.2f} {}", latent, rows.usage[latent].item<double>(), unit));
  }
  return rows;
}

// The latents [1, Z] of the image that the user names, or the mean of the training latents.
Latent starting_point(const OpenedRun& run, const Latent& codes, const Arguments& arguments) {
  if (!arguments.has("files") && !arguments.has("indices")) {
    const Tensor mean = codes.code.mean(0, true);
    return {.z = mean, .code = mean};
  }
  const ExampleBatch inputs = read_inputs(arguments, run, /*counted=*/false);
  if (inputs.names.size() != 1) {
    throw Error(
        fmt::format("got {}; expected one image to start from, or none to start from the mean",
                    counted(static_cast<int64_t>(inputs.names.size()), "image")));
  }
  return run.encode(inputs);
}

// The pictures of each row: [steps, C, H, W].
std::vector<Tensor> decode_rows(const OpenedRun& run, const Latent& start, const Rows& rows,
                                int64_t steps) {
  std::vector<Tensor> z;
  for (const int64_t latent : rows.latents) {
    z.push_back(space::traversal(start.code[0], latent, rows.range[0][latent].item<double>(),
                                 rows.range[1][latent].item<double>(), steps));
  }
  const auto images = run.pictures(at::cat(z), start.condition).split(steps);
  return {images.begin(), images.end()};
}

// A frame for each step, with all rows in it.
std::vector<Picture> animate(const std::vector<Tensor>& rows,
                             const std::vector<std::string>& captions, const visual::Look& look) {
  visual::GridOptions options = visual::frame_options(look);
  options.cell_captions = captions;
  const Tensor all = at::stack(rows, 1);  // [F, R, C, H, W]
  std::vector<Tensor> steps;
  for (int64_t f = 0; f < all.size(0); ++f)
    steps.push_back(all[f]);
  return visual::frames(steps, {}, options);
}

}  // namespace

void declare_traverse(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "");
  declare_animation(options);
  options.add_options()("n,count", "number of latents to show, the most used first; 0: all",
                        cxxopts::value<int64_t>()->default_value("10"), "N");
  options.add_options()("range",
                        "vary each latent between these quantiles of the training images' latents",
                        cxxopts::value<std::string>()->default_value("0.01:0.99"), "LOW:HIGH");
  options.add_options()("steps", "images per row", cxxopts::value<int64_t>()->default_value("9"),
                        "N");
  options.add_options()("frames", "frames of the animation",
                        cxxopts::value<int64_t>()->default_value("25"), "N");
}

void run_traverse(const Arguments& arguments) {
  const int64_t steps = arguments.integer("steps", 2, 100);
  const int64_t moments = arguments.integer("frames", 2, 1000);
  const OpenedRun run = open_run(arguments);
  expect_images(run, "traverse");
  if (run.model->bottleneck().codebook() != nullptr) {
    throw Error(run.directory.path().string() +
                ": its latents are codes, of which a single number means nothing; expected a run "
                "with model.bottleneck gaussian or point, or latent plot codes");
  }
  const bool from_image = arguments.has("files") || arguments.has("indices");
  const OutputPaths paths = output_paths(
      arguments, run.directory.image("traverse", from_image ? inputs_stem(arguments) : "mean"),
      true);
  if (paths.strip.empty())
    arguments.refuse({"steps"}, "for the strip, but --out is an animation; expected --frames");
  const Latent codes = split_codes(run, Split::kTrain, arguments.quiet());
  const Rows rows = choose_rows(run, codes, arguments);
  const Latent start = starting_point(run, codes, arguments);
  const visual::Look look = read_look(arguments, Draws::kStrips);

  visual::GridOptions options = visual::grid_options(look);
  const auto levels = arguments.range("range", "0.01:0.99");
  options.column_captions.resize(static_cast<size_t>(steps));
  options.column_captions.front() = fmt::format("{:g}%", 100 * levels[0]);
  options.column_captions.back() = fmt::format("{:g}%", 100 * levels[1]);
  const Picture strip = visual::rows(decode_rows(run, start, rows, steps), rows.captions, options);
  std::vector<Picture> frames;
  if (paths.animated())
    frames = animate(decode_rows(run, start, rows, moments), rows.captions, look);
  const auto written = write_pictures(arguments, paths, strip, frames);

  nlohmann::ordered_json each = nlohmann::ordered_json::array();
  for (const int64_t latent : rows.latents) {
    each.push_back({{"latent", latent},
                    {run.model->bottleneck().has_posterior() ? "kl" : "variance",
                     rows.usage[latent].item<double>()},
                    {"low", rows.range[0][latent].item<double>()},
                    {"high", rows.range[1][latent].item<double>()}});
  }
  print_result(arguments, {{"latents", each}, {"written", written}},
               join(rows.captions, "\n") + "\n" + join(written, "\n") + "\n");
}

}  // namespace latent
