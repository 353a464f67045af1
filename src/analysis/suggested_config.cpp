#include "analysis/suggested_config.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "folder/endings.h"
#include "sets/registry.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kSmallestFeature = 4;  // of the feature maps before the latents
constexpr int64_t kUsualEpochs = 20, kMostEpochs = 1000;
constexpr int64_t kAimedSteps = 2000;
constexpr int64_t kUsualBatch = 100, kSmallBatch = 32, kFewExamples = 1000;
constexpr int64_t kFewImages = 2000;  // fewer are varied
constexpr int64_t kShiftOfSide = 16;

std::optional<Json> recognised(const fs::path& path, bool any_folder) {
  for (const DatasetRow& row : datasets().rows()) {
    if (!row.recognise || (row.name == "folder" && !any_folder)) continue;
    if (auto data = row.recognise(path)) return data;
  }
  return std::nullopt;
}

// The only thing that a folder holds beside hidden files, or "".
fs::path only_entry(const fs::path& folder) {
  std::error_code code;
  fs::path only;
  for (fs::directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (name[0] == '.' || is_system_folder(name)) continue;
    if (!only.empty()) return "";
    only = entry->path();
  }
  return only;
}

// What an archive's lone folder, or the lone file in it, is recognised as.
std::optional<Json> recognised_inside(const fs::path& path) {
  constexpr int kDeepest = 8;
  fs::path inner = path;
  for (int depth = 0; depth < kDeepest; ++depth) {
    std::error_code ignored;
    if (!fs::is_directory(inner, ignored)) return std::nullopt;
    inner = only_entry(inner);
    if (inner.empty()) return std::nullopt;
    const auto data = recognised(inner, false);
    if (!data) continue;
    log::info("{}: the only thing in it, {}, is read", path.string(), inner.string());
    return data;
  }
  return std::nullopt;
}

// At least kAimedSteps steps, but no more than kMostEpochs passes.
Json suggested_training(int64_t count) {
  const int64_t batch = count < kFewExamples ? kSmallBatch : kUsualBatch;
  const int64_t steps = std::max<int64_t>(1, (count + batch - 1) / batch);  // of an epoch
  const int64_t epochs = std::clamp((kAimedSteps + steps - 1) / steps, kUsualEpochs, kMostEpochs);
  Json training{{"epochs", epochs},
                {"batch_size", batch},
                {"clip_norm", 1000.0},  // the first gradients are far larger
                {"optimizer", {{"name", "adam"}, {"learning_rate", 1e-3}}}};
  if (epochs > kUsualEpochs) training["pictures_every"] = epochs / kUsualEpochs;
  return training;
}

// Variants of few images. Only photos are mirrored: digits and letters would become others.
Json suggested_variants(const Json& data, const ImageShape& shape, int64_t count) {
  if (count >= kFewImages) return {};
  Json variants = Json::object();
  if (data.at("name") == "folder" && shape.channels == 3) variants["flip"] = true;
  if (const int64_t shift = std::min(shape.height, shape.width) / kShiftOfSide; shift > 0)
    variants["shift"] = shift;
  return variants;
}

// Sets the keys of `given` in the config, at every depth. A null stays: it switches a part off.
void write_over(Json& config, const Json& given) {
  for (const auto& [key, value] : given.items()) {
    if (value.is_object() && config.contains(key) && config.at(key).is_object()) {
      write_over(config.at(key), value);
    } else {
      config[key] = value;
    }
  }
}

}  // namespace

Json suggested_data(const fs::path& path) {
  std::error_code code;
  const bool there = fs::exists(path, code);
  if (code) throw Error(path.string() + ": cannot be read: " + code.message());
  if (!there) throw Error(path.string() + ": no such file or folder");
  if (const auto data = recognised(path, false)) return *data;
  if (const auto data = recognised_inside(path)) return *data;
  if (const auto data = recognised(path, true)) return *data;
  throw Error(
      path.string() +
      ": expected a config (.json), a folder, or a .csv, .tsv, .npy, .npz or IDX file of data");
}

Json suggested_config(const Json& given, const ImageShape& shape, int64_t count) {
  const Json& data = given.at("data");
  const bool table = data.at("name") == "table" && !data.contains("shape");
  Json encoder{{"name", "dense"}, {"hidden", {128, 64}}};
  if (!table) {
    std::vector<int64_t> channels;
    for (int64_t side = std::min(shape.height, shape.width);
         side > kSmallestFeature && channels.size() < 4; side = (side + 1) / 2) {
      channels.push_back(std::min<int64_t>(256, int64_t{32} << channels.size()));
    }
    if (channels.empty()) channels.push_back(32);
    encoder = {{"name", "conv"}, {"channels", channels}, {"stride", 2}, {"activation", "relu"}};
  }
  const Json squared_error{
      {"name", "gaussian"}, {"sigma", "optimal"}, {"output", table ? "linear" : "sigmoid"}};
  const bool grey = !table && shape.channels == 1;
  const int64_t latents = table ? std::max<int64_t>(1, shape.values() / 2) : grey ? 16 : 64;
  Json config{
      {"data", data},
      {"model",
       {{"encoder", encoder},
        {"bottleneck", "gaussian"},
        {"latent_dim", std::min<int64_t>(64, latents)}}},
      {"objective",
       {{"likelihood", grey ? Json("bernoulli") : squared_error}, {"kl", {{"weight", 1.0}}}}},
      {"train", suggested_training(count)}};
  if (data.at("name") != "table") {
    const Json variants = suggested_variants(data, shape, count);
    if (!variants.empty()) config["data"]["augment"] = variants;
  }
  write_over(config, given);
  return config;
}

}  // namespace latent
