#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command/arguments.h"
#include "command/inputs.h"
#include "command/opened_run.h"
#include "core/random.h"
#include "objective/quality.h"
#include "visual/grid.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kColumns = 10;

// Rows of at most ten images, each above a row of their reconstructions; the last ones are filled
// up with white.
Picture side_by_side(const Tensor& images, const Tensor& reconstructed) {
  const int64_t count = images.size(0), columns = std::min(kColumns, count);
  std::vector<Tensor> rows;
  std::vector<std::string> captions;
  for (int64_t first = 0; first < count; first += columns) {
    for (const Tensor& set : {images, reconstructed}) {
      Tensor row = set.narrow(0, first, std::min(columns, count - first));
      if (row.size(0) < columns) {
        auto shape = row.sizes().vec();
        shape[0] = columns - row.size(0);
        row = at::cat({row, at::ones(shape)});
      }
      rows.push_back(row);
    }
    captions.insert(captions.end(), {"image", "model"});
  }
  return visual::rows(rows, captions);
}

}  // namespace

void declare_reconstruct(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "10");
  declare_out(options, "the picture (default: images/reconstruct/ of the run)");
  options.add_options()("sample-latents", "sample the latents instead of taking their mean");
}

void run_reconstruct(const Arguments& arguments) {
  const OpenedRun run = OpenedRun::open(arguments);
  const Inputs inputs = read_inputs(arguments, run);
  const auto noise =
      arguments.flag("sample-latents")
          ? std::optional(generator(arguments.seed(), Stream::kSample, 0, run.device))
          : std::nullopt;
  const Tensor reconstructed = run.pictures(run.encode(inputs.images, noise).z);
  const Tensor errors = mean_squared_error(inputs.images, reconstructed);  // [N]
  const std::string file =
      arguments.has("files") ? "files.png"
      : arguments.has("indices")
          ? fmt::format("{}-indices.png", arguments.text("split"))
          : fmt::format("{}-{}.png", arguments.text("split"), inputs.names.size());
  const std::filesystem::path path = arguments.has("out")
                                         ? std::filesystem::path(arguments.text("out"))
                                         : run.directory.image("reconstruct", file);
  write_png(side_by_side(inputs.images, reconstructed), path);

  std::string text = "mean squared error per image\n";
  Json each = Json::array();
  for (size_t i = 0; i < inputs.names.size(); ++i) {
    const auto error = errors[static_cast<int64_t>(i)].item<double>();
    text += fmt::format("  {:<24} {:.5f}\n", inputs.names[i], error);
    each.push_back({{"image", inputs.names[i]}, {"mse", error}});
  }
  const auto mean = errors.mean().item<double>();
  text += fmt::format("  {:<24} {:.5f}\n{}\n", "mean", mean, path.string());
  print_result(arguments, {{"images", each}, {"mse", mean}, {"written", {path.string()}}}, text);
}

}  // namespace latent
