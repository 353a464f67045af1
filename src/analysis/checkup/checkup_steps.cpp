// What the doctor says about a training that ended at a step with NaN.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/checkup/checkup.h"
#include "core/system/file.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Kind = Finding::Kind;

constexpr size_t kLargestNote = size_t{16} << 20;
constexpr double kUsualRate = 1e-3;  // the default: what most models can be trained with

// Reads what note_bad_batch or note_bad_validation wrote; nothing if it is damaged.
std::optional<UnpassedStep> read_note(const fs::path& path) {
  try {
    const auto json = nlohmann::json::parse(read_file(path, kLargestNote));
    return UnpassedStep{.file = path,
                        .step = json.at("step").get<int64_t>(),
                        .epoch = json.at("epoch").get<int64_t>(),
                        .what = json.at("what").get<std::string>(),
                        .validation = json.value("split", "") == "validation"};
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// A checkpoint written before the validation of an epoch has its step, but not its epoch.
bool is_passed(const UnpassedStep& note, const Reached& reached) {
  return note.validation ? note.epoch <= reached.epoch : note.step <= reached.step;
}

double lower_rate(double rate) { return std::min(rate / 10, kUsualRate); }

}  // namespace

std::optional<UnpassedStep> unpassed_step(const RunDirectory& run, const Reached& reached) {
  std::optional<UnpassedStep> latest;
  std::error_code code;
  for (fs::directory_iterator it(run.bad_steps(), code), end; !code && it != end;
       it.increment(code)) {
    auto note = read_note(it->path());
    if (note && !is_passed(*note, reached) && (!latest || note->step > latest->step))
      latest = std::move(note);
  }
  return latest;
}

std::string restart_with_lower_rate(const RunDirectory& run, const Config& config) {
  const nlohmann::ordered_json rate = config.resolved().value(
      nlohmann::ordered_json::json_pointer("/train/optimizer/learning_rate"),
      nlohmann::ordered_json());
  return fmt::format("{} --set train.optimizer.learning_rate={:g}", run.restart_command(),
                     rate.is_number() ? lower_rate(rate.get<double>()) : kUsualRate);
}

Finding judge_unpassed_step(const UnpassedStep& bad, bool saved, const RunDirectory& run,
                            const Config& config, const Experiment& experiment) {
  const std::string ill =
      fmt::format("{} became NaN or infinite at step {} (epoch {})", bad.what, bad.step, bad.epoch);
  const std::string restart = "start again: " + restart_with_lower_rate(run, config);
  std::vector<std::string> others = remedies(experiment.objective.penalties, bad.what);
  others.insert(others.begin(), "train.clip_norm");
  const std::string also = fmt::format(" (or set {})", fmt::join(others, " or "));
  if (!saved) return {Kind::kProblem, "checkpoints", "none, because " + ill, restart + also};
  const std::string where = fs::relative(bad.file, run.path()).string();
  if (experiment.train.on_nan.stops() || bad.validation) {
    return {Kind::kProblem, where, "training stopped, because " + ill,
            restart + also + "; or, if the losses before it were good, " + run.resume_command() +
                " --set train.on_nan=rollback continues with a lower learning rate"};
  }
  return {Kind::kWarning, where, ill + ", and no checkpoint is of a later step",
          "if training ended with that error, " + restart + also + "; if it was killed, " +
              run.resume_command()};
}

}  // namespace latent
