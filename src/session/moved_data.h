// Runs whose data lie elsewhere than when they were trained.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.h"
#include "run/run_directory.h"
#include "train/checkpoint/data_fingerprint.h"

namespace latent {

/// Throws Error if the data at their new place are not those that a run was trained on.
///
/// changes: the keys that name the new place, as `changed_places` returns them; none: nothing is
/// checked. written: of the checkpoint at `checkpoint`. Warns if that is so old that it does not
/// know.
void expect_moved_data(const std::vector<std::string>& changes, const DataFingerprint& written,
                       const DataFingerprint& now, const std::filesystem::path& checkpoint);

/// Loads the config of a run. A relative path to data that leads nowhere from this directory, but
/// to something from the one that the run was trained in, becomes absolute: the run can be used
/// from everywhere.  settings: as --set gives them. Throws Error as Config::load and
/// read_experiment do.
Config load_run_config(const RunDirectory& run, const std::vector<std::string>& settings = {});

/// Returns how to name the new place of data that moved, to append to `failure`, the message about
/// data that cannot be read; or "" if that message is about something else. config: of the run,
/// read.
std::string new_place_remedy(const Config& config, const RunDirectory& run,
                             const std::string& failure);

}  // namespace latent
