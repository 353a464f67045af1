#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "analysis/features/feature_choice.h"
#include "command/flags/arguments.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "session/experiment.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

const std::string kFeaturesUsage = "expected latent features train CONFIG.json --out FILE";

// The file of --out.
std::filesystem::path features_file(const Arguments& arguments) {
  if (!arguments.has("out")) throw UsageError("latent features train: no --out; " + kFeaturesUsage);
  const std::filesystem::path path = arguments.text("out");
  if (path.extension() != ".safetensors") {
    throw UsageError("--out " + path.string() +
                     ": expected the name of a file that ends in .safetensors");
  }
  return path;
}

Json describe_features(const StoredFeatures& stored, const TrainedFeatures& trained,
                       int64_t scored) {
  const FeaturePlan& plan = stored.network->plan();
  const bool restores = plan.task == FeatureTask::kImages;
  return {{"features", feature_name(stored)},
          {"kind", to_string(plan.task)},
          {"dimensions", kFeatures},
          {"shape", {plan.shape.channels, plan.shape.height, plan.shape.width}},
          {"attributes", trained.target.attributes},
          {restores ? "mse" : "accuracy",
           {{"value", trained.quality.value},
            {"low", trained.quality.low},
            {"high", trained.quality.high},
            {"count", scored}}},
          {"training_images", stored.images},
          {"fingerprint", stored.fingerprint},
          {"sha256", feature_digest(*stored.network)},
          {"seconds", trained.seconds}};
}

}  // namespace

void declare_features(cxxopts::Options& options) {
  options.positional_help("train CONFIG.json --out FILE.safetensors");
  options.show_positional_help();
  options.parse_positional({"action", "config"});
  options.add_options("input")(
      "action",
      "train: fit a small network to the labels of a data set (to its images, if "
      "there are none) and write it, for latent evaluate --measure "
      "samples,reconstruction --features FILE",
      cxxopts::value<std::string>(), "ACTION")(
      "config", "config of the data set, such as a run's config.json; only its section data counts",
      cxxopts::value<std::string>(), "FILE");
  declare_out(options, "file to write, ending in .safetensors");
  declare_settings(options);
}

void run_features(const Arguments& arguments) {
  if (!arguments.has("action")) throw UsageError("latent features: no action; " + kFeaturesUsage);
  if (const std::string action = arguments.text("action"); action != "train")
    throw UsageError("latent features: unknown action \"" + action + "\"; " + kFeaturesUsage);
  if (!arguments.has("config"))
    throw UsageError("latent features train: no config; " + kFeaturesUsage);
  const std::filesystem::path path = features_file(arguments);
  Config config = Config::load(arguments.text("config"), arguments.settings());
  const DatasetPlan plan = read_experiment(config).data;
  if (plan.is_table()) {
    throw Error(arguments.text("config") +
                ": data: rows of a table; features describe images; expected a set of images");
  }
  const auto dataset = plan.open();
  log_reading(*dataset);
  const Examples training = load_split(*dataset, Split::kTrain);
  const Examples scored = load_split(*dataset, Split::kTest);
  check_shape(scored, Split::kTest, training.shape(), "the training images");
  const TrainedFeatures trained = train_features(
      training, scored,
      {.seed = arguments.seed(), .device = arguments.device(), .quiet = arguments.quiet()});
  const StoredFeatures stored = stored_features(
      trained, config.resolved().at("data").at("name").get<std::string>(), training);
  if (path.has_parent_path()) make_directories(path.parent_path());
  write_features(path, stored);
  Json json = describe_features(stored, trained, scored.count());
  json["written"] = {path.string()};
  print_result(
      arguments, json,
      fmt::format("{}\n{} features of {}, trained in {:.0f} s, SHA-256 {}\n{}\n",
                  feature_summary(stored, "test"), kFeatures, stored.network->plan().shape.text(),
                  trained.seconds, json["sha256"].get<std::string>(), path.string()));
}

}  // namespace latent
