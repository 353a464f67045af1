#include "train/on_nan.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "core/error.h"
#include "core/system/file.h"

namespace latent {

void OnNanOptions::read(Section& train) {
  Component chosen = train.component(
      "on_nan", name, {"stop", "skip", "rollback"},
      "when a loss or gradient is NaN or infinite: stop; leave the step out; or go back to the "
      "epoch's start with a lower learning rate. Such a step never changes the weights; every 50 "
      "steps the first of them is noted with its images");
  name = chosen.name;
  if (stops()) return;
  chosen.section.read("limit", limit, at_least(1),
                      "stop after more skipped steps, or rollbacks, than this in the whole run; "
                      "looked at every 50 steps");
  if (rolls_back()) {
    chosen.section.read("factor", factor,
                        Range{.low = 0, .high = 1, .low_excluded = true, .high_excluded = true},
                        "of the learning rate from each rollback on");
  }
}

std::string note_bad_batch(const BadBatch& bad, const std::filesystem::path& folder) {
  const Tensor indices = bad.indices.cpu().contiguous();
  const auto* first = indices.const_data_ptr<int64_t>();
  const nlohmann::ordered_json json{
      {"step", bad.step},   {"epoch", bad.epoch},
      {"batch", bad.batch}, {"what", bad.what},
      {"split", "train"},   {"indices", std::vector<int64_t>(first, first + indices.numel())}};
  const auto path = folder / fmt::format("step-{:08}.json", bad.step);
  try {
    make_directories(folder);
    write_file(path, json.dump() + "\n");
  } catch (const Error& failure) {
    return std::string("; its images could not be written: ") + failure.what();
  }
  return "; its images: " + path.string();
}

}  // namespace latent
