#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "analysis/checkup/checkup.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

using Kind = Finding::Kind;

// Overfitting: val_nll exceeds train_nll by this share, this many epochs after the best val_loss.
constexpr double kGap = 0.1;
constexpr int64_t kRising = 3;
// More training helps: val_loss fell by this share in the last epoch.
constexpr double kImproving = 0.01;
// Networks of these sizes need more steps than this, and about so many to begin with.
constexpr double kFewSteps = 200, kUsualSteps = 1000;

bool has(const MetricsTable& metrics, const char* column) {
  return std::find(metrics.columns.begin(), metrics.columns.end(), column) != metrics.columns.end();
}

// What is wrong with the order of the rows; "" if the epochs are 1, 2, 3, ... and the steps grow.
std::string break_in(const MetricsTable& metrics) {
  const auto epochs = metrics.column("epoch"), steps = metrics.column("step");
  for (size_t i = 0; i < epochs.size(); ++i) {
    if (epochs[i] != static_cast<double>(i + 1))
      return fmt::format("found epoch {}, expected epoch {}", epochs[i], i + 1);
    if (i > 0 && steps[i] <= steps[i - 1])
      return fmt::format("epoch {} ends at step {}, not after step {}", epochs[i], steps[i],
                         steps[i - 1]);
  }
  return "";
}

// term: "kl" of a column such as "val_kl".
std::string remedy_of(const std::string& term, const ObjectivePlan& objective) {
  std::vector<std::string> others = remedies(objective.penalties, term);
  others.insert(others.begin(), "train.clip_norm");
  return "lower train.optimizer.learning_rate" + std::string(others.size() > 1 ? ", " : " or ") +
         "set " + fmt::format("{}", fmt::join(others, " or "));
}

void check_numbers(const MetricsTable& metrics, const ObjectivePlan& objective,
                   Findings& findings) {
  for (const auto& column : metrics.columns) {
    const auto values = metrics.column(column);
    // If an older version started the run, a newer column has no values at first.
    auto known =
        std::find_if(values.begin(), values.end(), [](double value) { return !std::isnan(value); });
    if (known == values.end()) known = values.begin();
    const auto bad =
        std::find_if(known, values.end(), [](double value) { return !std::isfinite(value); });
    if (bad == values.end()) continue;
    findings.push_back({Kind::kProblem, "metrics.csv",
                        fmt::format("{} is {} at epoch {}", column, *bad, bad - values.begin() + 1),
                        remedy_of(column.substr(column.find('_') + 1), objective)});
  }
}

// Overfitting, or a training that ended too early.
void check_losses(const MetricsTable& metrics, const TrainingProgress& progress,
                  Findings& findings) {
  if (metrics.rows.empty() || !has(metrics, "val_loss") || !has(metrics, "train_nll") ||
      !has(metrics, "val_nll"))
    return;
  const auto loss = metrics.column("val_loss");
  const auto best = std::min_element(loss.begin(), loss.end()) - loss.begin();
  const auto waited = static_cast<int64_t>(loss.size()) - 1 - best;
  const double train = metrics.column("train_nll").back(), held = metrics.column("val_nll").back();
  const double gap = (held - train) / std::max(std::abs(train), 1e-9);
  if (waited >= kRising && gap > kGap) {
    findings.push_back(
        {Kind::kWarning, "metrics.csv",
         fmt::format("overfitting: val_nll {:.4g} is {:.0f}% above train_nll {:.4g}, and val_loss "
                     "was best at epoch {} of {}",
                     held, 100 * gap, train, best + 1, loss.size()),
         "use the checkpoint best (the default); set train.early_stopping.patience, data.augment "
         "or model.encoder.dropout, or use more images"});
    return;
  }
  const size_t n = loss.size();
  if (n < 2 || waited > 0 || progress.stuck) return;
  const double gained = (loss[n - 2] - loss[n - 1]) / std::max(std::abs(loss[n - 1]), 1e-9);
  if (gained > kImproving) {
    findings.push_back(
        {Kind::kWarning, "metrics.csv",
         fmt::format("val_loss still fell by {:.1f}% in the last epoch", 100 * gained),
         static_cast<int64_t>(n) < progress.planned
             ? fmt::format("train the {} of its config: {}", counted(progress.planned, "epoch"),
                           progress.resume)
             : fmt::format("train longer: {} --set train.epochs={}", progress.resume, 2 * n)});
  }
}

// A few images and the usual number of epochs make few steps.
void check_steps(const MetricsTable& metrics, const TrainingProgress& progress,
                 Findings& findings) {
  const auto epochs = static_cast<int64_t>(metrics.rows.size());
  if (epochs == 0 || progress.planned == 0 || epochs < progress.planned || progress.running ||
      progress.stuck)
    return;
  const double steps = metrics.column("step").back();
  if (!(steps > 0 && steps < kFewSteps)) return;
  const double each = steps / static_cast<double>(epochs);
  findings.push_back({Kind::kWarning, "metrics.csv",
                      fmt::format("only {:g} steps of training", steps),
                      fmt::format("train longer: {} --set train.epochs={:g}", progress.resume,
                                  std::ceil(kUsualSteps / each))});
}

// Whether there is a row for each epoch up to the last checkpoint.
Finding check_epochs(const MetricsTable& metrics, const TrainingProgress& progress) {
  const auto rows = static_cast<int64_t>(metrics.rows.size());
  const std::string rewrites = progress.resume + " rewrites it from the checkpoint";
  if (const std::string gap = break_in(metrics); !gap.empty())
    return {Kind::kProblem, "metrics.csv", gap, rewrites};
  if (rows < progress.epochs) {
    return {
        Kind::kProblem, "metrics.csv",
        fmt::format("ends at epoch {}; the last checkpoint is of epoch {}", rows, progress.epochs),
        rewrites};
  }
  if (rows > progress.epochs && progress.epochs >= 0 && !progress.running && !progress.stuck) {
    return {Kind::kWarning, "metrics.csv",
            fmt::format("continues to epoch {}; the last checkpoint is of epoch {}", rows,
                        progress.epochs),
            progress.resume + " repeats the epochs after it"};
  }
  return {Kind::kGood, "metrics.csv", counted(rows, "epoch") + " without a gap", ""};
}

}  // namespace

Findings check_metrics(const MetricsTable& metrics, const TrainingProgress& progress,
                       const ObjectivePlan& objective) {
  if (!has(metrics, "epoch") || !has(metrics, "step")) {
    return {{Kind::kProblem, "metrics.csv", "no columns epoch and step",
             progress.resume + " rewrites it from the checkpoint"}};
  }
  Findings findings{check_epochs(metrics, progress)};
  check_numbers(metrics, objective, findings);
  const size_t before = findings.size();
  check_losses(metrics, progress, findings);
  if (findings.size() == before) check_steps(metrics, progress, findings);  // one remedy is enough
  return findings;
}

}  // namespace latent
