#include "prior/prior_options.h"

#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/text/split.h"

namespace latent {

PriorOptions read_prior_options(Config& config) {
  PriorOptions options;
  Section keys = config.root();
  keys.read("layers", options.layers, between(1, 64), "layers of the transformer");
  keys.read("channels", options.channels, between(1, 4096), "numbers that stand for a place");
  keys.read("heads", options.heads, between(1, 256), "parts that each attention is split in");
  if (options.channels % options.heads != 0) {
    throw Error(fmt::format("{}: got {}; expected a divisor of channels ({})", keys.where("heads"),
                            options.heads, options.channels));
  }
  std::string condition;
  keys.read("condition", condition,
            "attributes that codes are drawn by, \"label\", or several as \"Smiling,Male\"; \"\": "
            "none");
  if (!condition.empty()) options.condition = split_at_commas(condition);
  keys.read("condition_drop", options.condition_drop, between(0, 0.99),
            "share of the training images whose condition is left out, so that the prior also "
            "learns to do without");
  keys.read("epochs", options.epochs, between(1, 100'000), "passes over the training codes");
  keys.read("batch_size", options.batch_size, between(1, 65536), "images in a step");
  keys.read("learning_rate", options.learning_rate, more_than(0),
            "step size of Adam at its peak; it falls to 0 along a cosine");
  keys.read("warmup", options.warmup, between(0, 0.9),
            "share of the steps in which the learning rate rises");
  keys.read("clip_norm", options.clip_norm, at_least(0), "largest norm of the gradient; 0: any");
  keys.read("precision", options.precision, OneOf{{"auto", "fp32", "bf16"}},
            "arithmetic of the products in training; auto: bf16 where the device has it");
  keys.read("seed", options.seed, at_least(0),
            "seed of the initial weights and the order of the images");
  config.check_all_read();
  return options;
}

}  // namespace latent
