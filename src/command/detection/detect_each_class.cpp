#include "command/detection/detect_each_class.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "analysis/anomaly.h"
#include "command/flags/attribute.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/interrupt.h"
#include "core/text/suggest.h"
#include "report/each_class_report.h"
#include "report/train_display.h"
#include "session/class_runs.h"
#include "session/resume_point.h"
#include "session/training.h"
#include "train/checkpoint/data_fingerprint.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// What all classes share.
struct ClassPlan {
  fs::path config;
  std::vector<std::string> settings;
  bool precision_is_open;  // "auto", which each run decides once
  std::string score;
  std::string attribute;
  std::vector<OneClass> classes;
  Split split = Split::kTest;  // that is scored
  Examples scored;             // all of it
  Tensor values;               // of the attribute there: [N] float64
};

void refuse_other_flags(const Arguments& arguments) {
  arguments.refuse({"files", "indices", "count", "on-error", "normal"},
                   "--each-class scores a whole split, one class being normal; expected no such "
                   "flag");
  arguments.refuse({"threshold", "quantile", "fail-on-anomaly", "shown"},
                   "--each-class flags nothing and draws no examples; expected no such flag");
}

fs::path class_folder(const Arguments& arguments) {
  if (!arguments.has("run")) {
    throw UsageError(
        "--run is missing; expected the folder for the runs of --each-class, for example --run "
        "runs/each-digit");
  }
  return arguments.run();
}

// The name of the attribute whose classes are trained on.
std::string class_attribute(const Arguments& arguments, const Examples& train,
                            const std::string& config) {
  if (arguments.has("attribute")) {
    const Attribute* asked = choose_attribute(arguments, train);
    if (asked->kind() == AttributeKind::kClass) return asked->name;
    throw Error("--attribute " + asked->name + ": has no classes; expected one that has");
  }
  for (const auto& attribute : train.attributes) {
    if (attribute.kind() == AttributeKind::kClass) return attribute.name;
  }
  throw Error(config +
              ": the data set has no attribute with classes, of which --each-class keeps one after "
              "the other; expected labels (for a table: data.label)");
}

void warn_of_shared_images(const Examples& validation, const Examples& test) {
  if (fingerprint(validation.pixels) != fingerprint(test.pixels)) return;
  log::warn(
      "the test images serve as validation too, so that they choose the best epoch; to keep them "
      "apart, hold out training images: --set data.validation=0.1");
}

Split scored_split(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  if (split != Split::kTrain) return split;
  throw UsageError(
      "--split train: --each-class trains on it; expected test, or validation, on which models and "
      "scores may be chosen");
}

// Reads the config and the labels, and claims the folder.
ClassPlan read_plan(const Arguments& arguments, const fs::path& folder) {
  ClassPlan plan{.config = arguments.text("each-class"),
                 .settings = arguments.training_settings(),
                 .precision_is_open = false,
                 .score = arguments.text("score"),
                 .attribute = {},
                 .classes = {},
                 .split = scored_split(arguments),
                 .scored = {},
                 .values = {}};
  Config config = Config::load(plan.config, plan.settings);
  const Experiment experiment = read_experiment(config);
  if (!experiment.data.keep.empty()) {
    throw Error(config.where("data.keep") + ": got \"" + experiment.data.keep +
                "\"; --each-class keeps one class after the other; expected no data.keep");
  }
  plan.precision_is_open = experiment.train.precision == "auto";
  const auto dataset = experiment.data.open();
  const Examples train = load_split(*dataset, Split::kTrain);
  const Examples validation = load_split(*dataset, Split::kValidation);
  plan.attribute = class_attribute(arguments, train, plan.config.string());
  if (plan.split == Split::kTest) {
    plan.scored = load_split(*dataset, Split::kTest);
    warn_of_shared_images(validation, plan.scored);
  } else {
    plan.scored = validation;
  }
  plan.classes =
      classes_to_train(plan.attribute, train, validation, plan.split, plan.scored, folder);
  plan.values = plan.scored.find(plan.attribute)->values;
  claim_class_folder(folder, config, plan.attribute);
  return plan;
}

bool is_run(const fs::path& folder) {
  std::error_code code;
  return fs::exists(folder / "config.json", code) && fs::exists(folder / "build.json", code);
}

// The settings for the run of a class.
std::vector<std::string> settings_for(const ClassPlan& plan, const OneClass& one) {
  auto settings = plan.settings;
  settings.push_back("data.keep=" + Json(one.rule).dump());
  if (plan.precision_is_open && is_run(one.folder)) {
    Config before = Config::load(RunDirectory::open(one.folder).config());
    settings.push_back("train.precision=" + read_experiment(before).train.precision);
  }
  return settings;
}

// Trains the run of a class, or what is left of it.
TrainState train_class(const ClassPlan& plan, const OneClass& one, const Arguments& arguments) {
  log::keep_for_file();
  TrainingRequest request;
  request.name = one.name;
  request.folder = one.folder;
  request.device = arguments.device();
  request.resume = is_run(one.folder);
  Config config = Config::load(plan.config, settings_for(plan, one));
  Experiment experiment = read_experiment(config);
  ClaimedRun claimed = claim_run(request, config);
  refuse_fewer_epochs(claimed.checkpoint, experiment.train.epochs);
  const PreparedTraining prepared = prepare_training(experiment, std::nullopt);
  const StartedTraining training =
      start_training(request, config, experiment, prepared, std::move(claimed));
  if (training.trainer->state().epoch >= experiment.train.epochs)
    log::info("class {}: trained before", one.name);
  TrainDisplay display(prepared.model, prepared.objective, prepared.validation, training.run,
                       experiment, prepared.fitted, request.device, arguments.quiet());
  TrainListener* const listeners[] = {&display};
  training.trainer->train(listeners);
  log::also_to("");
  return training.trainer->state();
}

ClassResult score_class(const ClassPlan& plan, const OneClass& one, const TrainState& trained,
                        const Arguments& arguments) {
  const OpenedRun run =
      OpenedRun::open(one.folder, arguments.text("checkpoint"), arguments.device());
  const std::string why_not = anomaly_scores().find(plan.score, "--score").unavailable(run);
  if (!why_not.empty()) throw Error("--score " + plan.score + ": " + why_not);
  const Tensor known = plan.values.isnan().logical_not();
  const Tensor anomalous = plan.values.ne(static_cast<double>(one.index));
  return {.name = one.name,
          .run = one.folder.string(),
          .training_examples = run.data.training.count,
          .epochs = trained.epoch,
          .seconds = trained.seconds,
          .separations = separations(run, all_of(plan.scored), plan.score, known, anomalous,
                                     arguments.seed(), arguments.quiet())};
}

void stop_if_interrupted(const OneClass& one) {
  if (const int signal = interrupt_signal(); signal != 0)
    throw Interrupted(fmt::format("interrupted while class {} was scored; to continue, call the "
                                  "same command again",
                                  one.name),
                      signal);
}

// Trains on a class and scores the split with it.
ClassResult one_result(const ClassPlan& plan, const OneClass& one, const Arguments& arguments) {
  TrainState trained;
  try {
    trained = train_class(plan, one, arguments);
  } catch (const Interrupted& stop) {
    throw Interrupted(fmt::format("{} (or all classes: call the same command again)", stop.what()),
                      stop.signal());
  }
  ClassResult result = score_class(plan, one, trained, arguments);
  stop_if_interrupted(one);
  std::vector<std::string> figures;
  for (const auto& separation : result.separations)
    figures.push_back(fmt::format("{} {:.4f}", separation.score, separation.auroc.value));
  log::info("class {} ({} of {}): AUROC {}", one.name, &one - plan.classes.data() + 1,
            plan.classes.size(), join(figures));
  return result;
}

}  // namespace

void declare_each_class(cxxopts::Options& options) {
  options.add_options()(
      "each-class",
      "train a model for each class of this config's data set, in folders of --run DIR, and "
      "measure how well it tells its class from the others, beside PCA and nearest neighbours; "
      "called again, continues where it stopped",
      cxxopts::value<std::string>(), "CONFIG.json");
  options.add_options()("attribute,label",
                        "with --each-class: the attribute (default: the first with classes); else "
                        "as --normal",
                        cxxopts::value<std::string>(), "NAME");
  declare_settings(options);
}

void detect_each_class(const Arguments& arguments) {
  ignore_lost_readers();  // training outlives the terminal that watches it
  refuse_other_flags(arguments);
  const fs::path folder = class_folder(arguments);
  const char* const name =
      scored_split(arguments) == Split::kTest ? "each_class.csv" : "each_class-validation.csv";
  const fs::path csv = arguments.has("out") ? fs::path(arguments.text("out")) : folder / name;
  if (csv.extension() != ".csv")
    throw UsageError("--out " + csv.string() + ": expected a .csv file");
  anomaly_scores().find<UsageError>(arguments.text("score"), "--score");
  const ClassPlan plan = read_plan(arguments, folder);
  catch_interrupts();
  std::vector<ClassResult> results;
  for (const auto& one : plan.classes)
    results.push_back(one_result(plan, one, arguments));

  Json json{{"run", folder.string()},        {"config", plan.config.string()},
            {"attribute", plan.attribute},   {"split", to_string(plan.split)},
            {"images", plan.values.numel()}, {"unknown", plan.values.isnan().sum().item<int64_t>()},
            {"score", plan.score},           {"neighbours", kNearest}};
  describe_classes(json, results);
  write_class_table(csv, json);
  json["written"] = {csv.string()};
  print_result(arguments, json,
               fmt::format("{} {} examples; normal: one class of {}, anomalous: the others\n",
                           plan.values.numel(), to_string(plan.split), plan.attribute) +
                   class_table(json) + csv.string() + "\n");
}

}  // namespace latent
