// The data set `celeba`: aligned faces in their official layout and split, with 40 attributes.
#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "data/locations.h"
#include "data/pack/file_source.h"
#include "data/pack/packed_dataset.h"
#include "data/prepare/fit.h"
#include "data/recognise.h"
#include "data/registry.h"
#include "data/sets/celeba_lists.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct CelebaOptions {
  std::string directory;
  int64_t channels = 3;
  int64_t count = 0;
};

// "img_align_celeba/000001.jpg" -> "000001.jpg": the lists have no folders, and the archives of
// some mirrors nest one folder in another.
std::string listed_name(const ImageFile& file) {
  return file.name.substr(file.name.rfind('/') + 1);
}

// Lists and images must fit: a list of other images would give each face another's attributes.
const int8_t* row_of(const CelebaList& list, const std::vector<ImageFile>& files,
                     const std::string& name) {
  if (const int8_t* row = list.find(name)) return row;
  const auto missing = std::count_if(files.begin(), files.end(), [&](const ImageFile& file) {
    return list.find(listed_name(file)) == nullptr;
  });
  throw Error(fmt::format("{}: no row for {}{}; expected a row for each image in img_align_celeba",
                          list.file, name,
                          missing > 1 ? fmt::format(" and {} more", missing - 1) : ""));
}

size_t split_of(const CelebaList& partition, const std::vector<ImageFile>& files,
                const std::string& name) {
  const int8_t split = *row_of(partition, files, name);
  if (split >= 0 && split <= 2) return static_cast<size_t>(split);
  throw Error(fmt::format("{}: {} for {}; expected 0 (train), 1 (validation) or 2 (test)",
                          partition.file, split, name));
}

std::vector<Attribute> attributes_of(const CelebaList& list, const std::vector<ImageFile>& files) {
  const auto count = static_cast<int64_t>(files.size());
  const Tensor values =
      at::empty({static_cast<int64_t>(list.width), count}, at::kDouble);  // [attributes, N]
  double* value = values.mutable_data_ptr<double>();
  for (int64_t i = 0; i < count; ++i) {
    const std::string name = listed_name(files[static_cast<size_t>(i)]);
    const int8_t* row = row_of(list, files, name);
    for (size_t k = 0; k < list.width; ++k) {
      if (row[k] < -1 || row[k] > 1) {
        throw Error(fmt::format("{}: {} for {}; expected 1 or -1", list.file, row[k], name));
      }
      value[static_cast<int64_t>(k) * count + i] = row[k] == 1 ? 1 : 0;
    }
  }
  std::vector<Attribute> attributes;
  for (size_t k = 0; k < list.width; ++k)
    attributes.push_back({list.columns[k], values[static_cast<int64_t>(k)].clone(), {}});
  return attributes;
}

std::unique_ptr<Dataset> open_celeba(const CelebaOptions& options, const Fit& fit,
                                     const SkipPolicy& policy) {
  const fs::path place = data_folder(options.directory, "celeba");
  const fs::path images = place / "img_align_celeba";
  if (std::error_code ignored; !fs::is_directory(images, ignored)) {
    throw Error(images.string() +
                ": no such folder; see scripts/fetch_data.sh celeba, or set "
                "data.dir or LATENT_DATA");
  }
  const CelebaList partition = read_celeba_list(place, "list_eval_partition");
  const CelebaList attributes = read_celeba_list(place, "list_attr_celeba");
  if (attributes.columns.empty())
    throw Error(attributes.file + ": no line of names; expected the names of the attributes");
  const auto files = find_images(images);
  std::array<std::vector<ImageFile>, 3> members;
  for (const auto& file : files) {
    auto& split = members[split_of(partition, files, listed_name(file))];
    const bool full = &split == &members[0] && options.count > 0 &&
                      split.size() == static_cast<size_t>(options.count);
    if (!full) split.push_back(file);
  }
  PackedParts parts{
      .source = nullptr, .attributes = {}, .names = {}, .notice = "", .policy = policy};
  std::vector<ImageFile> ordered;
  for (size_t split = 0; split < members.size(); ++split) {
    parts.counts[split] = static_cast<int64_t>(members[split].size());
    ordered.insert(ordered.end(), members[split].begin(), members[split].end());
  }
  if (parts.counts[0] == 0)
    throw Error(partition.file + ": no image of the training split is in " + images.string());
  parts.attributes = attributes_of(attributes, ordered);
  for (const auto& file : ordered)
    parts.names.push_back(listed_name(file));
  if (files.size() < partition.rows.size()) {
    parts.notice = fmt::format("{}: {} of the {} images in the official list were found",
                               images.string(), files.size(), partition.rows.size());
  }
  parts.source = image_file_source(images, std::move(ordered), options.channels, fit);
  return packed_dataset(std::move(parts));
}

}  // namespace

DatasetPlan configure_celeba(Section& data) {
  CelebaOptions options;
  data.read("dir", options.directory,
            "folder of the images and lists; by default $LATENT_DATA/celeba or data/celeba");
  data.read("channels", options.channels, either(1, 3), "1 for grey images, 3 for RGB");
  data.read("count", options.count, at_least(0),
            "number of training images to use, from the first on; 0 uses all");
  const Fit fit(data);
  const SkipPolicy policy(data);
  return {.open = [=] { return open_celeba(options, fit, policy); },
          .fit = [fit](const Tensor& pixels) { return fit.apply(pixels); }};
}

std::optional<Json> recognise_celeba(const fs::path& path) {
  if (std::error_code ignored; !fs::exists(path / "img_align_celeba", ignored)) return std::nullopt;
  return Json{
      {"name", "celeba"}, {"dir", path.string()}, {"size", {kSuggestedSide, kSuggestedSide}}};
}

}  // namespace latent
