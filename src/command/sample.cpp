#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "analysis/latent_source.h"
#include "command/flags/arguments.h"
#include "command/flags/open_run.h"
#include "command/report/latent_tensors.h"
#include "core/error.h"
#include "core/random.h"
#include "session/opened_run.h"

namespace latent {
namespace {

LatentRequest read_request(const Arguments& arguments, bool manifold) {
  for (const char* flag : {"count", "columns"}) {
    if (manifold && arguments.has(flag))
      throw UsageError(fmt::format("--{}: a manifold is a square; use --side instead", flag));
  }
  if (!manifold && arguments.has("side"))
    throw UsageError("--side: for --sampler manifold only; use --count and --columns instead");
  LatentRequest request{.count = arguments.integer("count", 1, 100'000),
                        .side = arguments.integer("side", 1, 200),
                        .temperature = arguments.number("temperature"),
                        .quiet = arguments.quiet()};
  if (!(request.temperature >= 0 && request.temperature <= 100)) {
    throw UsageError(
        fmt::format("--temperature {}: expected a number >= 0 and <= 100", request.temperature));
  }
  return request;
}

// Writes each picture to a file in the folder.
void write_singles(const visual::Gallery& gallery, const Tensor& images,
                   const std::filesystem::path& folder) {
  for (int64_t i = 0; i < images.size(0); ++i)
    gallery.write_single(folder / fmt::format("{:05}.png", i), images[i]);
}

}  // namespace

void declare_sample(cxxopts::Options& options) {
  declare_run(options);
  declare_out(
      options,
      "picture to write, or with --singles the folder (default: images/sample/ of the run)");
  options.add_options()("sampler", "draw the latents from:" + samplers().summaries(),
                        cxxopts::value<std::string>()->default_value("prior"), "NAME");
  options.add_options()("n,count", "number of images",
                        cxxopts::value<int64_t>()->default_value("64"), "N");
  options.add_options()("columns", "columns of the grid; 0: as square as possible",
                        cxxopts::value<int64_t>()->default_value("0"), "N");
  options.add_options()("side", "manifold: images per side",
                        cxxopts::value<int64_t>()->default_value("15"), "N");
  options.add_options()("temperature",
                        "scale of the latents (posterior, gmm: of their spread around the mean); "
                        "below 1: more typical images, above 1: more varied ones",
                        cxxopts::value<double>()->default_value("1"), "T");
  options.add_options()("singles", "write one PNG per image instead of a grid");
  options.add_options()(
      "tensors", "also write latents and pictures as tensors z [N, Z] and images [N, C, H, W]",
      cxxopts::value<std::string>(), "FILE.safetensors");
}

void run_sample(const Arguments& arguments) {
  const SamplerRow& sampler = samplers().find<UsageError>(arguments.text("sampler"), "--sampler");
  const bool manifold = sampler.name == "manifold";
  const LatentRequest request = read_request(arguments, manifold);
  const int64_t columns = manifold ? request.side : arguments.integer("columns", 0, request.count);
  if (manifold)
    arguments.refuse({"seed"}, "a manifold draws no random latents; expected no --seed");
  if (arguments.flag("singles"))
    arguments.refuse({"columns"}, "for a grid, but --singles writes one file per image");
  check_latent_tensors(arguments);
  const OpenedRun run = open_run(arguments);
  const std::string stem = sampler.name == "prior" ? fmt::format("sample-seed{}", arguments.seed())
                           : manifold
                               ? "manifold"
                               : fmt::format("sample-{}-seed{}", sampler.name, arguments.seed());
  const bool singles = arguments.flag("singles");
  const auto otherwise = run.directory.image("sample", singles ? stem : stem + ".png");
  const std::filesystem::path path =
      singles ? arguments.folder(otherwise, "--singles writes one file per image")
              : arguments.picture(otherwise, run.experiment.data.is_table());
  auto noise = generator(arguments.seed(), Stream::kSample);
  const Tensor z = draw_latents(run, sampler, request, noise);
  const Tensor images = run.pictures(z);
  std::vector<std::string> written{path.string()};
  const visual::Gallery& gallery = *run.experiment.gallery;
  if (singles) {
    write_singles(gallery, images, path);
  } else if (manifold) {
    gallery.write_manifold(path, images, columns);
  } else {
    gallery.write_samples(path, images, columns);
  }
  write_latent_tensors(arguments, z, images, written);
  print_result(arguments, {{"images", z.size(0)}, {"sampler", sampler.name}, {"written", written}},
               join(written, "\n") + "\n");
}

}  // namespace latent
