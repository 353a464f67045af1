// metrics.csv while a run trains: one row per epoch. Checkpoints hold the rows too, so the file can
// be restored from them.
#pragma once

#include "format/safetensors.h"
#include "objective/objective.h"
#include "run/metrics.h"
#include "train/listener.h"

namespace latent {

class EpochMetrics {
 public:
  /// One column for each of the objective's terms. coded: whether the model has a codebook. path:
  /// of metrics.csv. writes: false for a process that leaves the file to another.
  EpochMetrics(const Objective& objective, bool coded, std::filesystem::path path,
               bool writes = true);

  /// Returns the names of the columns and the epoch's value in each. Ignores report.numbers.
  std::vector<std::pair<std::string, double>> numbers(const EpochReport& report) const;
  /// Adds report.numbers as the epoch's row and writes the file. If writing fails, logs a warning:
  /// the next epoch writes all rows again.
  void append(const EpochReport& report);

  /// Adds the rows to a checkpoint's metadata.
  void store(TensorFile& file) const;
  /// Restores the rows of the epochs up to `epochs` and writes the file: later epochs will be
  /// trained again. If the file is missing or damaged, logs a warning and uses the checkpoint's
  /// rows. From rows that another version wrote under other columns it takes the known ones; the
  /// rest is NaN.
  void restore(const TensorFile& checkpoint, int64_t epochs);

 private:
  void write() const;

  std::filesystem::path path_;
  bool sparse_, coded_, writes_;
  MetricsTable table_;
};

}  // namespace latent
