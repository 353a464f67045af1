#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "analysis/mixture.h"
#include "command/flags/arguments.h"
#include "command/report/latent_tensors.h"
#include "core/error.h"
#include "core/random.h"
#include "core/registry.h"
#include "session/opened_run.h"
#include "space/samplers.h"

namespace latent {
namespace {

/// What to draw: `count` latents, or the grid of side x side.
struct Request {
  int64_t count = 64, side = 15;
  double temperature = 1;
  bool quiet = false;
};

struct SamplerRow {
  std::string name;
  std::string summary;
  Tensor (*draw)(const OpenedRun&, const Request&, at::Generator&);  // [N, Z]
};

// A plain autoencoder has no prior and takes the box of its training latents, as the book does.
Tensor draw_prior(const OpenedRun& run, const Request& request, at::Generator& noise) {
  if (run.model->probabilistic()) {
    return space::sample_prior(request.count, run.model->latent_dim(), request.temperature, noise);
  }
  return space::sample_box(run.split_latents(Split::kTrain, request.quiet).mean, request.count,
                           request.temperature, noise);
}

Tensor draw_posterior(const OpenedRun& run, const Request& request, at::Generator& noise) {
  const Latent codes = run.split_latents(Split::kTrain, request.quiet);
  return space::sample_posterior(codes.mean, codes.logvar, request.count, request.temperature,
                                 noise);
}

Tensor draw_mixture(const OpenedRun& run, const Request& request, at::Generator& noise) {
  return training_mixture(run, request.quiet).sample(request.count, request.temperature, noise);
}

Tensor draw_manifold(const OpenedRun& run, const Request& request, at::Generator&) {
  if (run.model->latent_dim() != 2) {
    throw Error(fmt::format(
        "--sampler manifold needs latent_dim 2; this run has {}; expected prior, posterior or gmm",
        run.model->latent_dim()));
  }
  if (run.model->probabilistic()) return space::normal_grid(request.side) * request.temperature;
  const Tensor grid =
      space::box_grid(run.split_latents(Split::kTrain, request.quiet).mean, request.side);
  const Tensor middle = grid.mean(0);
  return middle + (grid - middle) * request.temperature;
}

const Registry<SamplerRow>& samplers() {
  static const Registry<SamplerRow> registry(
      "sampler",
      {
          {"prior", "the prior; for a plain autoencoder the box of its training latents",
           draw_prior},
          {"posterior", "the latents of random training images, sampled from their posteriors",
           draw_posterior},
          {"gmm", "a Gaussian mixture fitted to the training latents", draw_mixture},
          {"manifold", "a grid over two latents, at equal steps of the prior's probability",
           draw_manifold},
      });
  return registry;
}

std::string sampler_help() {
  std::string text = "where the latents come from";
  for (const auto& row : samplers().rows())
    text += (&row == &samplers().rows().front() ? ": " : "; ") + row.name + ": " + row.summary;
  return text;
}

Request read_request(const Arguments& arguments, bool manifold) {
  for (const char* flag : {"count", "columns"}) {
    if (manifold && arguments.has(flag))
      throw UsageError(fmt::format("--{}: a manifold is a square; expected --side", flag));
  }
  if (!manifold && arguments.has("side"))
    throw UsageError("--side: for --sampler manifold only; expected --count and --columns");
  Request request{.count = arguments.integer("count", 1, 100'000),
                  .side = arguments.integer("side", 1, 200),
                  .temperature = arguments.number("temperature"),
                  .quiet = arguments.quiet()};
  if (!(request.temperature >= 0 && request.temperature <= 100))
    throw UsageError("--temperature: expected a number >= 0 and <= 100");
  return request;
}

// One file for each picture, in a folder.
void write_singles(const visual::Gallery& gallery, const Tensor& images,
                   const std::filesystem::path& folder) {
  for (int64_t i = 0; i < images.size(0); ++i)
    gallery.write_single(folder / fmt::format("{:05}.png", i), images[i]);
}

}  // namespace

void declare_sample(cxxopts::Options& options) {
  declare_run(options);
  declare_out(options,
              "the picture, or with --singles the folder (default: images/sample/ of the run)");
  options.add_options()("sampler", sampler_help(),
                        cxxopts::value<std::string>()->default_value("prior"), "NAME")(
      "n,count", "how many images", cxxopts::value<int64_t>()->default_value("64"), "N")(
      "columns", "columns of the grid; 0: as square as possible",
      cxxopts::value<int64_t>()->default_value("0"),
      "N")("side", "images along either side of the manifold",
           cxxopts::value<int64_t>()->default_value("15"), "N")(
      "temperature",
      "scale of the latents (posterior, gmm: of their spread about a mean): below 1 tamer, above 1 "
      "wilder",
      cxxopts::value<double>()->default_value("1"),
      "T")("singles", "one PNG per image instead of a grid")(
      "tensors", "also write latents and pictures as tensors z [N, Z] and images [N, C, H, W]",
      cxxopts::value<std::string>(), "FILE.safetensors");
}

void run_sample(const Arguments& arguments) {
  const SamplerRow& sampler = samplers().find<UsageError>(arguments.text("sampler"), "--sampler");
  const bool manifold = sampler.name == "manifold";
  const Request request = read_request(arguments, manifold);
  const int64_t columns = manifold ? request.side : arguments.integer("columns", 0, request.count);
  const OpenedRun run = OpenedRun::open(arguments);
  const std::string stem = sampler.name == "prior" ? fmt::format("sample-seed{}", arguments.seed())
                           : manifold
                               ? "manifold"
                               : fmt::format("sample-{}-seed{}", sampler.name, arguments.seed());
  const bool singles = arguments.flag("singles");
  const auto otherwise = run.directory.image("sample", singles ? stem : stem + ".png");
  const std::filesystem::path path =
      singles && arguments.has("out")
          ? std::filesystem::path(arguments.text("out"))
          : arguments.picture(otherwise, run.experiment.data.is_table());
  auto noise = generator(arguments.seed(), Stream::kSample);
  const Tensor z = run.model->bottleneck().within_range(sampler.draw(run, request, noise));
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
