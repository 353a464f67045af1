#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>
#include <torch/version.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/checkup/checkup.h"
#include "core/error.h"
#include "core/system/file.h"
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

void check_config(const RunDirectory& run, const TensorFile& last, Findings& findings) {
  const auto trained_with = last.metadata.find("config");
  if (trained_with == last.metadata.end()) return;
  Config config = Config::load(run.config());
  read_experiment(config);
  const auto changes =
      forbidden_changes(config, trained_with->second, run.checkpoint("last").string());
  if (changes.empty()) return;
  findings.push_back(
      {Kind::kProblem, "config.json",
       fmt::format("not what the run was trained with: {}", fmt::join(changes, ", ")),
       "restore these keys, or train a new run"});
}

// Returns the last checkpoint's file if it can be read. busy: whether the run is being trained, so
// that some checkpoints may be missing.
std::optional<TensorFile> check_checkpoints(const RunDirectory& run, bool busy,
                                            Findings& findings) {
  std::optional<TensorFile> last;
  std::vector<std::string> good;
  const auto names = run.checkpoint_names();
  for (const auto& name : names) {
    const std::string where = "checkpoints/" + name + ".safetensors";
    try {
      TensorFile file = read_tensors(run.checkpoint(name));
      if (const std::string weight = broken_weight(file); !weight.empty()) {
        findings.push_back({Kind::kProblem, where, weight + " holds NaN or infinities",
                            "lower train.optimizer.learning_rate or set train.clip_norm, and train "
                            "again"});
      } else if (const std::string ill = broken_state(file, run.checkpoint(name)); !ill.empty()) {
        findings.push_back({Kind::kProblem, where, ill,
                            "replace it by a backup, or remove it: another checkpoint is then "
                            "used"});
      } else {
        good.push_back(fmt::format("{} (step {})", name, stored_step(file)));
      }
      if (name == "last") last = std::move(file);
    } catch (const Error& damage) {
      std::error_code code;
      const bool older = RunDirectory::step_of(name) >= 0;
      if (older && !fs::exists(run.checkpoint(name), code)) continue;  // a training removed it
      findings.push_back({Kind::kProblem, where, reason(damage, run.checkpoint(name)),
                          name == "last" ? "restore it, or resume from the newest good one: " +
                                               run.resume_command()
                                         : "other checkpoints are used instead"});
    }
  }
  for (const std::string name : {"last", "best"}) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const bool early = name == "best" && last && stored_epoch(*last) == 0;
    if (names.empty() || early || busy) continue;
    findings.push_back({Kind::kProblem, "checkpoints/" + name + ".safetensors", "missing",
                        "another checkpoint is used instead"});
  }
  if (names.empty()) {
    findings.push_back({busy ? Kind::kWarning : Kind::kProblem, "checkpoints", "none yet",
                        busy ? "" : run.resume_command()});
  }
  if (!good.empty())
    findings.push_back({Kind::kGood, "checkpoints", fmt::format("{}", fmt::join(good, ", ")), ""});
  return last;
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
       fmt::format("{} half-written file{} of a process that was killed", left.size(),
                   left.size() == 1 ? "" : "s"),
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

// Returns the objective of the run's config; an empty one if the config cannot be read, which
// check_config reports.
ObjectivePlan objective_of(const RunDirectory& run) {
  try {
    Config config = Config::load(run.config());
    return read_experiment(config).objective;
  } catch (const Error&) {
    return {};
  }
}

bool has_problem(const Findings& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.kind == Kind::kProblem; });
}

// holder: the process that is training it, or "".
Findings look_at(const fs::path& path, const std::string& holder) {
  Findings findings;
  try {
    const RunDirectory run = RunDirectory::open(path);
    check_version(run, findings);
    const bool busy = !holder.empty();
    check_leftovers(run, holder, findings);
    const auto last = check_checkpoints(run, busy, findings);
    if (last) check_config(run, *last, findings);
    const int64_t epochs = last ? stored_epoch(*last) : -1;
    const bool expected = epochs >= 1 && !busy;
    if (std::error_code code; !expected && !fs::exists(run.metrics(), code)) return findings;
    try {
      for (auto& finding :
           check_metrics(read_metrics(run.metrics()), epochs, busy, objective_of(run)))
        findings.push_back(std::move(finding));
    } catch (const Error& damage) {
      findings.push_back({Kind::kProblem, "metrics.csv", reason(damage, run.metrics()),
                          run.resume_command() + " rewrites it from the checkpoint"});
    }
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
