#include "command/flags/look.h"

#include <spdlog/fmt/fmt.h>

#include "core/error.h"

namespace latent {
namespace {

constexpr int64_t kLeastWidth = 64, kMostWidth = 20'000;
constexpr int64_t kMostScale = 64, kMostColumns = 1000;
constexpr int64_t kLeastDpi = 24, kMostDpi = 1200;
constexpr double kLeastFont = 4, kMostFont = 96;
constexpr size_t kLongestTitle = 500;

void read_shared(const Arguments& arguments, visual::Look& look) {
  if (arguments.has("title")) look.title = arguments.text("title");
  if (look.title.size() > kLongestTitle) {
    throw UsageError(fmt::format("--title: {} bytes long; expected at most {}", look.title.size(),
                                 kLongestTitle));
  }
  if (arguments.has("width")) look.width = arguments.integer("width", kLeastWidth, kMostWidth);
  if (arguments.has("height")) look.height = arguments.integer("height", kLeastWidth, kMostWidth);
}

void read_for_pictures(const Arguments& arguments, visual::Look& look) {
  if (arguments.has("scale")) look.scale = arguments.integer("scale", 0, kMostScale);
  if (arguments.has("smooth")) look.smooth = arguments.flag("smooth");
}

void read_for_charts(const Arguments& arguments, visual::Look& look) {
  if (arguments.has("dpi")) look.dpi = arguments.integer("dpi", kLeastDpi, kMostDpi);
  if (!arguments.has("font-size")) return;
  look.font_size = arguments.number("font-size");
  if (!(look.font_size >= kLeastFont && look.font_size <= kMostFont)) {
    throw UsageError(fmt::format("--font-size {}: expected a number >= {} and <= {}",
                                 look.font_size, kLeastFont, kMostFont));
  }
}

}  // namespace

void declare_look(cxxopts::Options& options, Draws draws) {
  const auto integer = [] { return cxxopts::value<int64_t>(); };
  options.add_options("look")("title", "text above the picture", cxxopts::value<std::string>(),
                              "TEXT");
  options.add_options("look")("width", "width of the whole picture in pixels", integer(), "N");
  options.add_options("look")("height", "height of the whole picture in pixels", integer(), "N");
  options.add_options("look")("columns", "images or panels side by side; 0: automatic", integer(),
                              "N");
  if (draws != Draws::kCharts) {
    options.add_options("look")("scale", "enlarge images by this integer factor; 0: automatic",
                                integer(), "N");
    options.add_options("look")(
        "smooth", "enlarge images smoothly, to any size, instead of each pixel to a square");
    options.add_options("look")("captions", "draw captions");
  }
  if (draws != Draws::kPictures) {
    options.add_options("look")("font-size", "charts: size of the text in points (default: 11)",
                                cxxopts::value<double>(), "N");
    options.add_options("look")("dpi", "charts: pixels an inch of a PNG (default: 192)", integer(),
                                "N");
  }
}

visual::Look read_look(const Arguments& arguments, Draws drawn) {
  visual::Look look;
  read_shared(arguments, look);
  const bool free = drawn != Draws::kStrips && drawn != Draws::kPlots;
  if (free && arguments.has("columns"))
    look.columns = arguments.integer("columns", 0, kMostColumns);
  if (drawn != Draws::kCharts && drawn != Draws::kPlots) read_for_pictures(arguments, look);
  if (drawn != Draws::kPictures && drawn != Draws::kStrips) read_for_charts(arguments, look);
  return look;
}

visual::Look read_look_for(const Arguments& arguments, bool table) {
  return read_look(arguments, table ? Draws::kCharts : Draws::kPictures);
}

std::vector<std::string> asked_captions(const Arguments& arguments,
                                        const std::vector<std::string>& names) {
  return arguments.flag("captions") ? names : std::vector<std::string>{};
}

}  // namespace latent
