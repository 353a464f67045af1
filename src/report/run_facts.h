// What a run is and how far it got, read from its small files: no data, no weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace latent {

struct RunFacts {
  std::filesystem::path path;
  std::string model = {};  // "conv, gaussian, 32 latents"; "" if the config cannot be read
  std::string data = {};   // "fashion_mnist"
  int64_t epochs = 0;      // trained
  int64_t planned = 0;     // train.epochs
  std::optional<double> best_loss = {};
  int64_t best_epoch = 0;
  std::string date = {};  // of its last row, "2026-11-27 21:30"; local time
  std::string state =
      {};  // "done", "training", "unfinished", "stopped early", "not begun", "damaged"
};

/// Reads the facts of a run. A file that is missing or damaged costs what it says.
RunFacts run_facts(const std::filesystem::path& run);

/// Returns a table with a line for each run, the latest first.
std::string runs_text(std::vector<RunFacts> runs);
nlohmann::ordered_json runs_json(std::vector<RunFacts> runs);

}  // namespace latent
