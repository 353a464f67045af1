#include "explore/run_explorer.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>

#include "core/error.h"
#include "core/random.h"
#include "core/text/suggest.h"
#include "space/anomaly.h"
#include "space/projection.h"
#include "space/traversal.h"
#include "space/usage.h"
#include "statistics/neighbours.h"
#include "train/evaluation.h"

namespace latent::explore {
namespace {

constexpr double kLowQuantile = 0.001, kHighQuantile = 0.999;

Json numbers(const Tensor& row) {
  Json list = Json::array();
  const Tensor values = row.to(at::kCPU, at::kDouble).contiguous();
  for (int64_t i = 0; i < values.numel(); ++i) {
    const auto value = values[i].item<double>();
    if (std::isfinite(value)) {
      list.push_back(std::stod(fmt::format("{:.6g}", value)));
    } else {
      list.push_back(nullptr);
    }
  }
  return list;
}

std::string float_bytes(const Tensor& values) {
  const Tensor floats = values.to(at::kCPU, at::kFloat).contiguous();
  return {static_cast<const char*>(floats.const_data_ptr()), floats.nbytes()};
}

const char* kind_name(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::kClass:
      return "class";
    case AttributeKind::kYesNo:
      return "yes or no";
    case AttributeKind::kNumber:
      return "number";
  }
  return "number";
}

}  // namespace

Json rows_json(const Tensor& rows) {
  Json all = Json::array();
  for (int64_t i = 0; i < rows.size(0); ++i)
    all.push_back(numbers(rows[i]));
  return all;
}

RunExplorer::RunExplorer(const OpenedRun& run, Split split, bool quiet)
    : run_(run), split_(split), examples_(run.load(split)) {
  if (examples_.count() < 2) {
    throw Error(fmt::format("{}: the {} split has {}; expected two or more",
                            run.directory.path().string(), to_string(split),
                            counted(examples_.count(), run.experiment.data.example_noun())));
  }
  codes_ = split_codes(run, split, examples_, quiet);
  codes_.condition = run.condition.rows(examples_.attributes, examples_.count());
  usage_ = space::usage(codes_);
  range_ =
      space::quantile_range(codes_, kLowQuantile, kHighQuantile, generator(0, Stream::kSample));
}

RunExplorer::~RunExplorer() = default;

Json RunExplorer::attribute_list() const {
  Json all = Json::array();
  for (const auto& attribute : examples_.attributes) {
    all.push_back({{"name", attribute.name},
                   {"kind", kind_name(attribute.kind())},
                   {"classes", attribute.words()}});
  }
  return all;
}

// What the model is conditioned on: a list of {"name", "classes" or "mean" and "deviation"}.
Json RunExplorer::condition_list() const {
  return run_.condition.empty() ? Json::array() : Json::parse(run_.condition.text());
}

Json RunExplorer::info() {
  const ImageShape& shape = run_.model->output_shape();
  const auto& bottleneck = run_.model->bottleneck();
  const LatentShape map = bottleneck.shape();
  Json json{
      {"run", run_.directory.path().string()},
      {"checkpoint", run_.checkpoint},
      {"split", to_string(split_)},
      {"count", examples_.count()},
      {"noun", run_.experiment.data.example_noun()},
      {"table", run_.experiment.data.is_table()},
      {"shape", {shape.channels, shape.height, shape.width}},
      {"latents", latents()},
      {"posterior", bottleneck.has_posterior()},
      {"prior", bottleneck.prior() != nullptr},
      {"unit_interval", bottleneck.unit_interval()},
      {"order", space::most_used_first(usage_)},
      {"usage", numbers(usage_)},
      {"low", numbers(range_[0])},
      {"high", numbers(range_[1])},
      {"mean", numbers(codes_.code.mean(0))},
      {"map", nullptr},
      {"attributes", attribute_list()},
      {"condition", condition_list()},
      {"noise", run_.corruption.noisy() && run_.model->input_shape() == run_.model->output_shape()},
      {"named", !examples_.names.empty()}};
  if (map.size() == 3) json["map"] = map;
  return json;
}

std::vector<std::string> RunExplorer::names() { return examples_.names; }

Frame RunExplorer::points(const Axes& axes) {
  if (latents() == 1) {  // a line: the example's number is the other axis
    const Tensor line = at::arange(examples(), at::kFloat).unsqueeze(1);
    return {.head = {{"axes", {"z0", "number"}}},
            .bytes = float_bytes(at::cat({codes_.code, line}, 1))};
  }
  const space::Projection plane = axes.components
                                      ? space::principal_projection(codes_.code)
                                      : space::latent_projection(codes_.code, axes.x, axes.y);
  return {.head = {{"axes", {plane.names[0], plane.names[1]}},
                   {"origin", numbers(plane.origin)},
                   {"directions", rows_json(plane.axes)}},
          .bytes = float_bytes(plane.coordinates(codes_.code))};
}

Frame RunExplorer::values(const std::string& by) {
  if (const Attribute* attribute = examples_.find(by)) {
    return {.head = {{"kind", kind_name(attribute->kind())},
                     {"classes", attribute->words()},
                     {"done", examples()},
                     {"total", examples()}},
            .bytes = float_bytes(attribute->values)};
  }
  if (by == "error") return errors();
  if (by == "distance") {
    return {.head = {{"kind", "number"}, {"done", examples()}, {"total", examples()}},
            .bytes = float_bytes(space::fit_spread(codes_).distances(codes_.code))};
  }
  throw Error("by: expected an attribute of the " + run_.experiment.data.example_noun() +
              "s, error or distance");
}

// The root mean squared errors of the reconstructions, a batch for each call.
Frame RunExplorer::errors() {
  const auto first = static_cast<int64_t>(errors_.size());
  const int64_t count = std::min(kEvaluationBatch, examples() - first);
  if (count > 0) {
    const Tensor told =
        codes_.condition.defined() ? codes_.condition.narrow(0, first, count) : Tensor();
    const Tensor made = run_.pictures(codes_.code.narrow(0, first, count), told);
    const Tensor error =
        (made - examples_.images(first, count)).flatten(1).square().mean(1).sqrt().contiguous();
    const auto* values = error.const_data_ptr<float>();
    errors_.insert(errors_.end(), values, values + count);
  }
  const auto done = static_cast<int64_t>(errors_.size());
  Frame frame{.head = {{"kind", "number"}, {"done", done}, {"total", examples()}}};
  if (done == examples()) frame.bytes = float_bytes(at::tensor(errors_));
  return frame;
}

// As the sampler "prior" where there is a prior; else from a Gaussian around the codes, which need
// not be fitted to the training images first.
Json RunExplorer::random(double temperature, uint64_t seed) {
  at::Generator noise = generator(seed, Stream::kSample);
  Tensor z;
  if (const Prior* prior = run_.model->bottleneck().prior()) {
    z = prior->sample(1, temperature, noise);
  } else {
    const space::LatentSpread spread = space::fit_spread(codes_);
    const Tensor unit = at::randn({1, latents()}, noise, at::kDouble);
    z = spread.mean + temperature * at::matmul(unit, at::linalg_pinv(spread.whitening));
  }
  return {{"z", numbers(run_.model->bottleneck().nearest_valid(z.to(at::kFloat))[0])}};
}

Json RunExplorer::neighbours(const Tensor& z, int64_t count) {
  const Tensor found =
      statistics::nearest_neighbours(codes_.code, z, std::min(count, examples()))[0];
  const Tensor distances = (codes_.code.index_select(0, found) - z).norm(2, 1);
  std::vector<int64_t> indices(found.const_data_ptr<int64_t>(),
                               found.const_data_ptr<int64_t>() + found.numel());
  return {{"indices", indices}, {"distances", numbers(distances)}};
}

Json RunExplorer::attributes() {
  if (!directions_)
    directions_ = std::make_unique<DirectionFinder>(run_, split_, examples_, codes_.code);
  return directions_->all();
}

Json RunExplorer::direction(const DirectionRequest& request) {
  attributes();
  return directions_->find(request);
}

}  // namespace latent::explore
