#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "command/flags/inputs.h"
#include "command/flags/latent_tensors.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/flags/waypoints.h"
#include "command/output/animation.h"
#include "command/output/name_index.h"
#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "space/paths.h"
#include "visual/frames.h"

namespace latent {
namespace {

constexpr int64_t kMorphSteps = 25, kMatrixSteps = 9;
constexpr int64_t kStripColumns = 13;

void check_count(size_t count, bool matrix, int64_t steps) {
  if (matrix && count != 4) {
    throw Error(fmt::format(
        "--matrix: got {} images; expected four corners: top left, top right, bottom left, bottom "
        "right",
        count));
  }
  if (count < 2)
    throw Error(
        "got one image; expected two or more: files, --indices 3,17 or --random 2; or several "
        "--attribute of a model with a condition");
  const int64_t frames =
      matrix ? steps * steps : (static_cast<int64_t>(count) - 1) * (steps - 1) + 1;
  if (frames > kMaxFrames) {
    throw UsageError(
        fmt::format("--steps: {} frames in all; expected at most {}", frames, kMaxFrames));
  }
}

std::string describe_changes(const Tensor& images, double unevenness) {
  if (space::is_still(images)) return "all show the same picture";
  return fmt::format("the largest change between two frames is {:.2f} times the mean", unevenness);
}

std::string percent(int64_t step, int64_t steps) {
  return fmt::format(
      "{}%", std::lround(100.0 * static_cast<double>(step) / static_cast<double>(steps - 1)));
}

// "A" at a waypoint, "A -> B 40%" between two.
std::vector<std::string> frame_captions(const Waypoints& waypoints, int64_t steps) {
  std::vector<std::string> captions{waypoints.names.front()};
  for (size_t i = 0; i + 1 < waypoints.names.size(); ++i) {
    for (int64_t step = 1; step + 1 < steps; ++step) {
      captions.push_back(fmt::format("{} \u2192 {}  {}", waypoints.names[i], waypoints.names[i + 1],
                                     percent(step, steps)));
    }
    captions.push_back(waypoints.names[i + 1]);
  }
  return captions;
}

// The images of a row of the strip: the frames between its ends, which stand beside them.
Tensor strip_row(const Tensor& frames, const Waypoints& waypoints, int64_t row) {
  if (!waypoints.images.defined()) return frames;
  const auto end = [&](int64_t i) {
    return visual::framed(waypoints.images.narrow(0, i, 1), frames.size(2), frames.size(3));
  };
  return at::cat({end(row), frames, end(row + 1)});
}

// A row from each waypoint to the next, with every frame or some evenly spread ones.
Picture strip(const Tensor& images, const Waypoints& waypoints, int64_t steps, bool captions,
              const visual::Look& look) {
  const auto shown = visual::spread(steps, look.columns > 0 ? look.columns : kStripColumns);
  visual::GridOptions options = visual::grid_options(look);
  std::vector<Tensor> rows;
  std::vector<std::string> names;
  for (size_t i = 0; i + 1 < waypoints.names.size(); ++i) {
    const auto row = static_cast<int64_t>(i);
    const Tensor frames =
        images.narrow(0, row * (steps - 1), steps).index_select(0, at::tensor(shown, at::kLong));
    rows.push_back(strip_row(frames, waypoints, row));
    if (captions) names.push_back(waypoints.names[i] + " \u2192 " + waypoints.names[i + 1]);
  }
  for (const int64_t step : shown)
    options.column_captions.push_back(percent(step, steps));
  if (waypoints.images.defined()) {
    options.column_captions.insert(options.column_captions.begin(), "image");
    options.column_captions.push_back("image");
  }
  if (static_cast<int64_t>(shown.size()) < steps) {
    options.footer =
        fmt::format("{} of {} frames{}", shown.size(), steps, rows.size() > 1 ? " a row" : "");
  }
  return visual::rows(rows, names, options);
}

// Captions of a matrix: the corners' names beside the first and the last row.
visual::GridOptions matrix_look(const Arguments& arguments, const Waypoints& waypoints,
                                int64_t steps) {
  visual::GridOptions look = visual::grid_options(read_look(arguments, Draws::kStrips));
  look.columns = steps;
  if (!arguments.flag("captions")) return look;
  for (int64_t step = 0; step < steps; ++step)
    look.column_captions.push_back(percent(step, steps));
  const auto& names = waypoints.names;
  look.row_captions.resize(static_cast<size_t>(steps));
  look.row_captions.front() = names[0] + " \u2192 " + names[1];
  look.row_captions.back() = names[2] + " \u2192 " + names[3];
  return look;
}

std::vector<std::string> write_morph(const Arguments& arguments, const OutputPaths& paths,
                                     const Tensor& images, const Waypoints& waypoints,
                                     int64_t steps) {
  const visual::Look look = read_look(arguments, Draws::kPictures);
  const bool captions = arguments.flag("captions");
  std::vector<std::string> texts;
  if (captions) texts = frame_captions(waypoints, steps);
  return write_pictures(arguments, paths, strip(images, waypoints, steps, captions, look),
                        visual::frames(images.split(1), texts, visual::frame_options(look)));
}

// The places of a map whose codes a path replaces; 0 for another path.
int64_t places_of(const OpenedRun& run, space::Path path, bool matrix) {
  if (path != space::Path::kCells) return 0;
  if (matrix) throw UsageError("--path cells: has no matrix; expected --path linear or slerp");
  const Codebook* codes = run.model->bottleneck().codebook();
  if (codes == nullptr) {
    throw Error(
        "--path cells: replaces codes, but this run has none; expected a run with "
        "model.bottleneck vq or fsq, or --path linear or slerp");
  }
  return codes->places();
}

OutputPaths choose_paths(const Arguments& arguments, const OpenedRun& run, bool matrix) {
  const std::string from =
      arguments.has("random")
          ? fmt::format("random-{}-seed{}",
                        arguments.integer("random", fewest_random(arguments), kMaxFrames),
                        arguments.seed())
          : inputs_stem(arguments);
  std::string name = fmt::format("{}-{}{}", from, arguments.text("path"), matrix ? "-matrix" : "");
  for (const auto& words : arguments.texts("attribute"))
    name += fmt::format("-{}", in_file_name(words));
  const OutputPaths paths =
      output_paths(arguments, run.directory.image("interpolate", name), !matrix);
  if (matrix && paths.animated())
    throw UsageError("--matrix: makes no animation; expected --out with a folder or a .png");
  return paths;
}

}  // namespace

void declare_interpolate(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "2");
  declare_animation(options);
  options.add_options()("random",
                        "interpolate between N random latents, drawn by --seed, instead of images",
                        cxxopts::value<int64_t>(), "N");
  options.add_options()(
      "path",
      "linear, slerp for a path along the sphere, or cells, which replaces the places of "
      "a map of codes one by one",
      cxxopts::value<std::string>()->default_value("linear"), "NAME");
  options.add_options()("steps",
                        "images per segment, ends included; with --matrix, images per side "
                        "(default: 25, or 9 with --matrix)",
                        cxxopts::value<int64_t>(), "N");
  options.add_options()(
      "attribute,label",
      "decode under this condition, such as label=3; repeated, from one to the next: once for each "
      "image, or several times for one image; for a model with a condition",
      cxxopts::value<std::vector<std::string>>(), "NAME=VALUE,...");
  options.add_options()("matrix", "fill a square whose corners are four images");
  declare_latent_tensors(options, "z [F, Z] and images [F, C, H, W]");
}

void run_interpolate(const Arguments& arguments) {
  const bool matrix = arguments.flag("matrix");
  if (arguments.has("random")) {
    arguments.refuse({"files", "indices", "count", "split"},
                     "selects images, but --random draws latents; expected one of the two");
  }
  if (matrix) arguments.refuse({"fps", "ping-pong", "loop"}, "for animations; --matrix makes none");
  check_latent_tensors(arguments);
  const int64_t steps = arguments.has("steps") ? arguments.integer("steps", 2, kMaxFrames)
                        : matrix               ? kMatrixSteps
                                               : kMorphSteps;
  const space::Path path = arguments.parsed("path", space::parse_path);
  const OpenedRun run = open_run(arguments);
  expect_images(run, "interpolate");
  const int64_t places = places_of(run, path, matrix);
  const OutputPaths paths = choose_paths(arguments, run, matrix);
  const Waypoints waypoints = read_waypoints(run, arguments);
  check_count(waypoints.names.size(), matrix, steps);

  const auto along = [&](const Tensor& ends, space::Path line) {
    return matrix ? space::patch(ends, steps, line) : space::through(ends, steps, line, places);
  };
  const Tensor z = along(waypoints.z, path);
  Tensor condition = waypoints.condition;
  if (condition.defined()) condition = along(condition, space::Path::kLinear);
  const Tensor images = run.pictures(z, condition);
  nlohmann::ordered_json json{{"images", waypoints.names}, {"frames", z.size(0)}};
  std::string text;
  std::vector<std::string> written;
  if (matrix) {
    const Picture square = visual::grid(images, matrix_look(arguments, waypoints, steps));
    written = write_pictures(arguments, paths, square, {});
  } else {
    const double unevenness = space::unevenness(images);
    json["unevenness"] = unevenness;
    text = fmt::format("{} frames; {}\n", z.size(0), describe_changes(images, unevenness));
    written = write_morph(arguments, paths, images, waypoints, steps);
  }
  write_latent_tensors(arguments, {{"z", z}, {"images", images}}, written);
  if (!paths.strip.empty()) write_name_index(arguments, waypoints.names, paths.strip, written);
  json["written"] = written;
  print_result(arguments, json, text + join(written, "\n") + "\n");
}

}  // namespace latent
