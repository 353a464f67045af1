#include "model/registry.h"

#include <c10/util/accumulate.h>

#include <algorithm>

#include "core/error.h"
#include "model/activation.h"

namespace latent {
namespace {

struct DenseOptions {
  std::vector<int64_t> hidden{256};
  BlockOptions block;
};

void read(Section& section, DenseOptions& options, const char* meaning) {
  section.read("hidden", options.hidden, between(1, 1 << 20), meaning);
  options.block.read(section);
}

DenseOptions read_dense_encoder(Section& section) {
  DenseOptions options;
  read(section, options, "units of the hidden layers; [] for a linear encoder");
  return options;
}

// Adds the hidden layers; returns the units of the last.
int64_t add_hidden(Network& network, const DenseOptions& options, int64_t in,
                   const std::string& where) {
  for (size_t i = 0; i < options.hidden.size(); ++i) {
    const std::string suffix = std::to_string(i + 1);
    network.add("dense" + suffix, make_dense(in, options.hidden[i]));
    options.block.add_to(network, suffix, options.hidden[i], false, where);
    in = options.hidden[i];
  }
  return in;
}

}  // namespace

EncoderMaker configure_dense_encoder(Section& section) {
  return [options = read_dense_encoder(section), where = section.where()](const ImageShape& image,
                                                                          FeatureKind wanted) {
    if (wanted == FeatureKind::kMap) {
      throw Error(where +
                  ": a dense encoder makes no feature maps, which this bottleneck needs; expected "
                  "model.encoder \"conv\"");
    }
    auto network = std::make_shared<Network>();
    network->add("flatten", make_flatten());
    const int64_t features = add_hidden(*network, options, image.values(), where);
    return EncoderNetwork{network, {features}};
  };
}

DecoderMaker configure_dense_decoder(Section& section, std::optional<Section> encoder) {
  DenseOptions options;
  if (encoder) options = read_dense_encoder(*encoder);
  std::reverse(options.hidden.begin(), options.hidden.end());
  read(section, options,
       "units of the hidden layers, from the latents outwards; [] for a linear decoder");
  return [options, where = section.where()](const LatentShape& latents, const ImageShape& image) {
    auto network = std::make_shared<Network>();
    if (latents.size() > 1) network->add("flatten", make_flatten());
    const int64_t features = add_hidden(*network, options, c10::multiply_integers(latents), where);
    network->add("output", make_dense(features, image.values()));
    network->add("reshape", make_unflatten(image.channels, image.height, image.width));
    return network;
  };
}

}  // namespace latent
