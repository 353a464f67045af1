// The data set `folder`: any folder of images, without preparation.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "core/error.h"
#include "data/folder/image_survey.h"
#include "data/folder/labels.h"
#include "data/locations.h"
#include "data/pack/file_source.h"
#include "data/pack/packed_dataset.h"
#include "data/prepare/fit.h"
#include "data/prepare/image_reading.h"
#include "data/random_split.h"
#include "data/recognise.h"
#include "data/registry.h"
#include "format/values.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr size_t kSurveyed = 2000;  // files whose headers are read for the typical size

struct FolderOptions {
  std::string directory, directory_key;
  std::string labels = "folders";
  CsvLabelOptions csv;
  int64_t channels = 3;
  double validation = 0.1;
  double test = 0.1;
  int64_t split_seed = 0;
  int64_t count = 0;
  ImageReading reading;
};

/// The images of the set in the order of its splits.
struct Listing {
  std::vector<ImageFile> files;
  std::vector<std::string> labelled;  // their names below the folder of their split
  std::array<int64_t, 3> counts{};
  bool by_folders = false;
};

std::optional<Split> split_called(const std::string& name) {
  const size_t slash = name.find('/');
  const std::string folder = slash == std::string::npos ? "" : name.substr(0, slash);
  if (folder == "train") return Split::kTrain;
  if (folder == "validation" || folder == "valid" || folder == "val") return Split::kValidation;
  if (folder == "test") return Split::kTest;
  return std::nullopt;
}

// All images lie in folders called train, validation or test, and train is not the only one.
bool has_split_folders(const std::vector<ImageFile>& files) {
  std::array<bool, 3> seen{};
  for (const auto& file : files) {
    const auto split = split_called(file.name);
    if (!split) return false;
    seen[static_cast<size_t>(*split)] = true;
  }
  return seen[0] && (seen[1] || seen[2]);
}

// Puts images into an order drawn by their names.
void shuffle_by_name(std::vector<size_t>& images, const std::vector<ImageFile>& files,
                     const FolderOptions& options) {
  std::vector<std::pair<double, size_t>> drawn;
  for (const size_t i : images)
    drawn.emplace_back(draw_for_name(files[i].name, static_cast<uint64_t>(options.split_seed), 1),
                       i);
  std::sort(drawn.begin(), drawn.end());
  std::transform(drawn.begin(), drawn.end(), images.begin(),
                 [](const auto& each) { return each.second; });
}

// Keeps `count` training images, drawn by their names; the order stays.
void keep_some(std::vector<size_t>& train, const std::vector<ImageFile>& files,
               const FolderOptions& options) {
  if (options.count == 0 || static_cast<size_t>(options.count) >= train.size()) return;
  shuffle_by_name(train, files, options);
  train.resize(static_cast<size_t>(options.count));
  std::sort(train.begin(), train.end());
}

Listing list_splits(const std::vector<ImageFile>& files, const FolderOptions& options) {
  Listing listing;
  listing.by_folders = has_split_folders(files);
  std::array<std::vector<size_t>, 3> members;
  for (size_t i = 0; i < files.size(); ++i) {
    Split split = split_of_name(files[i].name, options.validation, options.test,
                                static_cast<uint64_t>(options.split_seed));
    if (listing.by_folders) split = *split_called(files[i].name);
    members[static_cast<size_t>(split)].push_back(i);
  }
  keep_some(members[0], files, options);
  // Pictures show the first images: they should be of all classes.
  shuffle_by_name(members[1], files, options);
  shuffle_by_name(members[2], files, options);
  for (size_t split = 0; split < members.size(); ++split) {
    listing.counts[split] = static_cast<int64_t>(members[split].size());
    for (const size_t i : members[split]) {
      const std::string& name = files[i].name;
      listing.files.push_back(files[i]);
      listing.labelled.push_back(listing.by_folders ? name.substr(name.find('/') + 1) : name);
    }
  }
  return listing;
}

Labels read_labels(const FolderOptions& options, const Listing& listing) {
  if (options.labels == "none") return {};
  if (options.labels == "folders") return labels_from_folders(listing.labelled);
  std::vector<std::string> names;
  for (const auto& file : listing.files)
    names.push_back(file.name);
  const fs::path beside = fs::path(options.directory) / options.labels;
  std::error_code ignored;
  return labels_from_csv(fs::exists(beside, ignored) ? beside : fs::path(options.labels), names,
                         options.csv);
}

std::string notice_on(const Listing& listing, const FolderOptions& options, const Labels& labels) {
  if (!listing.by_folders) return labels.notice;
  return fmt::format(
      "{}: its folders train, validation and test are the splits; data.validation and data.test "
      "are not used{}{}",
      options.directory, labels.notice.empty() ? "" : "\n", labels.notice);
}

std::unique_ptr<Dataset> open_folder(const FolderOptions& options, const Fit& fit,
                                     const SkipPolicy& policy) {
  expect_there(options.directory, options.directory_key, "folder");
  const Listing listing = list_splits(find_images(options.directory), options);
  if (listing.counts[0] == 0) {
    throw Error(
        fmt::format("{}: {} images, none of them for training; expected more images, or "
                    "smaller data.validation and data.test",
                    options.directory, listing.files.size()));
  }
  Labels labels = read_labels(options, listing);
  PackedParts parts{.source = image_file_source(options.directory, listing.files, options.channels,
                                                fit, options.reading),
                    .counts = listing.counts,
                    .attributes = std::move(labels.attributes),
                    .names = {},
                    .notice = notice_on(listing, options, labels),
                    .policy = policy,
                    .image_folder = options.directory};
  for (const auto& file : listing.files)
    parts.names.push_back(file.name);
  return packed_dataset(std::move(parts));
}

FolderOptions read_folder_options(Section& data) {
  FolderOptions options;
  data.read("dir", options.directory,
            "folder of images, searched with all its subfolders; required");
  data.read("labels", options.labels,
            "folders: the first folder of an image is its class; none; or a CSV with a column of "
            "file names, relative to dir or to the working directory");
  data.read("name_column", options.csv.name_column,
            "column of that CSV that names the images; \"\": the one whose values do");
  data.read("unknown", options.csv.unknown,
            "words in that CSV that mean that a value is not known, in any case; -1 counts only in "
            "a column that is otherwise 0 and 1");
  data.read("channels", options.channels, either(1, 3), "1 for grey images, 3 for RGB");
  data.read("validation", options.validation, from_below(0, 1),
            "share of the images, drawn by their names, for validation");
  data.read("test", options.test, from_below(0, 1),
            "share of the images, drawn by their names, for the test split");
  data.read("split_seed", options.split_seed, at_least(0), "seed of both draws");
  data.read("count", options.count, at_least(0),
            "number of training images to use, drawn by their names; 0: all");
  for (auto& word : options.csv.unknown)
    word = lower_case(word);
  options.csv.name_column_key = data.where("name_column");
  options.reading = read_image_reading(data);
  options.directory_key = data.where("dir");
  return options;
}

}  // namespace

DatasetPlan configure_folder(Section& data) {
  const FolderOptions options = read_folder_options(data);
  const Fit fit(data);
  const SkipPolicy policy(data);
  if (options.validation + options.test >= 1) {
    throw Error(fmt::format("{}: got {}, and data.test {}; expected a sum below 1",
                            data.where("validation"), options.validation, options.test));
  }
  if (options.directory.empty()) data.missing("dir", "a folder of images");
  return {.open = [=] { return open_folder(options, fit, policy); },
          .fit = [fit](const Tensor& pixels) { return fit.apply(pixels); },
          .reading = options.reading};
}

std::optional<Json> recognise_folder(const fs::path& path) {
  if (std::error_code ignored; !fs::is_directory(path, ignored)) return std::nullopt;
  std::vector<ImageFile> files = find_images(path);
  files.resize(std::min(files.size(), kSurveyed));
  const int64_t side = survey_images(path, files).typical_side();
  const int64_t size = side >= kSuggestedSide ? kSuggestedSide : std::max<int64_t>(8, side / 4 * 4);
  return Json{{"name", "folder"}, {"dir", path.string()}, {"size", {size, size}}};
}

}  // namespace latent
