// The data set `folder`: any folder of images, without preparation.
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "data/locations.h"
#include "data/prepare/fit.h"
#include "data/prepare/image_reading.h"
#include "data/recognise.h"
#include "data/selection/random_split.h"
#include "folder/image_survey.h"
#include "folder/labels.h"
#include "folder/layout.h"
#include "format/values.h"
#include "pack/file_source.h"
#include "pack/packed_dataset.h"
#include "sets/registry.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr size_t kSurveyed = 2000;  // files whose headers are read for the typical size

struct FolderOptions {
  std::string directory, directory_key;
  std::string labels = "folders";
  CsvLabelOptions csv;
  std::string splits = "folders", splits_key;
  SplitRule split_rule;
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
  std::vector<std::string> labelled;  // their names, whose first folder is the class
  std::array<int64_t, 3> counts{};
  bool all_train = false;  // none was drawn for training
};

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

using Members = std::array<std::vector<size_t>, 3>;  // of the splits; indices of layout.images

Split drawn_split(const ImageFile& file, double validation, double test,
                  const FolderOptions& options) {
  return split_of_name(file.name, validation, test, static_cast<uint64_t>(options.split_seed));
}

Members members_by_folders(const std::vector<ImageFile>& files, const FolderLayout& layout,
                           const FolderOptions& options) {
  Members members;
  for (size_t i = 0; i < files.size(); ++i)
    members[static_cast<size_t>(layout.splits[i])].push_back(i);
  const double validation = members[1].empty() ? options.validation : 0;
  const double test = members[2].empty() ? options.test : 0;
  if (!options.split_rule.fills() || validation + test == 0) return members;
  Members filled = members;
  filled[0].clear();
  for (const size_t i : members[0]) {
    const Split split = drawn_split(files[i], validation, test, options);
    filled[static_cast<size_t>(split)].push_back(i);
  }
  return filled[0].empty() ? members : filled;
}

Members drawn_members(const std::vector<ImageFile>& files, const FolderOptions& options) {
  Members members;
  for (size_t i = 0; i < files.size(); ++i) {
    const Split split = drawn_split(files[i], options.validation, options.test, options);
    members[static_cast<size_t>(split)].push_back(i);
  }
  return members;
}

// A few images, all of them drawn for other splits: all are for training.
bool rescue_training(Members& members) {
  if (!members[0].empty()) return false;
  for (auto* other : {&members[1], &members[2]}) {
    members[0].insert(members[0].end(), other->begin(), other->end());
    other->clear();
  }
  std::sort(members[0].begin(), members[0].end());
  return true;
}

// Takes the names from `found` and `layout`: a large set has no room for copies.
Listing list_splits(std::vector<ImageFile>& found, FolderLayout& layout,
                    const FolderOptions& options) {
  std::vector<ImageFile> files;
  files.reserve(layout.images.size());
  for (const size_t i : layout.images)
    files.push_back(std::move(found[i]));
  Members members = layout.by_folders() ? members_by_folders(files, layout, options)
                                        : drawn_members(files, options);
  Listing listing;
  listing.all_train = !layout.by_folders() && rescue_training(members);
  keep_some(members[0], files, options);
  // Pictures show the first images: they should be of all classes.
  shuffle_by_name(members[1], files, options);
  shuffle_by_name(members[2], files, options);
  for (size_t split = 0; split < members.size(); ++split) {
    listing.counts[split] = static_cast<int64_t>(members[split].size());
    for (const size_t i : members[split]) {
      listing.files.push_back(std::move(files[i]));
      listing.labelled.push_back(std::move(layout.labelled[i]));
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

std::string notice_on(const Listing& listing, const FolderLayout& layout,
                      const FolderOptions& options, const Labels& labels) {
  std::string notice = layout.notice;
  add_line(notice, labels.notice);
  if (listing.all_train) {
    add_line(notice, fmt::format("{}: {}, none of them drawn for training: all are training images",
                                 options.directory,
                                 counted(static_cast<int64_t>(listing.files.size()), "image")));
  }
  return notice;
}

std::vector<LeftOut> all_left_out(const FolderListing& found, const FolderLayout& layout) {
  std::vector<LeftOut> all = found.left_out;
  all.insert(all.end(), layout.left_out.begin(), layout.left_out.end());
  return all;
}

std::unique_ptr<Dataset> open_folder(FolderOptions options, const Fit& fit,
                                     const SkipPolicy& policy) {
  options.directory = located(options.directory).string();
  expect_there(options.directory, options.directory_key, "folder");
  FolderListing found = list_images(options.directory);
  FolderLayout layout =
      read_layout(options.directory, found.images, options.split_rule, options.splits_key);
  const Listing listing = list_splits(found.images, layout, options);
  found.images = {};
  Labels labels = read_labels(options, listing);
  PackedParts parts{.source = image_file_source(options.directory, listing.files, options.channels,
                                                fit, options.reading),
                    .counts = listing.counts,
                    .attributes = std::move(labels.attributes),
                    .names = {},
                    .notice = notice_on(listing, layout, options, labels),
                    .policy = policy,
                    .left_out = all_left_out(found, layout),
                    .warnings = layout.warnings,
                    .if_none = layout.by_folders() && !options.split_rule.fills()
                                   ? " (data.splits: fill draws some from the training images)"
                                   : "",
                    .train_may_be_served = !layout.by_folders()};
  for (const auto& file : listing.files)
    parts.names.push_back(file.name);
  return packed_dataset(std::move(parts));
}

FolderOptions read_folder_options(Section& data) {
  FolderOptions options;
  data.read("dir", options.directory,
            "folder of images, searched with all its subfolders, here or in $LATENT_DATA; required",
            OnResume::kSameData);
  data.read("labels", options.labels,
            "folders: the first folder of an image is its class; none; or a CSV with a column of "
            "file names, relative to dir or to the working directory",
            OnResume::kSameData);
  data.read("name_column", options.csv.name_column,
            "column of that CSV that names the images; \"\": the one whose values do");
  data.read("unknown", options.csv.unknown,
            "words in that CSV that mean that a value is not known, in any case; -1 counts only in "
            "a column that is otherwise 0 and 1");
  if (is_of_former_run(data)) options.splits = "exact";
  data.read("splits", options.splits,
            "folders: folders named train, val, test and the like are the splits, and a missing "
            "split uses another's images; fill: as folders, but a missing split is drawn from the "
            "training images; none: every folder is a class; train=Good,test=Bad: names the "
            "folders; exact: the rule of version 0.1");
  options.splits_key = data.where("splits");
  options.split_rule = parse_split_rule(options.splits, options.splits_key);
  data.read("channels", options.channels, either(1, 3), "1 for grey images, 3 for RGB");
  data.read("validation", options.validation, from_below(0, 1),
            "share of the images, drawn by their names, for validation");
  data.read("test", options.test, from_below(0, 1),
            "share of the images, drawn by their names, for the test split");
  data.read("split_seed", options.split_seed, at_least(0),
            "seed that draws the validation and test images");
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
          .skips_broken = policy.skips(),
          .reading = options.reading};
}

std::optional<Json> recognise_folder(const fs::path& path) {
  if (std::error_code ignored; !fs::is_directory(path, ignored)) return std::nullopt;
  const FolderListing found = list_images(path);
  const FolderLayout layout = read_layout(path.string(), found.images, SplitRule(), "data.splits");
  std::vector<fs::path> files;
  for (const size_t i : layout.images) {
    if (files.size() < kSurveyed) files.push_back(path / found.images[i].name);
  }
  const int64_t side = survey_images(files).typical_side();
  const int64_t size = side >= kSuggestedSide ? kSuggestedSide : std::max<int64_t>(8, side / 4 * 4);
  return Json{{"name", "folder"}, {"dir", path.string()}, {"size", {size, size}}};
}

}  // namespace latent
