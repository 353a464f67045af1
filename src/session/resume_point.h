// Where a run that is resumed goes on.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "run/run_directory.h"
#include "train/checkpoint/checkpoint_store.h"

namespace latent {

/// The checkpoint that a run goes on from: the last, or the newest that can be read.
///
/// Nothing if the run was killed before its first: then training begins from the start, which the
/// seed makes the same again. config: the run's, with the settings of the command line, read.
/// Throws Error naming the keys that differ from those the run was trained with and must not.
std::optional<StoredCheckpoint> resume_point(const RunDirectory& run, const Config& config);

/// "train.batch_size is 32, was 16" for each key of `config`, read, that a resumed run must not
/// change and that differs from `trained_with`, a config's text.
/// origin: names that text in messages.
std::vector<std::string> forbidden_changes(const Config& config, const std::string& trained_with,
                                           const std::string& origin);

}  // namespace latent
