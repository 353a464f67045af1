#include <ATen/ATen.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "analysis/components.h"
#include "analysis/compression.h"
#include "analysis/rate_distortion.h"
#include "command/flags/look.h"
#include "command/plot/loss_curves.h"
#include "command/plot/plots.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "visual/chart.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kCodecImages = 500;  // each is compressed at every quality

Json point_json(const std::string& name, const RatePoint& point) {
  return {{"name", name}, {"bits", point.bits}, {"mse", point.squared_error}};
}

// Lines of points, and the same as JSON.
struct RateChart {
  std::vector<visual::Series> series = {};
  Json json = Json::array();
  double least = 1e300, most = 0;  // bits of the runs

  void add(const std::string& name, const std::vector<RatePoint>& points, bool dashed) {
    visual::Series line{.name = name, .x = {}, .y = {}};
    line.dashed = dashed;
    for (const auto& point : points) {
      line.x.push_back(point.bits);
      line.y.push_back(decibels(point.squared_error));
      json.push_back(point_json(name, point));
    }
    if (!line.x.empty()) series.push_back(std::move(line));
  }
};

// The runs as one line, in the order of their rates.
Examples add_runs(RateChart& chart, const std::vector<std::string>& paths,
                  const Arguments& arguments, std::optional<OpenedRun>& first) {
  std::vector<RatePoint> points, files;
  std::optional<Examples> examples;
  for (const auto& path : paths) {
    OpenedRun run = OpenedRun::open(path, arguments.checkpoint(path), arguments.device());
    if (run.experiment.data.is_table())
      throw Error(path + ": a run of a table; expected a run of images");
    const Examples own = run.load(arguments.parsed("split", parse_split));
    if (examples && !(own.shape() == examples->shape() &&
                      fingerprint(own.pixels) == fingerprint(examples->pixels)))
      throw Error(path + ": its images are not those of " + paths.front() +
                  "; expected runs of the same data");
    if (!examples) examples = own;
    if (run.model->bottleneck().codebook() != nullptr) {
      const CompressedRates rates = compressed_rates(run, own, arguments.quiet());
      points.push_back(rates.payload);
      files.push_back(rates.file);
    } else {
      points.push_back(rate_of_run(run, own, arguments.seed()));
    }
    if (!first) first.emplace(std::move(run));
  }
  for (auto* each : {&points, &files}) {
    std::sort(each->begin(), each->end(),
              [](const RatePoint& a, const RatePoint& b) { return a.bits < b.bits; });
  }
  chart.least = points.front().bits;
  chart.most = points.back().bits;
  chart.add(files.empty() ? "model, ideal bits of its latents" : "model, without header", points,
            false);
  chart.add("model, whole file", files, false);
  return *examples;
}

// The points within a range about that of the runs: the rest would only make the chart small.
std::vector<RatePoint> near(std::vector<RatePoint> points, const RateChart& chart) {
  std::erase_if(points, [&](const RatePoint& each) {
    return each.bits < chart.least / 4 || each.bits > 16 * std::max(chart.most, 64.0);
  });
  return points;
}

void add_components(RateChart& chart, const OpenedRun& run) {
  const Examples train = run.load(Split::kTrain);
  const int64_t values = train.shape().values();
  if (values > statistics::kMaxCovarianceColumns) {
    log::info("no curve of principal components: {} values an image are too many", values);
    return;
  }
  const auto components = statistics::fit_components(rows_of(train), train.count(), values, values,
                                                     generator(0, Stream::kPictures));
  Tensor variances = at::zeros({values}, at::kDouble);
  variances.narrow(0, 0, components.variances.numel()).copy_(components.variances);
  chart.add("PCA, ideal Gaussian code", near(gaussian_rates(variances), chart), true);
}

void add_codecs(RateChart& chart, const Examples& examples) {
  const Tensor images = examples.images(0, std::min(kCodecImages, examples.count()));
  for (const auto& [format, name] :
       {std::pair{Compression::kWebp, "WebP"}, {Compression::kJpeg, "JPEG"}}) {
    std::vector<RatePoint> files, payloads;
    for (const auto& rate : codec_rates(images, format)) {
      files.push_back(rate.file);
      payloads.push_back({std::max(rate.file.bits - rate.header, 1.0), rate.file.squared_error});
    }
    chart.add(std::string(name) + ", whole file", files, false);
    chart.add(std::string(name) + ", without header", payloads, true);
  }
}

}  // namespace

nlohmann::ordered_json plot_rd(const Arguments& arguments) {
  std::vector<std::string> paths = arguments.texts("run");
  if (paths.empty()) arguments.run();  // throws that it is missing
  const auto path = plot_path(arguments, paths.front(), "rd.png");
  RateChart chart;
  std::optional<OpenedRun> first;
  const Examples examples = add_runs(chart, paths, arguments, first);
  add_components(chart, *first);
  if (have_codecs()) add_codecs(chart, examples);
  visual::write_line_charts(path, "Rate and distortion",
                            {{.title = "",
                              .x_label = "bits per image",
                              .y_label = "PSNR of the mean squared error, dB",
                              .series = chart.series,
                              .axis = {.logarithmic = true}}},
                            read_look(arguments, Draws::kPlots));
  return {{"runs", paths}, {"points", chart.json}, {"written", {path.string()}}};
}

}  // namespace latent
