// metrics.csv while a run trains: a row per epoch, kept in the checkpoints too, so that the file
// can be lost.
#pragma once

#include "format/safetensors.h"
#include "objective/objective.h"
#include "run/metrics.h"
#include "train/reports.h"

namespace latent {

class EpochMetrics {
 public:
  /// One column for each of the objective's terms. path: of metrics.csv.
  EpochMetrics(const Objective& objective, std::filesystem::path path);

  /// Adds an epoch's row and writes the file. One that cannot be written is only warned of: the
  /// next epoch writes all rows again.
  void append(const EpochReport& report);

  /// Adds the rows to a checkpoint's metadata.
  void store(TensorFile& file) const;
  /// Takes back the rows of the epochs up to `epochs` and writes the file: what came later will be
  /// trained again. A file that is missing or damaged is told aloud; the checkpoint's rows count.
  /// Of rows that another version wrote under other columns the known ones are taken, the rest is
  /// NaN.
  void restore(const TensorFile& checkpoint, int64_t epochs);

 private:
  void write() const;

  std::filesystem::path path_;
  bool sparse_;
  MetricsTable table_;
};

}  // namespace latent
