// The figures of a sweep as a table: a row for each combination, over its seeds.
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "session/sweep/plan.h"

namespace latent {

/// The figures of a run by name, in the order of its evaluation: "loss", "psnr",
/// "reconstruction.frechet".
using RunFigures = std::vector<std::pair<std::string, double>>;

/// Returns the figures in what `latent evaluate --json` printed.
RunFigures figures_of(const nlohmann::ordered_json& evaluation);

/// A figure of several seeds.
struct SeedSummary {
  double mean = 0;
  /// Of one seed's figure, and the 95% interval of the mean by Student's t distribution; NaN for
  /// a single seed.
  double deviation, low, high;
};

/// Returns mean, standard deviation (n - 1) and interval of the numbers; at least one.
SeedSummary summarize_seeds(const std::vector<double>& numbers);

struct SweepTable {
  std::vector<std::string> keys;     // that the sweep varies
  std::vector<std::string> figures;  // all that any run has
  struct Row {
    std::vector<std::string> values;  // of the keys
    int64_t seeds = 0;                // that are finished
    std::map<std::string, SeedSummary> figures;
  };
  std::vector<Row> rows;  // one for each combination
};

/// Returns the table of the runs that are finished. evaluations: by the run's name.
SweepTable sweep_table(const SweepPlan& plan,
                       const std::map<std::string, nlohmann::ordered_json>& evaluations);

/// Returns the names of at most `most` figures, those that say most first.
std::vector<std::string> main_figures(const SweepTable& table, size_t most);

/// Returns "271.3 [270.1, 272.5]", or the mean alone where no interval is known.
std::string summary_text(const SeedSummary& summary);

/// Returns the table as CSV: a column for each key, `seeds`, and FIGURE_mean, FIGURE_sd, FIGURE_low
/// and FIGURE_high for each figure; what is not known is empty. Numbers can be read back exactly.
std::string csv_text(const SweepTable& table);

}  // namespace latent
