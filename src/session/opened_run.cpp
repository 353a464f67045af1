#include "session/opened_run.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>

#include "core/error.h"
#include "core/log.h"
#include "core/progress.h"
#include "session/run_cache.h"
#include "train/checkpoint/checkpoint.h"
#include "train/checkpoint/checkpoint_store.h"
#include "train/checkpoint/train_state.h"
#include "train/evaluation.h"
#include "train/precision.h"

namespace latent {
namespace {

Latent as_latent(const TensorFile& file) {
  const Tensor& mean = file.tensors.at("mean");
  const auto logvar = file.tensors.find("logvar");
  return {
      .z = mean, .mean = mean, .logvar = logvar == file.tensors.end() ? Tensor() : logvar->second};
}

// The codes kept at `path`, if they are whole, of the run's model and checkpoint, and of the
// examples that `mark` tells.
std::optional<Latent> read_latents(const std::filesystem::path& path, const OpenedRun& run,
                                   const std::optional<std::string>& mark) {
  const auto file = read_kept(path, run, mark);
  if (!file) return std::nullopt;
  const auto fits = [&](const char* name, bool expected) {
    const auto found = file->tensors.find(name);
    if (found == file->tensors.end()) return !expected;
    const Tensor& values = found->second;
    return expected && values.dim() == 2 && values.size(1) == run.model->latent_dim() &&
           values.size(0) == file->tensors.begin()->second.size(0);
  };
  if (fits("mean", true) && fits("logvar", run.model->probabilistic())) return as_latent(*file);
  log::warn("{}: not the latents of this run; made again", path.string());
  return std::nullopt;
}

std::filesystem::path latents_path(const OpenedRun& run, Split split) {
  return run.directory.cache("latents-" + to_string(split) + "-" + run.checkpoint + ".safetensors");
}

Latent encode_and_keep(const OpenedRun& run, const Examples& examples,
                       const std::filesystem::path& path, const std::string& mark, bool quiet) {
  ProgressBar bar(quiet);
  const auto start = std::chrono::steady_clock::now();
  std::vector<Tensor> mean, logvar;
  for (int64_t first = 0; first < examples.count(); first += kEvaluationBatch) {
    const int64_t count = std::min(kEvaluationBatch, examples.count() - first);
    const Latent part = run.encode(examples.images(first, count));
    mean.push_back(part.mean);
    if (part.logvar.defined()) logvar.push_back(part.logvar);
    if (bar.due(first + count, examples.count())) {
      const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
      bar.show("encoding", first + count, examples.count(), spent.count());
    }
  }
  TensorFile file{.tensors = {{"mean", at::cat(mean)}},
                  .metadata = {{"step", std::to_string(run.step)}, {"data", mark}}};
  if (!logvar.empty()) file.tensors["logvar"] = at::cat(logvar);
  keep_in_cache(path, file);
  return as_latent(file);
}

}  // namespace

OpenedRun OpenedRun::open(const Arguments& arguments) {
  return open(arguments.run(), arguments.text("checkpoint"), arguments.device());
}

OpenedRun OpenedRun::open(const std::filesystem::path& run, const std::string& asked,
                          const c10::Device& device) {
  RunDirectory directory = RunDirectory::open(run);
  Config config = Config::load(directory.config());
  Experiment experiment = read_experiment(config);
  if (asked != "best" && asked != "last")
    throw UsageError("--checkpoint " + asked + ": expected best or last");
  const auto [which, path, file] = read_checkpoint(directory, asked);
  const StoredShapes shapes = stored_shapes(file, path);
  CorruptionChain corruption = experiment.corruption.make(shapes.output);
  if (corruption.output() != shapes.input) {
    throw Error(directory.config().string() + ": its corruption makes " +
                corruption.output().text() + " of the images; the checkpoint's model takes " +
                shapes.input.text());
  }
  auto model = experiment.model.make(shapes.input, shapes.output, 0);
  auto objective = experiment.objective.make(*model);
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
          std::move(corruption)};
}

Tensor OpenedRun::pictures(const Tensor& z) const {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> parts;
  for (const Tensor& part : z.split(kEvaluationBatch)) {
    parts.push_back(objective->likelihood().mean(model->decode(part.to(device))).cpu());
  }
  return at::cat(parts);
}

Latent OpenedRun::encode(const Tensor& images, std::optional<at::Generator> generator) const {
  const torch::NoGradGuard no_grad;
  const ImageShape& input = model->input_shape();
  const bool ready = images.size(2) == input.height && images.size(3) == input.width;
  std::vector<Tensor> z, mean, logvar;
  for (const Tensor& part : images.split(kEvaluationBatch)) {
    const Tensor there = part.to(device);
    const Latent code = model->encode(ready ? there : corruption.prepare(there), generator);
    z.push_back(code.z.cpu());
    mean.push_back(code.mean.cpu());
    if (code.logvar.defined()) logvar.push_back(code.logvar.cpu());
  }
  return {.z = at::cat(z),
          .mean = at::cat(mean),
          .logvar = logvar.empty() ? Tensor() : at::cat(logvar)};
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
    why_not = failure.what();
    return std::nullopt;
  }
  check_shape(examples, split, model->output_shape(), "the model");
  const SplitFingerprint trained = split == Split::kTrain        ? data.training
                                   : split == Split::kValidation ? data.validation
                                                                 : SplitFingerprint();
  if (trained.count > 0 && trained != fingerprint(examples.pixels)) {
    log::warn("{}: the {} split has other examples than when it was trained",
              directory.path().string(), to_string(split));
  }
  return examples;
}

Latent OpenedRun::split_latents(Split split, bool quiet) const {
  const auto path = latents_path(*this, split);
  return kept_or_made(
      *this, split, "codes",
      [&](const std::optional<std::string>& mark) { return read_latents(path, *this, mark); },
      [&](const Examples& examples, const std::string& mark) {
        return encode_and_keep(*this, examples, path, mark, quiet);
      });
}

Latent OpenedRun::split_latents(Split split, const Examples& examples, bool quiet) const {
  const auto path = latents_path(*this, split);
  const std::string mark = data_mark(examples.pixels);
  if (auto kept = read_latents(path, *this, mark)) return std::move(*kept);
  return encode_and_keep(*this, examples, path, mark, quiet);
}

}  // namespace latent
