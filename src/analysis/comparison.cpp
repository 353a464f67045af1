#include "analysis/comparison.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "measure/image_quality.h"
#include "train/evaluation.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxListed = 20;

struct ComparedFigure {
  std::string name;
  std::string format;  // of one number
  Tensor values;       // [N] float64
};

struct Figures {
  std::string version;
  std::vector<ComparedFigure> figures;
};

Tensor by_parts(Tensor (*measure)(const Tensor&, const Tensor&), const Tensor& images,
                const Tensor& truth) {
  std::vector<Tensor> parts;
  for (int64_t first = 0; first < images.size(0); first += kEvaluationBatch) {
    const int64_t count = std::min(kEvaluationBatch, images.size(0) - first);
    parts.push_back(
        measure(images.narrow(0, first, count), truth.narrow(0, first, count)).to(at::kDouble));
  }
  return at::cat(parts);
}

Figures measure(const visual::Version& version, const Tensor& truth, bool table) {
  if (table)
    return {version.name,
            {{"mse", "{:>10.5f}", by_parts(mean_squared_error, version.examples, truth)}}};
  const Tensor shown = version.examples.clamp(0, 1);
  return {version.name,
          {{"psnr", "{:>8.2f}", by_parts(psnr, shown, truth)},
           {"ssim", "{:>8.4f}", by_parts(ssim, shown, truth)}}};
}

// `of`: a number of a figure.
template <class Of>
Json as_json(const std::vector<Figures>& all, Of of) {
  Json json = Json::object();
  for (const auto& version : all) {
    for (const auto& figure : version.figures)
      json[version.version][figure.name] = of(figure);
  }
  return json;
}

template <class Of>
std::string as_line(const std::string& name, const std::vector<Figures>& all, Of of) {
  std::string line = fmt::format("  {:<24}", name);
  for (const auto& version : all) {
    for (const auto& figure : version.figures)
      line += fmt::format(fmt::runtime(figure.format), of(figure));
  }
  return line + "\n";
}

std::string heading(const std::vector<Figures>& all) {
  std::string versions = fmt::format("  {:<24}", ""), figures = versions;
  for (const auto& version : all) {
    const size_t width = version.figures.size() == 1 ? 10 : 16;
    versions += fmt::format("{:>{}}", version.version, width);
    for (const auto& figure : version.figures)
      figures += fmt::format("{:>{}}", figure.name, width / version.figures.size());
  }
  return versions + "\n" + figures + "\n";
}

}  // namespace

Comparison compare(const std::vector<visual::Version>& versions, const Tensor& truth,
                   const std::vector<std::string>& names, bool table) {
  std::vector<Figures> all;
  for (const auto& version : versions)
    all.push_back(measure(version, truth, table));
  Comparison result{.json = {{"images", Json::array()}}, .text = heading(all)};
  for (size_t i = 0; i < names.size(); ++i) {
    const auto one = [&](const ComparedFigure& figure) {
      return figure.values[static_cast<int64_t>(i)].item<double>();
    };
    Json image{{"image", names[i]}};
    image.update(as_json(all, one));
    result.json["images"].push_back(std::move(image));
    if (i < kMaxListed) result.text += as_line(names[i], all, one);
  }
  if (names.size() > kMaxListed)
    result.text += fmt::format("  ... and {} more\n", names.size() - kMaxListed);
  const auto mean = [](const ComparedFigure& figure) {
    return figure.values.mean().item<double>();
  };
  result.json["mean"] = as_json(all, mean);
  result.text += as_line("mean", all, mean);
  if (!table) {
    const double gain = mean(all.back().figures[0]) - mean(all.front().figures[0]);
    result.json["psnr_gain"] = gain;
    result.text += fmt::format("  {} against {}: {:+.2f} dB\n", versions.back().name,
                               versions.front().name, gain);
  }
  return result;
}

}  // namespace latent
