#include "train/on_nan.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "core/error.h"
#include "core/system/file.h"

namespace latent {
namespace {

void read_no_keys(Section&, OnNanOptions&) {}

void read_skip(Section& on_nan, OnNanOptions& options) {
  on_nan.read("limit", options.limit, at_least(1),
              "stop the run after more than this many skipped steps or rollbacks; checked every "
              "50 steps",
              OnResume::kMayChange);
}

void read_rollback(Section& on_nan, OnNanOptions& options) {
  read_skip(on_nan, options);
  on_nan.read("factor", options.factor,
              Range{.low = 0, .high = 1, .low_excluded = true, .high_excluded = true},
              "factor on the learning rate at each rollback", OnResume::kMayChange);
}

}  // namespace

const Registry<OnNanRow>& on_nan_actions() {
  static Registry<OnNanRow> registry(
      "on_nan", {
                    {"stop", "ends the training with an error", OnNan::kStop, read_no_keys},
                    {"skip", "leaves the step out", OnNan::kSkip, read_skip},
                    {"rollback", "returns to the start of the epoch with a lower learning rate",
                     OnNan::kRollback, read_rollback},
                });
  return registry;
}

void OnNanOptions::read(Section& train) {
  Component chosen = train.component(
      "on_nan", "stop", on_nan_actions().names(),
      "when a loss or gradient is NaN or infinite: stop; skip the step; or return to the start of "
      "the epoch with a lower learning rate. Such a step never changes the weights; every 50 steps "
      "the first of them is recorded with its images",
      OnResume::kMayChange);
  const OnNanRow& row = on_nan_actions().find(chosen.name, "train.on_nan");
  action = row.action;
  row.read(chosen.section, *this);
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

void note_bad_validation(int64_t step, int64_t epoch, const std::filesystem::path& folder) {
  const nlohmann::ordered_json json{
      {"step", step}, {"epoch", epoch}, {"what", "val_loss"}, {"split", "validation"}};
  try {
    make_directories(folder);
    write_file(folder / fmt::format("validation-{:08}.json", step), json.dump() + "\n");
  } catch (const Error&) {
    // The training ends with an error that says the same.
  }
}

}  // namespace latent
