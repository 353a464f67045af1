#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "analysis/latent_source.h"
#include "command/flags/arguments.h"
#include "core/distributed/membership.h"
#include "core/error.h"
#include "core/exit_with.h"
#include "core/log.h"
#include "core/system/interrupt.h"
#include "core/system/out_of_memory.h"
#include "export/tensorboard/tensorboard_log.h"
#include "report/run_report.h"
#include "report/train_display.h"
#include "session/agreement.h"
#include "session/moved_data.h"
#include "session/resume_point.h"
#include "session/run_names.h"
#include "session/training.h"
#include "train/checkpoint/train_state.h"
#include "train/profile.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// Resuming a run whose epochs are all trained ends at once: says why.
void report_finished(const RunDirectory& run, int64_t trained, int64_t epochs) {
  if (trained < epochs) return;
  log::info(
      "{}: {} trained, so nothing is left to train; to train longer, add --set train.epochs={}",
      run.path().string(),
      trained == 1 ? "the one epoch is" : fmt::format("all {} epochs are", trained), trained + 10);
}

Config load_config(const Arguments& arguments) {
  const bool resume = arguments.flag("resume");
  if (arguments.flag("resume-if-there")) {
    if (!arguments.has("config") || !arguments.has("run"))
      throw UsageError("--resume-if-there: expected latent train CONFIG.json --run DIR with it");
    for (const char* flag : {"resume", "overwrite"}) {
      if (arguments.has(flag))
        throw UsageError(fmt::format("--{}: cannot stand beside --resume-if-there", flag));
    }
  }
  if (resume == arguments.has("config")) {
    throw UsageError(resume
                         ? "--resume uses the run's own config; do not pass a config file"
                         : "no config; expected latent train CONFIG.json, or --run DIR --resume");
  }
  if (!resume) return Config::load(arguments.config("train"), arguments.training_settings());
  for (const char* flag : {"init-from", "overwrite"}) {
    if (arguments.has(flag))
      throw UsageError(fmt::format("--resume continues the run as it is; do not pass --{}", flag));
  }
  return load_run_config(RunDirectory::open(arguments.run()), arguments.training_settings());
}

TrainingRequest read_request(const Arguments& arguments, const Membership& membership) {
  TrainingRequest request;
  request.world = &membership.world();
  request.device = membership.device(arguments.text("device"), "--device");
  request.resume = arguments.flag("resume");
  request.overwrite = arguments.flag("overwrite");
  request.dry_run = arguments.flag("dry-run");
  if (arguments.has("config"))
    request.name = std::filesystem::path(arguments.text("config")).stem().string();
  if (arguments.has("run")) request.folder = arguments.run();
  if (arguments.has("init-from")) request.init_from = arguments.text("init-from");
  return request;
}

// --resume-if-there: resumes if the folder holds a run, which the process that leads finds out.
void resume_if_there(const Arguments& arguments, TrainingRequest& request, Config& config,
                     Experiment& experiment) {
  if (!arguments.flag("resume-if-there")) return;
  const bool there = holds_run(*request.folder);
  request.resume = request.world->of_leader(there ? 1 : 0) > 0;
  if (!request.resume) return;
  request.init_from.reset();  // only a new run starts from other weights
  take_settled(*request.folder, config, experiment.train.precision);
}

// Loads the data and builds the model; says how to resume a run whose data were moved.
PreparedTraining prepare(const TrainingRequest& request, const Config& config,
                         const Experiment& experiment) {
  try {
    return prepare_training(experiment, request.init_from);
  } catch (const Error& failure) {
    const std::string remedy =
        request.resume
            ? new_place_remedy(config, RunDirectory::open(*request.folder), failure.what())
            : "";
    if (remedy.empty()) throw;
    throw Error(failure.what() + remedy);
  }
}

Json describe_dry_run(const PreparedTraining& prepared) {
  const Autoencoder& model = *prepared.model;
  const auto sizes = [](const ImageShape& shape) {
    return Json{shape.channels, shape.height, shape.width};
  };
  Json rows = Json::array();
  int64_t parameters = 0;
  for (const auto& layer : prepared.layers) {
    rows.push_back({{"name", layer.name},
                    {"description", layer.description},
                    {"shape", layer.shape},
                    {"parameters", layer.parameters}});
    parameters += layer.parameters;
  }
  return {{"training", prepared.train.count()},
          {"validation", prepared.validation.count()},
          {"input_shape", sizes(model.input_shape())},
          {"output_shape", sizes(model.output_shape())},
          {"parameters", parameters},
          {"layers", rows}};
}

// A failure is only logged: the run itself is complete.
void write_report_of(const RunDirectory& run, const Arguments& arguments) {
  try {
    write_run_report({.run = run.path(),
                      .out = run.path() / "report.html",
                      .device = arguments.text("device"),
                      .threads = std::to_string(arguments.integer("threads", 0, 4096)),
                      .quiet = arguments.quiet()});
    log::info("report {}", (run.path() / "report.html").string());
  } catch (const Interrupted&) {
    throw;
  } catch (const std::exception& failure) {
    log::warn("no report: {}", reason_of(failure));
  }
}

// exchange: seconds spent in sums of several processes.
void print_outcome(const Arguments& arguments, const RunDirectory& run, const Trainer& trainer,
                   double exchange) {
  const TrainState& state = trainer.state();
  const auto pictures = run.path() / "images" / "train";
  std::error_code code;
  const bool drawn = std::filesystem::exists(pictures, code);
  Json json{{"run", run.path().string()},
            {"epochs", state.epoch},
            {"steps", state.step},
            {"seconds", state.seconds},
            {"data_share", trainer.data_share()},
            {"best_epoch", state.best_epoch},
            {"best_val_loss", state.best_loss}};
  if (exchange > 0) json["exchange_seconds"] = exchange;
  print_result(arguments, json,
               fmt::format("run {}: best val_loss {:.2f} at epoch {}{}\n", run.path().string(),
                           state.best_loss, state.best_epoch,
                           drawn ? "; pictures in " + pictures.string() : ""));
}

}  // namespace

void declare_train(cxxopts::Options& options) {
  options.positional_help("CONFIG.json");
  options.parse_positional("config");
  options.add_options("input")("config", "the config to train", cxxopts::value<std::string>(),
                               "FILE")("run",
                                       "folder for the run (default: runs/<config name>-<n>)",
                                       cxxopts::value<std::vector<std::string>>(), "DIR");
  options.add_options()("resume", "resume the run in the folder given by --run")(
      "resume-if-there", "resume the run in --run if there is one, else start it")(
      "init-from", "start from the weights of another run", cxxopts::value<std::string>(), "DIR")(
      "overwrite", "replace an existing run")(
      "dry-run", "print the layers and exit; makes no run, but reads (and packs) the data")(
      "profile", "write a trace of some steps, for Perfetto or chrome://tracing",
      cxxopts::value<std::string>(), "FILE");
  declare_settings(options);
}

namespace {

// What shows and writes how the training goes: in the process that leads, for all.
struct Following {
  std::optional<StepProfile> profile;
  std::optional<TrainDisplay> display;
  std::optional<TensorBoardLog> board;
  std::vector<TrainListener*> listeners;

  void start(const Arguments& arguments, const Config& config, const Experiment& experiment,
             const TrainingRequest& request, const PreparedTraining& prepared,
             const StartedTraining& training) {
    if (arguments.has("profile"))
      listeners.push_back(&profile.emplace(arguments.text("profile"), request.device));
    listeners.push_back(&display.emplace(prepared.model, prepared.objective, prepared.validation,
                                         training.run, experiment, prepared.fitted, request.device,
                                         arguments.quiet()));
    write_run_names(training.run, prepared.validation.attributes, samplers().names());
    if (!experiment.train.tensorboard) return;
    listeners.push_back(&board.emplace(training.run, config.resolved_text(), prepared.model,
                                       prepared.validation, prepared.fitted, request.device,
                                       training.trainer->state().step));
  }
};

// Trains as one of the processes of the world, which all call this.
void train_in(Membership& membership, const Arguments& arguments, Config& config,
              Experiment& experiment) {
  const bool leads = membership.world().leads();
  expect_same_program(membership.world(), config);
  TrainingRequest request = read_request(arguments, membership);
  membership.connect(request.device);
  if (!membership.launch().is_alone()) log::info("{}", membership.text());
  resume_if_there(arguments, request, config, experiment);
  ClaimedRun claimed = claim_run(request, config);
  refuse_fewer_epochs(claimed.checkpoint, experiment.train.epochs);

  const PreparedTraining prepared = prepare(request, config, experiment);
  const std::string overview = prepared.overview(experiment.data.example_noun());
  if (request.dry_run) {
    if (leads) print_result(arguments, describe_dry_run(prepared), overview + "\n");
    return;
  }
  log::info("{}", overview);

  const StartedTraining training =
      start_training(request, config, experiment, prepared, std::move(claimed));
  if (request.resume)
    report_finished(training.run, training.trainer->state().epoch, experiment.train.epochs);
  Following following;
  if (leads) following.start(arguments, config, experiment, request, prepared, training);
  catch_interrupts();
  training.trainer->train(following.listeners);
  if (!leads) return;
  if (experiment.train.report) write_report_of(training.run, arguments);
  print_outcome(arguments, training.run, *training.trainer, membership.exchange_seconds());
}

Patience patience_of(const TrainOptions& options) {
  return {std::chrono::milliseconds(std::llround(1000 * options.distributed_timeout))};
}

}  // namespace

void run_train(const Arguments& arguments) {
  ignore_lost_readers();  // training outlives the terminal that watches it
  log::keep_for_file();   // the run's folder is made once its data and model are known
  Config config = load_config(arguments);
  Experiment experiment = read_experiment(config);
  const Launch launch = read_launch(process_environment);
  if (launch.rank > 0) {
    static_cast<void>(arguments.json());  // has its effect in rank 0
    log::set_speaker(fmt::format("rank {}", launch.rank));
    log::set_level(log::Level::kQuiet);
  }
  Membership membership(launch, patience_of(experiment.train));
  try {
    train_in(membership, arguments, config, experiment);
    membership.leave();
  } catch (const Interrupted& failure) {
    membership.leave();  // all stop together, and the one that leads says so
    if (launch.rank > 0) throw ExitWith(128 + failure.signal());
    throw;
  } catch (const std::exception& failure) {
    if (launch.is_alone()) throw;
    const bool usage = dynamic_cast<const UsageError*>(&failure) != nullptr;
    membership.end_process(reason_of(failure), usage ? 2 : 1);
  }
}

}  // namespace latent
