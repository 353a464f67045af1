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

Json suggested_config(const Json& given, const ImageShape& shape) {
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
      {"train",
       {{"epochs", 20},
        {"batch_size", 100},
        {"clip_norm", 1000.0},  // the first gradients are far larger
        {"optimizer", {{"name", "adam"}, {"learning_rate", 1e-3}}}}}};
  write_over(config, given);
  return config;
}

}  // namespace latent
