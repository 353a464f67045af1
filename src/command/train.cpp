#include <spdlog/fmt/fmt.h>
#include <torch/version.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "command/arguments.h"
#include "command/experiment.h"
#include "command/train_display.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/log.h"
#include "core/process.h"
#include "core/version.h"
#include "run/run_directory.h"
#include "train/checkpoint.h"
#include "train/profile.h"
#include "train/trainer.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// The keys of a run that may change when it is resumed.
const std::set<std::string> kResumable{"train.epochs", "train.pictures_every",
                                       "train.early_stopping.patience"};

std::vector<std::string> settings(const Arguments& arguments) {
  auto all = arguments.texts("set");
  if (arguments.has("seed")) all.push_back("train.seed=" + std::to_string(arguments.seed()));
  return all;
}

Config load_config(const Arguments& arguments) {
  const bool resume = arguments.flag("resume");
  if (resume == arguments.has("config")) {
    throw UsageError(resume
                         ? "--resume goes on with a run's own config; expected no other config file"
                         : "no config; expected latent train CONFIG.json, or --run DIR --resume");
  }
  if (!resume) return Config::load(arguments.text("config"), settings(arguments));
  return Config::load(RunDirectory::open(arguments.run()).config(), settings(arguments));
}

// Throws Error naming a key that --set changed and that a resumed run must keep.
void check_resumable(const Config& config, const RunDirectory& run) {
  Config before = Config::load(run.config());
  read_experiment(before);
  const auto flat = [](const Config& c) { return c.resolved().flatten(); };
  const Json now = flat(config), old = flat(before);
  for (const auto& [pointer, value] : now.items()) {
    std::string key = pointer.substr(1);
    std::replace(key.begin(), key.end(), '/', '.');
    if (kResumable.contains(key) || (old.contains(pointer) && old[pointer] == value)) continue;
    throw Error("--set " + key +
                ": differs from the run's config; a resumed run may change only train.epochs, "
                "train.pictures_every and train.early_stopping.patience");
  }
}

Json build_info(const c10::Device& device) {
  return {{"latent", version()},
          {"revision", git_revision()},
          {"torch", TORCH_VERSION},
          {"device", describe(device)}};
}

void load_initial_weights(const std::filesystem::path& path, Autoencoder& model,
                          Objective& objective) {
  const RunDirectory donor = RunDirectory::open(path);
  const auto file = donor.checkpoint(donor.stored_checkpoint("best"));
  load_model(model, objective, read_tensors(file), file);
  log::info("weights from {}", file.string());
}

RunDirectory open_directory(const Arguments& arguments, const Config& config,
                            const c10::Device& device) {
  if (arguments.flag("resume")) return RunDirectory::open(arguments.run());
  const auto stem = std::filesystem::path(arguments.text("config")).stem().string();
  const auto path = arguments.has("run") ? arguments.run() : RunDirectory::free_name(stem);
  return RunDirectory::create(path, arguments.flag("overwrite"), config.resolved_text(),
                              build_info(device));
}

}  // namespace

void declare_train(cxxopts::Options& options) {
  options.positional_help("CONFIG.json");
  options.parse_positional("config");
  options.add_options()("config", "the config to train", cxxopts::value<std::string>(), "FILE")(
      "profile", "write a trace of some steps, for Perfetto or chrome://tracing",
      cxxopts::value<std::string>(), "FILE")(
      "run", "folder for the run (default: runs/<config name>-<n>)",
      cxxopts::value<std::vector<std::string>>(), "DIR")("resume", "go on with the run of --run")(
      "overwrite", "replace the run that is there")("dry-run", "print the layers and stop")(
      "init-from", "start from the weights of another run", cxxopts::value<std::string>(), "DIR");
  declare_settings(options);
}

void run_train(const Arguments& arguments) {
  Config config = load_config(arguments);
  Experiment experiment = read_experiment(config);
  const c10::Device device = arguments.device();
  const bool resume = arguments.flag("resume"), dry = arguments.flag("dry-run");
  if (resume) check_resumable(config, RunDirectory::open(arguments.run()));
  if (!resume && !dry && arguments.has("run"))
    RunDirectory::check_free(arguments.run(), arguments.flag("overwrite"));

  const auto dataset = experiment.data.open();
  const Examples train = dataset->load(Split::kTrain),
                 validation = dataset->load(Split::kValidation);
  const ImageShape shape = train.shape();
  const CorruptionChain corruption = experiment.corruption.make(shape);
  auto [model, objective] = fresh_model(experiment, shape, c10::kCPU);
  if (!dataset->remark().empty()) log::info("{}", dataset->remark());
  check_values(train, objective->likelihood());
  check_values(validation, objective->likelihood());
  const std::string seen = corruption.output() == shape
                               ? ""
                               : ", which the encoder sees as " + corruption.output().text();
  log::info("{} training and {} validation {}s of {}{}\n{}", train.count(), validation.count(),
            experiment.data.example_word(), shape.text(), seen, summary_table(model->summarize()));
  if (arguments.has("init-from"))
    load_initial_weights(arguments.text("init-from"), *model, *objective);
  if (dry) return;

  // Settled once, in the config that the run keeps: a resumed run must not try again.
  experiment.train.precision = settled_precision(experiment, train, device);
  config.settle("train.precision", experiment.train.precision);
  model->to(device);
  objective->move_to(device);
  const RunDirectory run = open_directory(arguments, config, device);
  log::also_to(run.log());
  log::info("run {} on {}", run.path().string(), describe(device));
  Trainer trainer(experiment.train, model, objective,
                  {train, validation, experiment.data.augmentation, corruption}, run,
                  config.resolved_text(), device);
  if (resume) {
    trainer.restore(run.checkpoint("last"));
    run.replace_config(config.resolved_text());
  }
  TrainDisplay display(model, objective, validation, run, experiment, device, arguments.quiet());
  catch_interrupts();
  std::optional<StepProfile> profile;
  if (arguments.has("profile")) profile.emplace(arguments.text("profile"), device);
  TrainEvents events = display.events();
  events.step = [&profile, show = events.step, first = true](const StepReport& report) mutable {
    if (std::exchange(first, false))
      log::info("first step {:.2f} s after the launch", seconds_since_launch());
    if (profile) profile->after_step();
    show(report);
  };
  trainer.train(events);

  const TrainState& state = trainer.state();
  const auto pictures = run.path() / "images" / "train";
  print_result(
      arguments,
      {{"run", run.path().string()},
       {"epochs", state.epoch},
       {"steps", state.step},
       {"seconds", state.seconds},
       {"data_share", trainer.data_share()},
       {"best_epoch", state.best_epoch},
       {"best_val_loss", state.best_loss}},
      fmt::format("run {}: best val_loss {:.2f} at epoch {}; pictures in {}\n", run.path().string(),
                  state.best_loss, state.best_epoch, pictures.string()));
}

}  // namespace latent
