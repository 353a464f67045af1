#include "analysis/suggested_config.h"

#include <algorithm>

#include "core/error.h"
#include "data/registry.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kSmallestFeature = 4;  // of the feature maps before the latents

}  // namespace

Json suggested_data(const fs::path& path) {
  std::error_code code;
  const bool there = fs::exists(path, code);
  if (code) throw Error(path.string() + ": cannot be read: " + code.message());
  if (!there) throw Error(path.string() + ": no such file or folder");
  for (const DatasetRow& row : datasets().rows()) {
    if (!row.recognise) continue;
    if (const auto data = row.recognise(path)) return *data;
  }
  throw Error(
      path.string() +
      ": expected a config (.json), a folder, or a .csv, .tsv, .npy, .npz or IDX file of data");
}

Json suggested_config(const Json& data, const ImageShape& shape) {
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
  return {{"data", data},
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
}

}  // namespace latent
