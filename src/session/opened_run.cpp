#include "session/opened_run.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/log.h"
#include "session/moved_data.h"
#include "train/arithmetic.h"
#include "train/checkpoint/checkpoint.h"
#include "train/checkpoint/checkpoint_store.h"
#include "train/checkpoint/train_state.h"
#include "train/evaluation.h"

namespace latent {

OpenedRun OpenedRun::open(const std::filesystem::path& run, const std::string& asked,
                          const c10::Device& device) {
  RunDirectory directory = RunDirectory::open(run);
  Config config = load_run_config(directory);
  Experiment experiment = read_experiment(config);
  const auto [which, path, file] = read_checkpoint(directory, asked);
  const StoredShapes shapes = stored_shapes(file, path);
  CorruptionChain corruption = experiment.corruption.make(shapes.output);
  if (corruption.output() != shapes.input) {
    throw Error(directory.config().string() + ": its corruption turns the images into " +
                corruption.output().text() + "; the checkpoint's model expects " +
                shapes.input.text());
  }
  Condition condition = stored_condition(file, path);
  if (condition.empty() != experiment.model.condition.empty()) {
    throw Error(
        directory.config().string() +
        ": its model.condition does not fit the checkpoint; restore the config that the run "
        "was trained with");
  }
  auto model = experiment.model.make(shapes.input, shapes.output, 0, condition.size());
  auto objective = experiment.objective.make(*model, stored_data(file).training.count, 0);
  load_model(*model, *objective, file, path);
  set_full_precision(device);
  model->to(device);
  objective->move_to(device);
  model->eval();
  return {std::move(directory),
          std::move(config),
          std::move(experiment),
          std::move(model),
          std::move(objective),
          device,
          which,
          stored_step(file),
          stored_data(file),
          std::move(corruption),
          std::move(condition),
          stored_row_format(file)};
}

namespace {

// Returns the part of a condition that belongs to the images first, first + 1, ..., on the device.
Tensor part_of_condition(const Tensor& condition, int64_t first, int64_t count,
                         const c10::Device& device) {
  if (!condition.defined()) return {};
  return (condition.size(0) == 1 ? condition : condition.narrow(0, first, count)).to(device);
}

}  // namespace

Tensor OpenedRun::pictures(const Tensor& z, const Tensor& told) const {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> parts;
  int64_t first = 0;
  for (const Tensor& part : model->bottleneck().nearest_valid(z).split(kEvaluationBatch)) {
    const Tensor here = part_of_condition(told, first, part.size(0), device);
    parts.push_back(objective->likelihood().mean(model->decode(part.to(device), here)).cpu());
    first += part.size(0);
  }
  return at::cat(parts);
}

Latent OpenedRun::encode(const ExampleBatch& batch, const std::optional<Noise>& noise) const {
  const torch::NoGradGuard no_grad;
  const Tensor told = condition.rows(batch.attributes, batch.images.size(0));
  std::vector<Tensor> z, codes, logvar;
  int64_t first = 0;
  for (const Tensor& part : batch.images.split(kEvaluationBatch)) {
    const Latent code = model->encode(corruption.encoder_input(part.to(device)),
                                      part_of_condition(told, first, part.size(0), device), noise);
    first += part.size(0);
    z.push_back(code.z.flatten(1).cpu());
    codes.push_back(code.code.flatten(1).cpu());
    if (code.posterior) logvar.push_back(code.posterior->logvar.flatten(1).cpu());
  }
  Latent all{.z = at::cat(z), .code = at::cat(codes)};
  if (!logvar.empty()) all.posterior = Posterior{all.code, at::cat(logvar)};
  all.condition = told;
  return all;
}

Examples OpenedRun::load(Split split) const {
  std::string why_not;
  auto examples = load_if_there(split, why_not);
  if (!examples) throw Error(why_not);
  return std::move(*examples);
}

std::optional<Examples> OpenedRun::load_if_there(Split split, std::string& why_not) const {
  Examples examples;
  try {
    examples = experiment.data.open()->load(split);
  } catch (const Error& failure) {
    why_not = failure.what() + new_place_remedy(config, directory, failure.what());
    return std::nullopt;
  }
  check_shape(examples, split, model->output_shape(), "the model");
  const SplitFingerprint trained = split == Split::kTrain        ? data.training
                                   : split == Split::kValidation ? data.validation
                                                                 : SplitFingerprint();
  const Tensor seen = split == Split::kValidation ? measured_validation(experiment, examples).pixels
                                                  : examples.pixels;
  if (trained.count > 0 && trained != fingerprint(seen)) {
    log::warn("{}: the {} split has other examples than when it was trained",
              directory.path().string(), to_string(split));
  }
  return examples;
}

}  // namespace latent
