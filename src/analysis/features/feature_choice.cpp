#include "analysis/features/feature_choice.h"

#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/features/inception.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "data/locations.h"

namespace latent {
namespace {

// The cached features of the run's data, if there are any.
std::optional<StoredFeatures> cached_features(const std::filesystem::path& path,
                                              const ImageShape& shape,
                                              const std::string& fingerprint) {
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) return std::nullopt;
  try {
    StoredFeatures found = read_features(path, path.string(), shape);
    if (found.fingerprint == fingerprint) return found;
    log::warn("{}: made for other images; trained again", path.string());
  } catch (const Error& damage) {
    log::warn("{}; trained again", damage.what());
  }
  return std::nullopt;
}

void keep_features(const std::filesystem::path& path, const StoredFeatures& features) {
  try {
    make_directories(path.parent_path());
    write_features(path, features);
    log::info("features: kept in {}; --features FILE uses others", path.string());
  } catch (const Error& failure) {
    log::warn("{}; the next command trains them again", failure.what());
  }
}

std::shared_ptr<ImageFeatures> own_features(const OpenedRun& run, bool quiet) {
  const Examples training = run.load(Split::kTrain);
  const FeatureTarget target = feature_target(training);
  const std::string print = feature_fingerprint(training, target);
  const std::string data = run.config.resolved().at("data").at("name").get<std::string>();
  const auto path = cache_folder() / "features" /
                    fmt::format("{}-{}-{}-v1.safetensors", data, training.shape().text(), print);
  if (auto found = cached_features(path, training.shape(), print)) {
    log::info("features: {}, from {}", feature_name(*found), path.string());
    return image_features(*found, run.device);
  }
  log::info("features: none of this data yet; training a network on its {}",
            counted(training.count(), "image"));
  const TrainedFeatures trained =
      train_features(training, run.load(Split::kTest), {.device = run.device, .quiet = quiet});
  const StoredFeatures made = stored_features(trained, data, training);
  log::info("features: {}, in {:.0f} s", feature_summary(made, "test"), trained.seconds);
  keep_features(path, made);
  return image_features(made, run.device);
}

}  // namespace

std::string feature_summary(const StoredFeatures& features, const std::string& split) {
  const FeaturePlan& plan = features.network->plan();
  const std::string name = feature_name(features);
  if (plan.task == FeatureTask::kImages) {
    return fmt::format("{}: mean squared error {:.5f} on {} images, for want of labels", name,
                       features.quality, split);
  }
  const std::string what = plan.task == FeatureTask::kClasses
                               ? fmt::format("{} classes of {}", plan.outputs, features.attributes)
                               : counted(plan.outputs, "attribute");
  return fmt::format("{}: {}, accuracy {:.4f} on {} images", name, what, features.quality, split);
}

std::shared_ptr<ImageFeatures> choose_features(const std::string& choice, const OpenedRun& run,
                                               bool quiet) {
  if (choice.empty()) return own_features(run, quiet);
  const std::string where = "--features " + choice;
  for (const auto& [kind, resize] : {std::pair{"inception=", InceptionResize::kLegacy},
                                     std::pair{"inception-clean=", InceptionResize::kClean}}) {
    if (choice.starts_with(kind))
      return load_inception(choice.substr(std::string_view(kind).size()), where, resize,
                            run.device);
  }
  if (choice.ends_with(".pt")) {
    throw Error(where + ": a TorchScript program runs only as --features inception=" + choice +
                " or inception-clean=" + choice);
  }
  return image_features(read_features(choice, where, run.model->output_shape()), run.device);
}

}  // namespace latent
