#include "session/experiment.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/system/out_of_memory.h"
#include "core/text/suggest.h"
#include "train/precision.h"

namespace latent {

namespace {

// Throws Error for a batch that is too small for one of the penalties.
void check_batch(const Experiment& experiment, const Config& config) {
  for (const auto& [row, plan] : experiment.objective.penalties) {
    const int64_t parts = experiment.train.accumulate;
    if (experiment.train.batch_size / parts >= plan.smallest_batch) continue;
    throw Error(fmt::format(
        "{}: got {}{}; objective.{} compares the images of a batch: expected {} or more",
        config.where("train.batch_size"), experiment.train.batch_size,
        parts == 1 ? "" : fmt::format(" in {} parts (train.accumulate)", parts), row->name,
        plan.smallest_batch * parts));
  }
}

// Returns the keys that end like `key`, such as train.epochs for epochs.
std::vector<std::string> longer_keys(const Config& config, const std::string& key) {
  nlohmann::ordered_json others = config.source();
  others.erase(key);
  Config scratch = Config::parse(others.dump(), config.origin());
  try {
    read_experiment(scratch);
  } catch (const Error&) {
    // The keys that were read before the error are known.
  }
  std::vector<std::string> found;
  for (const auto& entry : scratch.entries()) {
    if (entry.path.ends_with("." + key)) found.push_back(entry.path);
  }
  return found;
}

// Throws Error for a key that is no section, with the keys in a section that it may stand for.
void check_top(const Config& config) {
  const std::vector<std::string> sections{"data", "corruption", "model", "objective", "train"};
  for (const auto& [key, value] : config.source().items()) {
    if (std::find(sections.begin(), sections.end(), key) != sections.end()) continue;
    const auto meant = longer_keys(config, key);
    if (!meant.empty())
      throw Error(config.where(key) + ": unknown key; did you mean " + join(meant, " or ") + "?");
  }
  config.check_sections(sections);
}

}  // namespace

Experiment read_experiment(Config& config) {
  check_top(config);
  Section root = config.root();
  Experiment experiment;
  experiment.data = configure_dataset(root.section("data"));
  experiment.corruption = configure_corruption(root, experiment.data.is_table());
  experiment.model = configure_model(root.section("model"));
  experiment.objective =
      configure_objective(root.section("objective"), experiment.model.bottleneck.has_posterior);
  experiment.train.read(root.section("train"));
  config.check_all_read();
  check_batch(experiment, config);
  experiment.gallery =
      experiment.data.is_table() ? visual::table_gallery() : visual::image_gallery();
  return experiment;
}

Fitted fit_to_examples(const Experiment& experiment, const Examples& training) {
  return {.corruption = experiment.corruption.make(training.shape()),
          .condition = Condition::of(experiment.model.condition, training, "model.condition"),
          .training_images = training.count()};
}

std::pair<std::shared_ptr<Autoencoder>, std::shared_ptr<Objective>> fresh_model(
    const Experiment& experiment, const Fitted& fitted, const c10::Device& device) {
  const auto seed = static_cast<uint64_t>(experiment.train.seed);
  auto model = experiment.model.make(fitted.corruption.output(), fitted.corruption.input(), seed,
                                     fitted.condition.size());
  auto objective = experiment.objective.make(*model, fitted.training_images, seed);
  model->to(device);
  objective->move_to(device);
  return {std::move(model), std::move(objective)};
}

Batches training_batches(const Experiment& experiment, const Fitted& fitted, Examples examples,
                         const c10::Device& device) {
  return {std::move(examples), experiment.data.augmentation, fitted.corruption,
          TrainingCondition{fitted.condition, experiment.model.condition_drop}, device};
}

std::string settled_precision(const Experiment& experiment, const Fitted& fitted,
                              const Examples& examples, const c10::Device& device) {
  if (experiment.train.precision != "auto") return experiment.train.precision;
  const auto trial = [&] { return fresh_model(experiment, fitted, device); };
  const int64_t size = std::min(experiment.train.batch_size, examples.count());
  const Batches batches = training_batches(
      experiment, fitted, examples.select(at::arange(size, at::TensorOptions(at::kLong))), device);
  const StepNoise noise(static_cast<uint64_t>(experiment.train.seed), device);
  const Tensor all = at::arange(size, at::TensorOptions(batches.storage_device()).dtype(at::kLong));
  return pick_precision(experiment.train, trial, batches.fetch(all, noise), device);
}

Examples load_split(const Dataset& dataset, Split split) {
  try {
    return dataset.load(split);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    const std::string memory = out_of_memory(failure);
    if (memory.empty()) throw;
    throw Error(
        fmt::format("{} for the {} split of the data set; lower data.size or data.count, choose "
                    "fewer examples with data.keep, or free memory",
                    memory, to_string(split)));
  }
}

Examples measured_validation(const Experiment& experiment, Examples validation) {
  const int64_t all = validation.count(), some = experiment.train.validation_count;
  if (some == 0 || some >= all) return validation;
  return validation.select(at::arange(some, at::kLong).mul_(all).floor_divide_(some));
}

void check_shape(const Examples& examples, Split split, const ImageShape& expected,
                 const std::string& owner) {
  if (examples.shape() == expected) return;
  throw Error(
      fmt::format("data: the {} split is of {}; expected {} as {}: restore the files that "
                  "belong together, or set one data.size for all",
                  to_string(split), examples.shape().text(), expected.text(), owner));
}

void check_values(const Examples& examples, const Likelihood& likelihood) {
  if (!examples.is_table() || !likelihood.unit_interval()) return;
  const auto low = examples.pixels.min().item<double>();
  const auto high = examples.pixels.max().item<double>();
  if (low >= 0 && high <= 1) return;
  throw Error(
      fmt::format("objective.likelihood: explains values from 0 to 1, the table's are from {:.4g} "
                  "to {:.4g}; expected gaussian or laplace with linear output, or data.scale none "
                  "for values from 0 to 1",
                  low, high));
}

}  // namespace latent
