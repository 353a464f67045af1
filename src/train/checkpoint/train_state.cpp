#include "train/checkpoint/train_state.h"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace latent {
namespace {

using Json = nlohmann::json;

// Returns an entry of the state; null if the file does not have it.
Json stored(const TensorFile& file, const char* name) {
  const auto state = file.metadata.find("state");
  if (state == file.metadata.end()) return nullptr;
  const auto json = Json::parse(state->second, nullptr, false);
  return json.is_object() ? json.value(name, Json()) : Json();
}

// Returns the number, or 0 if it is not a whole one.
int64_t whole_number(const Json& json) {
  return json.is_number_integer() ? json.get<int64_t>() : 0;
}

// Throws unless it is a whole number; 1e300 is not.
void read_count(const Json& json, int64_t& count) {
  if (!json.is_number_integer()) throw Error("no whole number");
  count = json.get<int64_t>();
}

Json to_json(const SplitFingerprint& split) {
  return {{"count", split.count}, {"digest", split.digest}};
}

SplitFingerprint split_fingerprint(const Json& json) {
  if (!json.is_object()) return {};
  return {.count = whole_number(json.value("count", Json())),
          .digest = whole_number(json.value("digest", Json()))};
}

}  // namespace

void store_state(const TrainState& state, const LearningRateSchedule& schedule, TensorFile& file) {
  file.metadata["state"] = Json{
      {"epoch", state.epoch},
      {"batch", state.batch},
      {"step", state.step},
      {"seconds", state.seconds},
      {"epoch_seconds", state.epoch_seconds},
      {"best_loss", state.best_loss},
      {"best_epoch", state.best_epoch},
      {"patience_loss", state.patience_loss},
      {"waited", state.waited},
      {"skipped", state.skipped},
      {"rollbacks", state.rollbacks},
      {"rate_factor", state.rate_factor},
      {"data",
       {{"training", to_json(state.data.training)},
        {"validation", to_json(state.data.validation)}}},
      {"plateau",
       {{"reductions", schedule.reductions},
        {"best", schedule.best},
        {"waited",
         schedule.waited}}}}.dump();
}

void load_state(TrainState& state, LearningRateSchedule& schedule, const TensorFile& file,
                const std::filesystem::path& path) {
  try {
    const Json json = Json::parse(file.metadata.at("state"));
    read_count(json.at("epoch"), state.epoch);
    read_count(json.at("batch"), state.batch);
    read_count(json.at("step"), state.step);
    json.at("seconds").get_to(state.seconds);
    json.at("epoch_seconds").get_to(state.epoch_seconds);
    json.at("best_loss").get_to(state.best_loss);
    read_count(json.at("best_epoch"), state.best_epoch);
    read_count(json.at("waited"), state.waited);
    // Absent from older checkpoints.
    state.patience_loss = json.value("patience_loss", state.best_loss);
    read_count(json.value("skipped", Json(0)), state.skipped);
    read_count(json.value("rollbacks", Json(0)), state.rollbacks);
    state.rate_factor = json.value("rate_factor", 1.0);
    state.data = stored_data(file);
    read_count(json.at("plateau").at("reductions"), schedule.reductions);
    json.at("plateau").at("best").get_to(schedule.best);
    read_count(json.at("plateau").at("waited"), schedule.waited);
  } catch (const std::exception&) {
    throw Error(path.string() +
                ": no training state in its metadata, or a damaged one; expected a checkpoint of "
                "latent train");
  }
  const int64_t least =
      std::min({state.epoch, state.batch, state.step, state.best_epoch, state.waited, state.skipped,
                state.rollbacks, state.data.training.count, state.data.validation.count,
                schedule.reductions, schedule.waited});
  if (least < 0 || !(state.rate_factor > 0 && state.rate_factor <= 1))
    throw Error(path.string() + ": impossible counters in its training state (" +
                file.metadata.at("state") + "); expected a checkpoint of latent train");
}

int64_t stored_step(const TensorFile& file) { return whole_number(stored(file, "step")); }

int64_t stored_epoch(const TensorFile& file) { return whole_number(stored(file, "epoch")); }

DataFingerprint stored_data(const TensorFile& file) {
  const Json data = stored(file, "data");
  if (!data.is_object()) return {};
  return {.training = split_fingerprint(data.value("training", Json())),
          .validation = split_fingerprint(data.value("validation", Json()))};
}

}  // namespace latent
