#include "analysis/suggested_config.h"

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "data/folder/image_survey.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kLargestSide = 64;     // of the images a suggested config trains on
constexpr int64_t kSmallestFeature = 4;  // of the feature maps before the latents
constexpr size_t kSurveyed = 2000;       // files whose headers are read for the typical size

// Returns the file called `name` or `name`.gz, if there is one.
std::optional<fs::path> idx_file(const fs::path& folder, const std::string& name) {
  for (const char* ending : {"", ".gz"}) {
    const fs::path path = folder / (name + ending);
    if (std::error_code ignored; fs::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

std::optional<Json> idx_files(const fs::path& folder) {
  const auto images = idx_file(folder, "train-images-idx3-ubyte");
  if (!images) return std::nullopt;
  Json data{{"name", "idx"}, {"images", images->string()}};
  for (const auto& [key, name] : {std::pair{"labels", "train-labels-idx1-ubyte"},
                                  {"test_images", "t10k-images-idx3-ubyte"},
                                  {"test_labels", "t10k-labels-idx1-ubyte"}}) {
    if (const auto path = idx_file(folder, name)) data[key] = path->string();
  }
  return data;
}

Json image_folder(const fs::path& folder) {
  std::vector<ImageFile> files = find_images(folder);
  files.resize(std::min(files.size(), kSurveyed));
  const int64_t side = survey_images(folder, files).typical_side();
  const int64_t size = side >= kLargestSide ? kLargestSide : std::max<int64_t>(8, side / 4 * 4);
  return {{"name", "folder"}, {"dir", folder.string()}, {"size", {size, size}}};
}

Json single_file(const fs::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".csv") return {{"name", "table"}, {"file", file.string()}};
  if (ending == ".npy") return {{"name", "npy"}, {"images", file.string()}};
  if (ending == ".npz") return {{"name", "npz"}, {"file", file.string()}};
  throw Error(file.string() +
              ": expected a config (.json), a folder, or a .csv, .npy or .npz file of data");
}

}  // namespace

Json suggested_data(const fs::path& path) {
  std::error_code code;
  const bool there = fs::exists(path, code);
  if (code) throw Error(path.string() + ": cannot be read: " + code.message());
  if (!there) throw Error(path.string() + ": no such file or folder");
  if (!fs::is_directory(path, code)) return single_file(path);
  if (const auto idx = idx_files(path)) return *idx;
  if (fs::exists(path / "img_align_celeba", code))
    return {{"name", "celeba"}, {"dir", path.string()}, {"size", {kLargestSide, kLargestSide}}};
  for (const fs::path& folder : {path, path / "cifar-10-batches-bin"}) {
    if (fs::exists(folder / "data_batch_1.bin", code))
      return {{"name", "cifar10"}, {"dir", folder.string()}};
  }
  return image_folder(path);
}

Json suggested_config(const Json& data, const ImageShape& shape) {
  const bool table = data.at("name") == "table";
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
