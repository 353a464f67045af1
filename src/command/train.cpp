#include <spdlog/fmt/fmt.h>
#include <torch/version.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "command/flags/arguments.h"
#include "command/report/train_display.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "core/system/interrupt.h"
#include "core/system/process.h"
#include "core/version.h"
#include "run/run_directory.h"
#include "run/run_lock.h"
#include "session/experiment.h"
#include "session/resume_point.h"
#include "train/checkpoint/checkpoint.h"
#include "train/checkpoint/checkpoint_store.h"
#include "train/profile.h"
#include "train/trainer.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

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
  for (const char* flag : {"init-from", "overwrite"}) {
    if (arguments.has(flag))
      throw UsageError(
          fmt::format("--resume goes on with the run as it is; expected no --{}", flag));
  }
  return Config::load(RunDirectory::open(arguments.run()).config(), settings(arguments));
}

Json build_info(const Arguments& arguments, const c10::Device& device) {
  Json build{{"latent", version()},
             {"revision", git_revision()},
             {"torch", TORCH_VERSION},
             {"device", describe(device)}};
  if (arguments.has("init-from")) build["init_from"] = arguments.text("init-from");
  return build;
}

// What a dry run finds out; layers: of the model.
Json describe_dry_run(const Examples& train, const Examples& validation, const Autoencoder& model,
                      const std::vector<LayerSummary>& layers) {
  const auto sizes = [](const ImageShape& shape) {
    return Json{shape.channels, shape.height, shape.width};
  };
  Json rows = Json::array();
  int64_t parameters = 0;
  for (const auto& layer : layers) {
    rows.push_back({{"name", layer.name},
                    {"description", layer.description},
                    {"shape", layer.shape},
                    {"parameters", layer.parameters}});
    parameters += layer.parameters;
  }
  return {{"training", train.count()},
          {"validation", validation.count()},
          {"input_shape", sizes(model.input_shape())},
          {"output_shape", sizes(model.output_shape())},
          {"parameters", parameters},
          {"layers", rows}};
}

void load_initial_weights(const std::filesystem::path& path, Autoencoder& model,
                          Objective& objective) {
  const RunDirectory donor = RunDirectory::open(path);
  const StoredCheckpoint weights = read_checkpoint(donor, "best");
  load_model(model, objective, weights.file, weights.path);
  log::info("weights from {}", weights.path.string());
}

// The same bits are promised for the same machine only.
void compare_builds(const Json& begun, const c10::Device& device) {
  for (const auto& [what, now] : {std::pair<const char*, std::string>{"device", describe(device)},
                                  {"torch", TORCH_VERSION}}) {
    const auto found = begun.find(what);
    if (found == begun.end() || !found->is_string()) continue;
    if (const auto before = found->get<std::string>(); before != now)
      log::warn("begun on {}, resumed on {}: the last bits may come out otherwise", before, now);
  }
}

// A checkpoint that could not be read, perhaps only now: under a name that no command reads.
void set_aside(const std::filesystem::path& checkpoint) {
  const auto aside = std::filesystem::path(checkpoint).replace_extension(".unreadable");
  std::error_code code;
  std::filesystem::rename(checkpoint, aside, code);
  if (!code) log::warn("{}: kept as {}", checkpoint.string(), aside.string());
}

// The folder of a new run, locked: by `lock` already if an old run is to be overwritten.
RunDirectory new_directory(const Arguments& arguments, const Config& config,
                           const c10::Device& device, std::optional<RunLock>& lock) {
  const auto stem = std::filesystem::path(arguments.text("config")).stem().string();
  const auto path = arguments.has("run") ? arguments.run() : RunDirectory::free_name(stem);
  const bool overwrite = arguments.flag("overwrite");
  if (!lock) {
    RunDirectory::check_free(path, overwrite);
    make_directories(path);
    lock.emplace(path);
  }
  RunDirectory run =
      RunDirectory::create(path, overwrite, config.resolved_text(), build_info(arguments, device));
  run.remove_temporaries();
  return run;
}

// What must be known before the data are read: that the folder of --run can be used, and is used by
// no other process. Returns what a resumed run goes on from.
std::optional<StoredCheckpoint> claim_run(const Arguments& arguments, const Config& config,
                                          std::optional<RunLock>& lock) {
  if (!arguments.has("run")) return std::nullopt;
  const auto path = arguments.run();
  if (arguments.flag("resume")) {
    const RunDirectory run = RunDirectory::open(path);
    if (!arguments.flag("dry-run")) {
      lock.emplace(path);
      log::also_to(run.log());
      run.remove_temporaries();
    }
    return resume_point(run, config);
  }
  if (arguments.flag("dry-run")) return std::nullopt;
  std::error_code code;
  const bool there = std::filesystem::exists(path / "config.json", code) &&
                     std::filesystem::exists(path / "build.json", code);
  if (there || !RunLock::holder(path).empty()) lock.emplace(path);
  RunDirectory::check_free(path, arguments.flag("overwrite"));
  return std::nullopt;
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
  ignore_lost_readers();  // who watches the training may leave
  log::keep_for_file();   // a run's folder is made when its data and model are known
  Config config = load_config(arguments);
  Experiment experiment = read_experiment(config);
  const c10::Device device = arguments.device();
  const bool resume = arguments.flag("resume"), dry = arguments.flag("dry-run");
  std::optional<RunLock> lock;
  std::optional<StoredCheckpoint> resumed = claim_run(arguments, config, lock);

  const auto dataset = experiment.data.open();
  const Examples train = dataset->load(Split::kTrain),
                 validation = dataset->load(Split::kValidation);
  const ImageShape shape = train.shape();
  check_shape(validation, Split::kValidation, shape, "the training split");
  const CorruptionChain corruption = experiment.corruption.make(shape);
  auto [model, objective] = fresh_model(experiment, corruption, c10::kCPU);
  if (!dataset->notice().empty()) log::info("{}", dataset->notice());
  check_values(train, objective->likelihood());
  check_values(validation, objective->likelihood());
  const std::string seen = corruption.output() == shape
                               ? ""
                               : ", which the encoder sees as " + corruption.output().text();
  const auto layers = model->summarize();
  const std::string overview = fmt::format(
      "{} training and {} validation {}s of {}{}\n{}", train.count(), validation.count(),
      experiment.data.example_noun(), shape.text(), seen, summary_table(layers));
  if (!dry) log::info("{}", overview);
  if (arguments.has("init-from"))
    load_initial_weights(arguments.text("init-from"), *model, *objective);
  if (dry) {
    print_result(arguments, describe_dry_run(train, validation, *model, layers), overview + "\n");
    return;
  }

  // Settled once, in the config that the run keeps: a resumed run must not try again.
  experiment.train.precision = settled_precision(experiment, corruption, train, device);
  config.settle("train.precision", experiment.train.precision);
  model->to(device);
  objective->move_to(device);
  const RunDirectory run =
      resume ? RunDirectory::open(arguments.run()) : new_directory(arguments, config, device, lock);
  log::also_to(run.log());
  log::info("run {} on {}", run.path().string(), describe(device));
  Trainer trainer(experiment.train, model, objective,
                  {train, validation, experiment.data.augmentation, corruption}, run,
                  config.resolved_text(), device);
  if (resumed) trainer.restore(*resumed);
  if (resume) compare_builds(run.build(), device);
  // In the place of one that is damaged or missing, even if there is nothing left to train.
  if (resumed && resumed->name != "last") {
    set_aside(run.checkpoint("last"));
    trainer.save();
  }
  if (resume) run.replace_config(config.resolved_text());
  if (arguments.has("init-from")) trainer.save();
  resumed.reset();
  TrainDisplay display(model, objective, validation, run, experiment, corruption, device,
                       arguments.quiet());
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
  display.finish(state.epoch);
  const auto pictures = run.path() / "images" / "train";
  std::error_code code;
  const bool drawn = std::filesystem::exists(pictures, code);
  print_result(arguments,
               {{"run", run.path().string()},
                {"epochs", state.epoch},
                {"steps", state.step},
                {"seconds", state.seconds},
                {"data_share", trainer.data_share()},
                {"best_epoch", state.best_epoch},
                {"best_val_loss", state.best_loss}},
               fmt::format("run {}: best val_loss {:.2f} at epoch {}{}\n", run.path().string(),
                           state.best_loss, state.best_epoch,
                           drawn ? "; pictures in " + pictures.string() : ""));
}

}  // namespace latent
