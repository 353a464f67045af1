#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "command/flags/condition.h"
#include "command/flags/inputs.h"
#include "command/flags/latent_tensors.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/output/name_index.h"
#include "core/error.h"
#include "core/random.h"
#include "core/text/split.h"
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
  options.add_options()(
      "attribute,label",
      "decode the images' codes under another condition, such as label=3 or Smiling=1,Male=0; for "
      "a model with a condition",
      cxxopts::value<std::string>(), "NAME=VALUE,...");
  declare_latent_tensors(options,
                         "z [N, Z], images [N, C, H, W] and inputs, the images themselves");
}

void run_reconstruct(const Arguments& arguments) {
  check_latent_tensors(arguments);
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
  const std::string asked = arguments.has("attribute") ? arguments.text("attribute") : "";
  const Tensor condition = arguments.has("attribute")
                               ? changed_condition(run, latent.condition, asked)
                               : latent.condition;
  const Tensor reconstructed = run.pictures(latent.z, condition);
  const Tensor errors = mean_squared_error(inputs.images, reconstructed);  // [N]
  const std::string stem = inputs_stem(arguments) + (noise ? "-sampled" : "") +
                           (asked.empty() ? "" : "-" + in_file_name(asked));
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
  text += fmt::format("  {:<24} {:.5f}\n", "mean", mean);
  Json json{{"images", each}, {"mse", mean}};
  if (!asked.empty()) json["attribute"] = asked;
  write_latent_tensors(
      arguments, {{"z", latent.z}, {"images", reconstructed}, {"inputs", inputs.images}}, written);
  json["written"] = written;
  print_result(arguments, json, text + join(written, "\n") + "\n");
}

}  // namespace latent
