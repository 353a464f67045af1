#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/arguments.h"
#include "command/opened_run.h"
#include "core/error.h"
#include "core/random.h"
#include "core/suggest.h"
#include "run/safetensors.h"

namespace latent {
namespace {

// The prior's samples; a plain autoencoder has none and takes the box of its training latents, as
// the book does.
Tensor draw(const OpenedRun& run, const Arguments& arguments, int64_t count) {
  auto noise = generator(arguments.seed(), Stream::kSample);
  const double temperature = arguments.number("temperature");
  if (!(temperature >= 0 && temperature <= 100))
    throw UsageError("--temperature: expected a number >= 0 and <= 100");
  const Tensor z = at::empty({count, run.model->latent_dim()});
  if (run.model->probabilistic()) return z.normal_(0, 1, noise).mul_(temperature);
  const Tensor means = run.split_latents(Split::kTrain, arguments.quiet()).mean;
  const Tensor low = means.amin(0), high = means.amax(0);
  const Tensor middle = (low + high) / 2, half = (high - low) / 2;
  return middle + half * temperature * z.uniform_(-1, 1, noise);
}

}  // namespace

void declare_sample(cxxopts::Options& options) {
  declare_run(options);
  declare_out(options,
              "the picture, or with --singles the folder (default: images/sample/ of the run)");
  options.add_options()("n,count", "how many images",
                        cxxopts::value<int64_t>()->default_value("64"),
                        "N")("columns", "columns of the grid; 0: as square as possible",
                             cxxopts::value<int64_t>()->default_value("0"), "N")(
      "temperature", "scale of the latents: below 1 tamer, above 1 wilder",
      cxxopts::value<double>()->default_value("1"),
      "T")("singles", "one PNG per image instead of a grid")(
      "tensors", "also write latents and pictures as tensors z [N, Z] and images [N, C, H, W]",
      cxxopts::value<std::string>(), "FILE.safetensors");
}

void run_sample(const Arguments& arguments) {
  const int64_t count = arguments.integer("count", 1, 100'000);
  const int64_t columns = arguments.integer("columns", 0, count);
  const OpenedRun run = OpenedRun::open(arguments);
  const Tensor z = draw(run, arguments, count);
  const Tensor images = run.pictures(z);
  const std::string stem = fmt::format("sample-seed{}", arguments.seed());
  std::vector<std::string> written;
  if (arguments.flag("singles")) {
    const std::filesystem::path folder = arguments.has("out")
                                             ? std::filesystem::path(arguments.text("out"))
                                             : run.directory.image("sample", stem);
    for (int64_t i = 0; i < count; ++i) {
      const auto path = folder / fmt::format("{:05}.png", i);
      run.experiment.gallery->write_single(path, images[i]);
      if (i == 0) written.push_back(folder.string());
    }
  } else {
    const std::filesystem::path path = arguments.has("out")
                                           ? std::filesystem::path(arguments.text("out"))
                                           : run.directory.image("sample", stem + ".png");
    run.experiment.gallery->write_samples(path, images, columns);
    written.push_back(path.string());
  }
  if (arguments.has("tensors")) {
    write_tensors(arguments.text("tensors"),
                  {.tensors = {{"z", z}, {"images", images}}, .metadata = {}});
    written.push_back(arguments.text("tensors"));
  }
  print_result(arguments, {{"images", count}, {"written", written}}, join(written, "\n") + "\n");
}

}  // namespace latent
