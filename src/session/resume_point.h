// The checkpoint from which a run is resumed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "run/run_directory.h"
#include "train/checkpoint/checkpoint_store.h"

namespace latent {

/// Returns the checkpoint to resume a run from: the last, or the newest that can be read.
///
/// Returns nothing, with a warning, if the run was killed before its first checkpoint or all were
/// removed: then training starts from the beginning, with the same seed. config: the run's, with
/// the settings of the command line, read. Throws Error naming the keys that differ from the run's
/// training and may not be changed.
std::optional<StoredCheckpoint> resume_point(const RunDirectory& run, const Config& config);

/// Returns whether a folder holds a run that can be resumed, rather than nothing or what a process
/// left that was killed before the run had a config.
bool holds_run(const std::filesystem::path& folder);

/// Takes over what the run in `folder` settled at its start and the config leaves open: the
/// precision "auto". config: read, of the same run by another file.
void take_settled(const std::filesystem::path& folder, Config& config, std::string& precision);

/// Throws Error if `epochs`, the value of train.epochs, is less than the checkpoint already has.
void refuse_fewer_epochs(const std::optional<StoredCheckpoint>& checkpoint, int64_t epochs);

/// Returns "train.batch_size is 32, was 16" for each key of `config`, read, that differs from
/// `trained_with`, the text of a config, and that a resumed run may not change. Keys that may
/// change, or only say where the data lie, are marked where they are read (`OnResume`). origin:
/// names that text in messages.
std::vector<std::string> forbidden_changes(const Config& config, const std::string& trained_with,
                                           const std::string& origin);

/// Returns such texts for the keys that differ and only say where the data lie
/// (`OnResume::kSameData`): "data.dir is "b", was "a"".
std::vector<std::string> changed_places(const Config& config, const std::string& trained_with,
                                        const std::string& origin);

}  // namespace latent
