#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "command/flags/inputs.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/report/name_index.h"
#include "core/error.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "measure/image_quality.h"
#include "session/opened_run.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kColumns = 10;

}  // namespace

void declare_reconstruct(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "10");
  declare_out(options, "picture to write (default: images/reconstruct/ of the run)");
  declare_look(options, Draws::kBoth);
  options.add_options()("sample-latents", "sample the latents instead of using their mean");
}

void run_reconstruct(const Arguments& arguments) {
  const OpenedRun run = open_run(arguments);
  if (arguments.flag("sample-latents") && !run.model->bottleneck().is_noisy()) {
    throw Error(
        "--sample-latents: a plain autoencoder has nothing to sample from; expected a run with "
        "model.bottleneck \"gaussian\", or no --sample-latents");
  }
  const ExampleBatch inputs = read_inputs(arguments, run);
  std::optional<at::Generator> noise;
  if (arguments.flag("sample-latents")) noise = generator(arguments.seed(), Stream::kSample);
  const Latent latent = run.encode(inputs, noise);
  const Tensor reconstructed = run.pictures(latent.z, latent.condition);
  const Tensor errors = mean_squared_error(inputs.images, reconstructed);  // [N]
  const std::string stem = inputs_stem(arguments) + (noise ? "-sampled" : "");
  const auto path = arguments.picture(run.directory.image("reconstruct", stem + ".png"),
                                      run.experiment.data.is_table());
  visual::Look look =
      visual::with_columns(read_look_for(arguments, run.experiment.data.is_table()), kColumns);
  look.captions = asked_captions(arguments, inputs.names);
  run.experiment.gallery->write_pairs(path, inputs.images, reconstructed, look);
  std::vector<std::string> written{path.string()};
  if (!run.experiment.data.is_table()) write_name_index(arguments, inputs.names, path, written);

  std::string text = fmt::format("mean squared error per {}\n", run.experiment.data.example_noun());
  Json each = Json::array();
  for (size_t i = 0; i < inputs.names.size(); ++i) {
    const auto error = errors[static_cast<int64_t>(i)].item<double>();
    text += fmt::format("  {:<24} {:.5f}\n", inputs.names[i], error);
    each.push_back({{"image", inputs.names[i]}, {"mse", error}});
  }
  const auto mean = errors.mean().item<double>();
  text += fmt::format("  {:<24} {:.5f}\n{}\n", "mean", mean, join(written, "\n"));
  print_result(arguments, {{"images", each}, {"mse", mean}, {"written", written}}, text);
}

}  // namespace latent
