#include "session/training.h"

#include <spdlog/fmt/fmt.h>
#include <torch/version.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>
#include <tuple>

#include "core/device/device.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/version.h"
#include "session/agreement.h"
#include "session/moved_data.h"
#include "session/resume_point.h"
#include "train/checkpoint/checkpoint.h"
#include "train/checkpoint/train_state.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kAttemptsToOpen = 40;  // of another machine's folder: 10 seconds

Json build_info(const TrainingRequest& request) {
  std::error_code ignored;
  Json build{{"latent", version()},
             {"revision", git_revision()},
             {"torch", TORCH_VERSION},
             {"device", describe(request.device)}};
  // Where relative paths of the config begin.
  build["directory"] = std::filesystem::current_path(ignored).string();
  if (!request.world->is_alone()) build["processes"] = request.world->size();
  if (request.init_from) build["init_from"] = request.init_from->string();
  return build;
}

void load_initial_weights(const fs::path& path, Autoencoder& model, Objective& objective) {
  const RunDirectory donor = RunDirectory::open(path);
  const StoredCheckpoint weights = read_checkpoint(donor, "best");
  load_model(model, objective, weights.file, weights.path);
  log::info("weights from {}", weights.path.string());
}

// Only the same machine and number of processes give bit-for-bit the same results.
void compare_builds(const Json& built, const c10::Device& device, const World& world) {
  for (const auto& [what, now] : {std::pair<const char*, std::string>{"device", describe(device)},
                                  {"torch", TORCH_VERSION}}) {
    const auto found = built.find(what);
    if (found == built.end() || !found->is_string()) continue;
    if (const auto before = found->get<std::string>(); before != now)
      log::warn("started on {}, resumed on {}: results may differ in the last bits", before, now);
  }
  const auto processes = built.find("processes");
  const bool known = processes != built.end() && processes->is_number_integer();
  if (const int64_t before = known ? processes->get<int64_t>() : 1; before != world.size()) {
    log::warn("processes: {} at the start, {} now: results may differ in the last bits", before,
              world.size());
  }
}

// Renames a checkpoint that cannot be read, so that no command tries it again.
void set_aside(const fs::path& checkpoint) {
  const auto aside = fs::path(checkpoint).replace_extension(".unreadable");
  std::error_code code;
  fs::rename(checkpoint, aside, code);
  if (!code) log::warn("{}: kept as {}", checkpoint.string(), aside.string());
}

// The folder of a new run, locked unless `lock` holds that of an old run to overwrite.
RunDirectory new_directory(const TrainingRequest& request, const Config& config,
                           std::unique_ptr<RunLock>& lock) {
  const auto path = request.folder ? *request.folder : RunDirectory::free_name(request.name);
  if (!lock) {
    RunDirectory::check_free(path, request.overwrite);
    make_directories(path);
    lock = std::make_unique<RunLock>(path);
  }
  RunDirectory run =
      RunDirectory::create(path, request.overwrite, config.resolved_text(), build_info(request));
  run.remove_temporaries();
  return run;
}

// Opens a folder that another machine has just made: a network file system may show it later.
RunDirectory open_new(const fs::path& path) {
  for (int attempt = 1;; ++attempt) {
    try {
      return RunDirectory::open(path);
    } catch (const Error& failure) {
      if (attempt == kAttemptsToOpen) {
        throw Error(
            fmt::format("{}; rank 0 has made it: expected a folder that the machines of all "
                        "processes share (--run)",
                        failure.what()));
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
}

// The folder of the run, which the process that leads makes unless the run is resumed.
RunDirectory claimed_directory(const TrainingRequest& request, const Config& config,
                               std::unique_ptr<RunLock>& lock) {
  if (request.resume) return RunDirectory::open(*request.folder);
  std::optional<RunDirectory> made;
  request.world->lead([&] { made = new_directory(request, config, lock); });
  const auto path = request.world->gather(made ? made->path().string() : "").front();
  return made ? *made : open_new(path);
}

DataFingerprint data_of(const PreparedTraining& prepared) {
  return {fingerprint(prepared.train.pixels), fingerprint(prepared.validation.pixels)};
}

// Throws Error if the keys that say where the data lie were changed, and other data are there.
void check_places(const StoredCheckpoint& checkpoint, const Config& config,
                  const PreparedTraining& prepared) {
  const auto trained_with = checkpoint.file.metadata.find("config");
  if (trained_with == checkpoint.file.metadata.end()) return;
  expect_moved_data(changed_places(config, trained_with->second, checkpoint.path.string()),
                    stored_data(checkpoint.file), data_of(prepared), checkpoint.path);
}

// Restores the checkpoint. One that replaces a damaged "last" becomes the last, even if nothing is
// left to train.
void resume(Trainer& trainer, const RunDirectory& run, const Config& config,
            const std::optional<StoredCheckpoint>& checkpoint, const TrainingRequest& request) {
  const World& world = *request.world;
  if (checkpoint) trainer.restore(*checkpoint);
  if (world.leads()) compare_builds(run.build(), request.device, world);
  if (checkpoint && checkpoint->name != "last") {
    world.lead([&] { set_aside(run.checkpoint("last")); });
    trainer.save();
  }
  world.lead([&] { run.replace_config(config.resolved_text()); });
}

// The precision to train with; all processes follow the trial of the one that leads.
std::string agreed_precision(const TrainingRequest& request, const Experiment& experiment,
                             const PreparedTraining& prepared) {
  const std::string mine =
      settled_precision(experiment, prepared.fitted, prepared.train, request.device);
  if (experiment.train.precision != "auto") return mine;
  return request.world->of_leader(mine == "bf16" ? 1 : 0) > 0 ? "bf16" : "fp32";
}

}  // namespace

std::string PreparedTraining::overview(const std::string& noun) const {
  const ImageShape shape = train.shape();
  const ImageShape input = fitted.corruption.output();
  const std::string seen = input == shape ? "" : ", which the encoder sees as " + input.text();
  return fmt::format("{} training and {} validation {}s of {}{}\n{}", train.count(),
                     validation.count(), noun, shape.text(), seen, summary_table(layers));
}

ClaimedRun claim_run(const TrainingRequest& request, const Config& config) {
  ClaimedRun claimed;
  if (!request.folder) return claimed;
  const auto& path = *request.folder;
  if (request.resume) {
    const RunDirectory run = RunDirectory::open(path);
    if (!request.dry_run && request.world->leads()) {
      claimed.lock = std::make_unique<RunLock>(path);
      log::also_to(run.log());
      run.remove_temporaries();
    }
    claimed.checkpoint = resume_point(run, config);
    return claimed;
  }
  if (request.dry_run || !request.world->leads()) return claimed;
  std::error_code code;
  const bool there =
      fs::exists(path / "config.json", code) && fs::exists(path / "build.json", code);
  if (there || !RunLock::holder(path).empty()) claimed.lock = std::make_unique<RunLock>(path);
  RunDirectory::check_free(path, request.overwrite);
  return claimed;
}

PreparedTraining prepare_training(const Experiment& experiment,
                                  const std::optional<fs::path>& init_from) {
  const auto dataset = experiment.data.open();
  PreparedTraining prepared{
      .train = load_split(*dataset, Split::kTrain),
      .validation = measured_validation(experiment, load_split(*dataset, Split::kValidation)),
      .fitted = {},
      .model = nullptr,
      .objective = nullptr,
      .layers = {},
      .row_format = dataset->row_format()};
  const ImageShape shape = prepared.train.shape();
  check_shape(prepared.validation, Split::kValidation, shape, "the training split");
  prepared.fitted = fit_to_examples(experiment, prepared.train);
  std::tie(prepared.model, prepared.objective) =
      fresh_model(experiment, prepared.fitted, c10::kCPU);
  prepared.layers = summarize(prepared.model->spec());
  log_reading(*dataset);
  check_values(prepared.train, prepared.objective->likelihood());
  check_values(prepared.validation, prepared.objective->likelihood());
  if (init_from) load_initial_weights(*init_from, *prepared.model, *prepared.objective);
  return prepared;
}

StartedTraining start_training(const TrainingRequest& request, Config& config,
                               Experiment& experiment, const PreparedTraining& prepared,
                               ClaimedRun claimed) {
  const c10::Device& device = request.device;
  expect_same_work(*request.world, device, data_of(prepared));
  // The run's config keeps the choice: a resumed run must not try again.
  experiment.train.precision = agreed_precision(request, experiment, prepared);
  config.settle("train.precision", experiment.train.precision);
  prepared.model->to(device);
  prepared.objective->move_to(device);
  if (claimed.checkpoint) check_places(*claimed.checkpoint, config, prepared);
  const RunDirectory run = claimed_directory(request, config, claimed.lock);
  if (request.world->leads()) log::also_to(run.log());
  log::info("run {} on {}", run.path().string(), describe(device));
  auto trainer = std::make_unique<Trainer>(
      experiment.train, prepared.model, prepared.objective,
      TrainingData{prepared.train,
                   prepared.validation,
                   experiment.data.augmentation,
                   prepared.fitted.corruption,
                   {prepared.fitted.condition, experiment.model.condition_drop},
                   prepared.row_format},
      run, config.resolved_text(), device, *request.world);
  if (request.resume) resume(*trainer, run, config, claimed.checkpoint, request);
  if (request.init_from) trainer->save();
  return {std::move(claimed.lock), run, std::move(trainer)};
}

}  // namespace latent
