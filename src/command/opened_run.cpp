#include "command/opened_run.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>

#include "core/error.h"
#include "core/file.h"
#include "core/log.h"
#include "core/progress.h"
#include "train/checkpoint.h"
#include "train/train_state.h"

namespace latent {
namespace {

constexpr int64_t kBatch = 500;

std::string choose_checkpoint(const RunDirectory& run, const std::string& asked) {
  if (asked != "best" && asked != "last")
    throw UsageError("--checkpoint " + asked + ": expected best or last");
  const std::string stored = run.stored_checkpoint(asked);
  if (stored != asked) log::warn("{}: missing; using {}", run.checkpoint(asked).string(), stored);
  return stored;
}

}  // namespace

OpenedRun OpenedRun::open(const Arguments& arguments) {
  RunDirectory directory = RunDirectory::open(arguments.run());
  Config config = Config::load(directory.config());
  Experiment experiment = read_experiment(config);
  const std::string which = choose_checkpoint(directory, arguments.text("checkpoint"));
  const auto path = directory.checkpoint(which);
  const TensorFile file = read_tensors(path);
  const StoredShapes shapes = stored_shapes(file, path);
  auto model = experiment.model.make(shapes.input, shapes.output, 0);
  auto objective = experiment.objective.make(*model);
  load_model(*model, *objective, file, path);
  const c10::Device device = arguments.device();
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
          stored_step(file)};
}

Tensor OpenedRun::pictures(const Tensor& z) const {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> parts;
  for (const Tensor& part : z.split(kBatch)) {
    parts.push_back(objective->likelihood().mean(model->decode(part.to(device))).cpu());
  }
  return at::cat(parts);
}

Latent OpenedRun::encode(const Tensor& images, std::optional<at::Generator> generator) const {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> z, mean, logvar;
  for (const Tensor& part : images.split(kBatch)) {
    const Latent code = model->encode(part.to(device), generator);
    z.push_back(code.z.cpu());
    mean.push_back(code.mean.cpu());
    if (code.logvar.defined()) logvar.push_back(code.logvar.cpu());
  }
  return {.z = at::cat(z),
          .mean = at::cat(mean),
          .logvar = logvar.empty() ? Tensor() : at::cat(logvar)};
}

Tensor OpenedRun::split_means(Split split, bool quiet) const {
  const auto path =
      directory.cache("latents-" + to_string(split) + "-" + checkpoint + ".safetensors");
  const std::string step_text = std::to_string(step);
  if (std::filesystem::exists(path)) {
    TensorFile cached = read_tensors(path);
    if (cached.metadata["step"] == step_text) return cached.tensors.at("mean");
  }
  const Examples examples = experiment.data.open()->load(split);
  ProgressBar bar(quiet);
  const auto start = std::chrono::steady_clock::now();
  std::vector<Tensor> means;
  for (int64_t first = 0; first < examples.count(); first += kBatch) {
    const int64_t count = std::min(kBatch, examples.count() - first);
    means.push_back(encode(examples.images(first, count)).mean);
    if (bar.due(first + count, examples.count())) {
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
      bar.show("encoding", first + count, examples.count(), spent.count());
    }
  }
  TensorFile file{.tensors = {{"mean", at::cat(means)}}, .metadata = {{"step", step_text}}};
  make_directories(path.parent_path());
  write_tensors(path, file);
  return file.tensors["mean"];
}

}  // namespace latent
