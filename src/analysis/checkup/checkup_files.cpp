#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>
#include <torch/version.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/checkup/checkup.h"
#include "core/error.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "run/run_lock.h"
#include "session/resume_point.h"
#include "train/checkpoint/train_state.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Kind = Finding::Kind;

// The message of an Error without the path that it begins with.
std::string reason(const Error& error, const fs::path& path) {
  const std::string text = error.what(), begin = path.string() + ": ";
  return text.starts_with(begin) ? text.substr(begin.size()) : text;
}

// The name of a tensor with values that are not finite, or "".
std::string broken_weight(const TensorFile& file) {
  for (const auto& [name, tensor] : file.tensors) {
    if (tensor.is_floating_point() && !at::isfinite(tensor).all().item<bool>()) return name;
  }
  return "";
}

// Why training cannot continue from the checkpoint's state, or "".
std::string broken_state(const TensorFile& file, const fs::path& path) {
  TrainState state;
  LearningRateSchedule schedule({}, 1);
  try {
    load_state(state, schedule, file, path);
  } catch (const Error& damage) {
    return reason(damage, path);
  }
  return "";
}

void check_config(const RunDirectory& run, const Config& config, const TensorFile& last,
                  Findings& findings) {
  const auto trained_with = last.metadata.find("config");
  if (trained_with == last.metadata.end()) return;
  const auto changes =
      forbidden_changes(config, trained_with->second, run.checkpoint("last").string());
  if (changes.empty()) return;
  findings.push_back(
      {Kind::kProblem, "config.json",
       fmt::format("not what the run was trained with: {}", fmt::join(changes, ", ")),
       "restore these keys, or train a new run"});
}

// A checkpoint that has a fault, and what to do if there is another, or none, to use instead.
struct FaultyCheckpoint {
  std::string name, what, with_another, with_none;
};

// What can be used of a run's checkpoints, and what cannot.
struct SeenCheckpoints {
  std::vector<std::string> names, good;  // good: with their steps
  std::vector<FaultyCheckpoint> faulty;
  std::optional<TensorFile> last;  // if it can be read
};

// Reads one checkpoint into `seen`.
void see_checkpoint(const RunDirectory& run, const Config& config, const std::string& name,
                    SeenCheckpoints& seen) {
  const std::string again = "start again: " + restart_with_lower_rate(run, config),
                    backup = "replace it by a backup, or ",
                    removed =
                        "remove it: another "
                        "checkpoint is then used";
  try {
    TensorFile file = read_tensors(run.checkpoint(name));
    if (const std::string weight = broken_weight(file); !weight.empty()) {
      seen.faulty.push_back({name, weight + " holds NaN or infinities", removed, again});
    } else if (const std::string ill = broken_state(file, run.checkpoint(name)); !ill.empty()) {
      seen.faulty.push_back(
          {name, ill, backup + removed, backup + "start again: " + run.restart_command()});
    } else {
      seen.good.push_back(fmt::format("{} (step {})", name, stored_step(file)));
    }
    if (name == "last") seen.last = std::move(file);
  } catch (const Error& damage) {
    std::error_code code;
    const bool older = RunDirectory::step_of(name) >= 0;
    if (older && !fs::exists(run.checkpoint(name), code)) return;  // a training removed it
    seen.faulty.push_back(
        {name, reason(damage, run.checkpoint(name)),
         name == "last" ? "restore it, or resume from the newest good one: " + run.resume_command()
                        : "other checkpoints are used instead",
         "restore it, or start again: " + run.restart_command()});
  }
}

// Reports checkpoints that a run should have but does not.
void check_missing(const RunDirectory& run, const SeenCheckpoints& seen, Findings& findings) {
  for (const std::string name : {"last", "best"}) {
    if (std::find(seen.names.begin(), seen.names.end(), name) != seen.names.end()) continue;
    const bool early = name == "best" && seen.last && stored_epoch(*seen.last) == 0;
    if (early || seen.good.empty()) continue;
    // Only `last` is needed to go on.
    const bool best = name == "best";
    findings.push_back({best ? Kind::kWarning : Kind::kProblem,
                        "checkpoints/" + name + ".safetensors", "missing",
                        "another checkpoint is used instead" +
                            (best ? "" : "; " + run.resume_command() + " makes it the last")});
  }
}

// Returns the last checkpoint's file if it can be read. busy: whether the run is being trained, so
// that some checkpoints may be missing.
std::optional<TensorFile> check_checkpoints(const RunDirectory& run, const Config& config,
                                            bool busy, Findings& findings) {
  SeenCheckpoints seen{.names = run.checkpoint_names(), .good = {}, .faulty = {}, .last = {}};
  for (const auto& name : seen.names)
    see_checkpoint(run, config, name, seen);
  for (const auto& [name, what, with_another, with_none] : seen.faulty) {
    findings.push_back({Kind::kProblem, "checkpoints/" + name + ".safetensors", what,
                        seen.good.empty() ? with_none : with_another});
  }
  if (!busy) check_missing(run, seen, findings);
  if (!seen.good.empty()) {
    findings.push_back(
        {Kind::kGood, "checkpoints", fmt::format("{}", fmt::join(seen.good, ", ")), ""});
  }
  return std::move(seen.last);
}

// A run without a checkpoint.
Finding no_checkpoint(const RunDirectory& run, bool busy) {
  const int64_t epochs = recorded_epochs(run.metrics());
  const std::string start = run.resume_command() + " starts from the beginning";
  return {busy ? Kind::kWarning : Kind::kProblem, "checkpoints",
          epochs == 0 ? "none yet" : "none, although metrics.csv has " + counted(epochs, "epoch"),
          busy          ? ""
          : epochs == 0 ? start
                        : "restore the files of checkpoints/; " + start};
}

void check_leftovers(const RunDirectory& run, const std::string& holder, Findings& findings) {
  if (!holder.empty()) {
    findings.push_back({Kind::kGood, "train.lock", "is being trained by " + holder, ""});
    return;
  }
  if (std::error_code code; fs::exists(RunLock::path_in(run.path()), code)) {
    findings.push_back(
        {Kind::kWarning, "train.lock", "left by a process that was killed; it does not block", ""});
  }
  const auto left = run.temporaries();
  if (left.empty()) return;
  findings.push_back(
      {Kind::kWarning, fs::relative(left.front(), run.path()).string(),
       counted(static_cast<int64_t>(left.size()), "half-written file") +
           " of a process that was killed",
       "remove what you do not need; " + run.resume_command() + " also removes them"});
}

void check_version(const RunDirectory& run, Findings& findings) {
  const auto build = run.build();
  const auto text = [&](const char* key) {
    const bool there = build.contains(key) && build[key].is_string();
    return there ? build[key].get<std::string>() : "unknown";
  };
  const std::string made =
      fmt::format("made by latent {} (revision {}, LibTorch {}) on {}", text("latent"),
                  text("revision"), text("torch"), text("device"));
  const bool same = text("torch") == TORCH_VERSION;
  findings.push_back({same ? Kind::kGood : Kind::kWarning, "build.json", made,
                      same ? ""
                           : fmt::format("this is LibTorch {}: results of a resumed run may differ "
                                         "in the last bits",
                                         TORCH_VERSION)});
}

bool has_problem(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.kind == Kind::kProblem; });
}

// Checks metrics.csv, if the run should have one.
void look_at_metrics(const RunDirectory& run, const TrainingProgress& progress,
                     const ObjectivePlan& objective, Findings& findings) {
  const bool expected = progress.epochs >= 1 && !progress.running;
  if (std::error_code code; !expected && !fs::exists(run.metrics(), code)) return;
  try {
    for (auto& finding : check_metrics(read_metrics(run.metrics()), progress, objective))
      findings.push_back(std::move(finding));
  } catch (const Error& damage) {
    findings.push_back({Kind::kProblem, "metrics.csv", reason(damage, run.metrics()),
                        progress.resume + " rewrites it from the checkpoint"});
  }
}

// busy: whether a process is training it.
void look_at_training(const RunDirectory& run, bool busy, Findings& findings) {
  Config config = Config::load(run.config());
  const Experiment experiment = read_experiment(config);
  const auto last = check_checkpoints(run, config, busy, findings);
  if (last) check_config(run, config, *last, findings);
  const bool saved = !run.checkpoint_names().empty();
  std::optional<UnpassedStep> bad;
  const Reached reached = last ? Reached{stored_step(*last), stored_epoch(*last)} : Reached{};
  if (!busy && (last || !saved)) bad = unpassed_step(run, reached);
  if (bad) {
    findings.push_back(judge_unpassed_step(*bad, saved, run, config, experiment));
  } else if (!saved) {
    findings.push_back(no_checkpoint(run, busy));
  }
  look_at_metrics(run,
                  {.epochs = last ? stored_epoch(*last) : -1,
                   .planned = experiment.train.epochs,
                   .running = busy,
                   .stuck = bad.has_value(),
                   .resume = run.resume_command()},
                  experiment.objective, findings);
}

// holder: the process that is training it, or "".
Findings look_at(const fs::path& path, const std::string& holder) {
  Findings findings;
  try {
    const RunDirectory run = RunDirectory::open(path);
    check_version(run, findings);
    check_leftovers(run, holder, findings);
    look_at_training(run, !holder.empty(), findings);
  } catch (const Error& failure) {
    findings.push_back({Kind::kProblem, "run", failure.what(), ""});
  }
  return findings;
}

}  // namespace

std::string to_string(Finding::Kind kind) {
  return kind == Kind::kGood ? "good" : kind == Kind::kWarning ? "warning" : "problem";
}

Findings check_files(const fs::path& path) {
  // A training that starts, goes on or ends meanwhile removes and writes files between two reads: a
  // problem of a run in such hands counts if it is still there at the last look.
  constexpr int kMaxLooks = 5;
  for (int looks = 1;; ++looks) {
    const std::string holder = RunLock::holder(path);
    Findings findings = look_at(path, holder);
    const bool settled = RunLock::holder(path) == holder;
    if (looks == kMaxLooks || (settled && (holder.empty() || !has_problem(findings))))
      return findings;
  }
}

}  // namespace latent
