// The data set `celeba`: aligned faces in their official layout and split, with 40 attributes.
#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "core/text/suggest.h"
#include "data/locations.h"
#include "data/prepare/fit.h"
#include "data/recognise.h"
#include "data/selection/random_split.h"
#include "pack/file_source.h"
#include "pack/packed_dataset.h"
#include "sets/celeba_lists.h"
#include "sets/registry.h"

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

std::vector<Attribute> read_attributes(const fs::path& path, const std::vector<ImageFile>& files) {
  const CelebaList list = read_celeba_list(path);
  if (list.columns.empty())
    throw Error(list.file + ": no line of names; expected the names of the attributes");
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

// The official split goes by the number in a file's name.
std::optional<size_t> official_split(const std::string& name) {
  constexpr int64_t kFirstValidation = 162'771, kFirstTest = 182'638, kLast = 202'599;
  int64_t number = 0;
  const size_t digits = name.rfind('.');
  const auto [end, code] = std::from_chars(name.data(), name.data() + digits, number);
  if (code != std::errc() || end != name.data() + digits || number < 1 || number > kLast)
    return std::nullopt;
  return number < kFirstValidation ? 0 : number < kFirstTest ? 1 : 2;
}

/// The split of each image: 0 (train), 1 (validation) or 2 (test).
struct Partition {
  std::vector<size_t> splits;
  std::string note;     // a message to log, or ""
  std::string by_whom;  // how the message about a split without images begins
};

Partition read_partition(const fs::path& path, const std::vector<ImageFile>& files) {
  const CelebaList list = read_celeba_list(path);
  Partition partition{.splits = {}, .note = "", .by_whom = list.file};
  for (const auto& file : files)
    partition.splits.push_back(split_of(list, files, listed_name(file)));
  if (files.size() < list.rows.size()) {
    partition.note = fmt::format("{} of the {} images in the official list were found",
                                 files.size(), list.rows.size());
  }
  return partition;
}

// Without the list: by the official numbers if each split then has images, else by a draw.
Partition draw_partition(const fs::path& images, const std::vector<ImageFile>& files) {
  constexpr double kShare = 0.1;
  Partition partition{.splits = {}, .note = "", .by_whom = images.string()};
  std::array<bool, 3> seen{};
  for (const auto& file : files) {
    const auto split = official_split(listed_name(file));
    if (!split) break;
    partition.splits.push_back(*split);
    seen[*split] = true;
  }
  partition.note = "no list_eval_partition: the splits are the official ones of these numbers";
  if (seen == std::array{true, true, true} && partition.splits.size() == files.size())
    return partition;
  partition.splits.clear();
  for (const auto& file : files)
    partition.splits.push_back(
        static_cast<size_t>(split_of_name(listed_name(file), kShare, kShare, 0)));
  partition.note =
      "no list_eval_partition: a tenth of the images each, drawn by their names, is for validation "
      "and test";
  return partition;
}

/// Where the images and lists are.
struct CelebaPlaces {
  fs::path images;
  std::vector<fs::path> lists;  // folders that may hold them
};

// The official Drive folder has Img, Anno and Eval; others have all side by side.
std::optional<CelebaPlaces> find_places(const fs::path& folder) {
  for (const fs::path& place : {folder, folder / "celeba", folder / "CelebA"}) {
    for (const char* images : {"img_align_celeba", "Img/img_align_celeba", "img_align_celeba_png",
                               "Img/img_align_celeba_png", "Img/img_align_celeba_png.7z"}) {
      if (std::error_code ignored; !fs::is_directory(place / images, ignored)) continue;
      return CelebaPlaces{place / images, {place, place / "Anno", place / "Eval"}};
    }
  }
  return std::nullopt;
}

std::unique_ptr<Dataset> open_celeba(const CelebaOptions& options, const Fit& fit,
                                     const SkipPolicy& policy) {
  const fs::path place = data_folder(options.directory, "celeba");
  const auto places = find_places(place);
  if (!places) {
    throw Error((place / "img_align_celeba").string() +
                ": no such folder; see scripts/fetch_data.sh celeba, or set "
                "data.dir or LATENT_DATA");
  }
  const fs::path& images = places->images;
  const auto files = find_images(images);
  const fs::path split_list = find_celeba_list(places->lists, "list_eval_partition");
  const fs::path attribute_list = find_celeba_list(places->lists, "list_attr_celeba");
  const Partition partition =
      split_list.empty() ? draw_partition(images, files) : read_partition(split_list, files);
  std::array<std::vector<ImageFile>, 3> members;
  for (size_t i = 0; i < files.size(); ++i) {
    auto& split = members[partition.splits[i]];
    const bool full = &split == &members[0] && options.count > 0 &&
                      split.size() == static_cast<size_t>(options.count);
    if (!full) split.push_back(files[i]);
  }
  PackedParts parts{
      .source = nullptr, .attributes = {}, .names = {}, .notice = "", .policy = policy};
  std::vector<ImageFile> ordered;
  for (size_t split = 0; split < members.size(); ++split) {
    parts.counts[split] = static_cast<int64_t>(members[split].size());
    ordered.insert(ordered.end(), members[split].begin(), members[split].end());
  }
  if (parts.counts[0] == 0)
    throw Error(partition.by_whom + ": no image of the training split is in " + images.string());
  std::vector<std::string> notes;
  if (!partition.note.empty()) notes.push_back(images.string() + ": " + partition.note);
  if (attribute_list.empty()) {
    notes.push_back("no list_attr_celeba.txt or .csv beside " + images.string() +
                    ": the images have no attributes");
  } else {
    parts.attributes = read_attributes(attribute_list, ordered);
  }
  parts.notice = join(notes, "\n");
  for (const auto& file : ordered)
    parts.names.push_back(listed_name(file));
  parts.source = image_file_source(images, std::move(ordered), options.channels, fit);
  return packed_dataset(std::move(parts));
}

}  // namespace

DatasetPlan configure_celeba(Section& data) {
  CelebaOptions options;
  data.read("dir", options.directory,
            "folder of the images and lists; by default $LATENT_DATA/celeba or data/celeba",
            OnResume::kSameData);
  data.read("channels", options.channels, either(1, 3), "1 for grey images, 3 for RGB");
  data.read("count", options.count, at_least(0),
            "number of training images to use, from the first on; 0 uses all");
  const Fit fit(data);
  const SkipPolicy policy(data);
  return {.open = [=] { return open_celeba(options, fit, policy); },
          .fit = [fit](const Tensor& pixels) { return fit.apply(pixels); },
          .skips_broken = policy.skips()};
}

std::optional<Json> recognise_celeba(const fs::path& path) {
  if (!find_places(path)) return std::nullopt;
  return Json{
      {"name", "celeba"}, {"dir", path.string()}, {"size", {kSuggestedSide, kSuggestedSide}}};
}

}  // namespace latent
