#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/plot/plots.h"
#include "core/log.h"
#include "measure/sparsity.h"
#include "session/codes.h"
#include "session/opened_run.h"
#include "space/usage.h"

namespace latent {
namespace {

constexpr size_t kMaxUnits = 400;

// The weights [C*H*W, Z] of a decoder that is one dense layer; undefined for any other.
Tensor dictionary_weights(const Autoencoder& model) {
  Tensor weights;
  for (const auto& item : model.named_parameters()) {
    const std::string& name = item.key();
    if (!name.starts_with("decoder.") || name == "decoder.output.bias") continue;
    if (name != "decoder.output.weight" || item.value().dim() != 2) return {};
    weights = item.value();
  }
  return weights;
}

// Grey is 0; the weight of largest magnitude of each unit is black or white.
Tensor weight_pictures(const Tensor& weights, const ImageShape& shape) {
  const Tensor units = weights.detach().cpu().t();  // [Z, C*H*W]
  const Tensor largest = units.abs().amax(1, true).clamp_min(1e-12);
  return (0.5 + 0.5 * units / largest)
      .reshape({-1, shape.channels, shape.height, shape.width})
      .contiguous();
}

// A code for each unit that is 0 but for the unit's value of largest size.
Tensor unit_codes(const Tensor& codes) {
  const Tensor place = codes.abs().argmax(0, true);  // [1, Z]
  return at::diag(codes.gather(0, place).squeeze(0));
}

}  // namespace

nlohmann::ordered_json plot_dictionary(const Arguments& arguments) {
  const Split split = arguments.parsed("split", parse_split);
  const OpenedRun run = open_run(arguments);
  const auto path =
      plot_path(arguments, run.directory.path(), "dictionary.png", run.experiment.data.is_table());
  const Tensor codes = split_codes(run, split, arguments.quiet()).code;
  const Tensor used = codes.abs().to(at::kDouble).mean(0);
  auto order = space::most_used_first(used);
  order.resize(std::min(order.size(), kMaxUnits));
  const Tensor chosen = at::tensor(order, at::kLong);
  const Tensor weights = dictionary_weights(*run.model);
  const bool whole = weights.defined() && !run.experiment.data.is_table();
  const Tensor pictures =
      whole ? weight_pictures(weights, run.model->output_shape()).index_select(0, chosen)
            : run.pictures(unit_codes(codes).index_select(0, chosen));
  const std::string method = whole ? "decoder weights" : "decoded unit codes";
  run.experiment.gallery->write_samples(path, pictures,
                                        read_look_for(arguments, run.experiment.data.is_table()));
  log::info("{} of {} units, the most active first: {}", order.size(), codes.size(1),
            whole ? "the decoder's weights (grey: 0)"
                  : "the decoded picture of each unit alone at its largest value");
  return {{"method", method},
          {"units", order.size()},
          {"order", order},
          {"dead_units", sparsity(codes, run.model->bottleneck().unit_interval()).dead_units},
          {"written", {path.string()}}};
}

}  // namespace latent
