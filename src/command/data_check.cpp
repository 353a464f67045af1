#include "command/data_check.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/inspection.h"
#include "analysis/suggested_config.h"
#include "command/flags/look.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/file.h"
#include "pack/pack.h"
#include "report/columns.h"
#include "report/inspection_text.h"
#include "session/experiment.h"
#include "visual/grid.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kSheetImages = 64;  // images on the contact sheet
constexpr int64_t kSheetColumns = 8;

bool is_config(const fs::path& path) { return path.extension() == ".json"; }

// Loads the config file, or makes a config of the suggested section `data`.
Config load(const fs::path& path, const Json& suggested, const std::vector<std::string>& settings) {
  if (is_config(path)) return Config::load(path, settings);
  return Config::parse(Json{{"data", suggested}}.dump(), path.string(), settings);
}

// Returns the config; unreadable images are skipped instead of ending the check.
Config lenient_config(const fs::path& path, const Json& suggested,
                      std::vector<std::string> settings) {
  Config config = load(path, suggested, settings);
  read_experiment(config);
  if (!config.resolved().at("data").contains("on_error")) return config;
  settings.insert(settings.end(), {"data.on_error=skip", "data.max_skipped=1"});
  return load(path, suggested, settings);
}

// Loads the splits; a split that serves as another comes once.
std::vector<NamedSplit> load_splits(const Dataset& dataset) {
  std::vector<NamedSplit> splits;
  for (const Split split : {Split::kTrain, Split::kValidation, Split::kTest}) {
    Examples examples = load_split(dataset, split);
    const bool known = std::any_of(splits.begin(), splits.end(), [&](const NamedSplit& other) {
      return at::equal(other.second.pixels, examples.pixels);
    });
    if (!known) splits.emplace_back(split, std::move(examples));
  }
  return splits;
}

// Draws images spread evenly over the training split, captioned with their class if they have one.
void write_contact_sheet(const Examples& train, const fs::path& path, const visual::Look& look) {
  const int64_t count = std::min(kSheetImages, train.count());
  const Tensor chosen = at::floor_divide(at::arange(count, at::kLong) * train.count(), count);
  const Examples shown = train.select(chosen);
  std::vector<std::string> captions;
  if (const Attribute* label = shown.find("label");
      label != nullptr && label->kind() == AttributeKind::kClass)
    captions = words_of(*label);
  visual::GridOptions options = visual::grid_options(look);
  if (options.columns == 0) options.columns = std::min(kSheetColumns, count);
  options.cell_captions = captions;
  write_png(visual::grid(shown.images(0, count), options), path);
}

std::vector<std::string> unreadable_images(const Dataset& dataset) {
  std::vector<std::string> reasons;
  if (const Pack* pack = dataset.pack()) {
    for (const auto& image : pack->content.unreadable)
      reasons.push_back(image.reason);
  }
  return reasons;
}

// The keys with which the data set trains as it is: images that cannot be read are skipped.
Json skipping(Json given, const Report& report) {
  Json& data = given["data"];
  if (report.unreadable.empty() || data.contains("on_error")) return given;
  data["on_error"] = "skip";
  auto images = static_cast<double>(report.unreadable.size());
  for (const auto& [split, examples] : *report.splits)
    images += static_cast<double>(examples.count());
  // Rounded up, so that these are allowed and hardly more.
  const double share =
      std::ceil(100 * static_cast<double>(report.unreadable.size()) / images) / 100;
  if (!data.contains("max_skipped")) data["max_skipped"] = std::min(share, 1.0);
  return given;
}

fs::path output_folder(const Arguments& arguments, const fs::path& path) {
  if (arguments.has("out")) return arguments.text("out");
  const fs::path named = path.filename().empty() ? path.parent_path() : path;
  return fs::path("checks") / fs::absolute(named).lexically_normal().stem();
}

// A data set that knows the range of its files says more exactly what to do about dark images.
std::vector<std::string> joined_warnings(std::vector<std::string> all,
                                         const Inspection& inspection) {
  const auto on_darkness = [](const std::string& warning) {
    return warning.find("data.white") != std::string::npos;
  };
  const bool dark = std::any_of(all.begin(), all.end(), on_darkness);
  for (const auto& warning : inspection.warnings()) {
    if (!dark || !on_darkness(warning)) all.push_back(warning);
  }
  return all;
}

// The number of images that data.keep leaves of each split it applies to; nothing without it.
// Throws Error for a rule that finds nothing.
std::vector<std::pair<Split, int64_t>> kept_counts(Config config) {
  const Experiment experiment = read_experiment(config);
  if (experiment.data.keep.empty()) return {};
  const auto dataset = experiment.data.open();
  std::vector<std::pair<Split, int64_t>> counts;
  for (const Split split : {Split::kTrain, Split::kValidation})
    counts.emplace_back(split, load_split(*dataset, split).count());
  return counts;
}

}  // namespace

void check_data(const Arguments& arguments) {
  const fs::path path = arguments.text("config");
  // Computed once, because it reads the headers of image files.
  const Json suggested = is_config(path) ? Json() : suggested_data(path);
  const Json given = load(path, suggested, arguments.settings()).source();
  auto settings = arguments.settings();
  settings.emplace_back("data.keep=\"\"");  // the report is of all images
  Config config = lenient_config(path, suggested, settings);
  const Experiment experiment = read_experiment(config);
  const auto dataset = experiment.data.open();
  const std::vector<NamedSplit> splits = load_splits(*dataset);
  if (!dataset->notice().empty()) log::info("{}", dataset->notice());
  Report report{.name = path.string(),
                .splits = &splits,
                .inspection = inspect(splits),
                .survey = survey_images(dataset->image_files()),
                .left_out = dataset->left_out(),
                .kept = kept_counts(lenient_config(path, suggested, arguments.settings())),
                .warnings = {},
                .unreadable = unreadable_images(*dataset),
                .written = {}};
  report.warnings = joined_warnings(dataset->warnings(), report.inspection);

  const fs::path out = output_folder(arguments, path);
  const Examples& train = splits.front().second;
  if (train.pixels.scalar_type() == at::kByte) {
    write_contact_sheet(train, out / "contact_sheet.png", read_look(arguments, Draws::kPictures));
    report.written.push_back((out / "contact_sheet.png").string());
  }
  if (!is_config(path)) {
    make_directories(out);
    write_file(
        out / "config.json",
        suggested_config(skipping(given, report), train.shape(), train.count()).dump(2) + "\n");
    report.written.push_back((out / "config.json").string());
  }
  print_result(arguments, report_json(report), report_text(report));
}

}  // namespace latent
