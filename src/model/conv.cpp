#include "model/registry.h"

#include <algorithm>

#include "core/error.h"
#include "model/activation.h"

namespace latent {
namespace {

constexpr int64_t kMaxWidth = 65536;  // channels or units of one layer; more is a typing error

struct ConvOptions {
  std::vector<int64_t> channels{32, 64, 128};
  std::vector<int64_t> kernel{3};
  std::vector<int64_t> stride{2};
  BlockOptions block;
  std::vector<int64_t> dense;
};

struct ConvDecoderOptions : ConvOptions {
  std::string projection = "linear";
  int64_t output_kernel = 3;
};

// Returns the value of a layer. values: one for all layers, or one for each.
int64_t of_layer(const std::vector<int64_t>& values, size_t layer) {
  return values.size() == 1 ? values[0] : values[layer];
}

// mirrored: the section that provides the values missing from this one, or "".
void check_layers(const Section& section, const char* key, const std::vector<int64_t>& values,
                  size_t layers, const std::string& mirrored) {
  if (values.size() != 1 && values.size() != layers) {
    const bool inherited = !mirrored.empty() && !section.has(key);
    throw Error(section.where(key) + ": got " + std::to_string(values.size()) + " values" +
                (inherited ? " (mirrored from " + mirrored + ")" : "") +
                "; expected one for all layers or one for each of the " + std::to_string(layers) +
                " channels");
  }
}

void read_common(Section& section, ConvOptions& options, const char* channels_meaning,
                 const char* dense_meaning, const std::string& mirrored = "") {
  const Range width{.low = 1, .high = static_cast<double>(kMaxWidth)};
  section.read("channels", options.channels, width, channels_meaning);
  section.read("kernel", options.kernel, between(1, 31),
               "kernel size, one for all layers or one for each");
  section.read("stride", options.stride, between(1, 8),
               "stride, one for all layers or one for each");
  options.block.read(section);
  section.read("dense", options.dense, width, dense_meaning);
  if (options.channels.empty()) {
    throw Error(section.where("channels") +
                ": got []; expected at least one layer, for example [32, 64]");
  }
  check_layers(section, "kernel", options.kernel, options.channels.size(), mirrored);
  check_layers(section, "stride", options.stride, options.channels.size(), mirrored);
}

ConvOptions read_conv_encoder(Section& section) {
  ConvOptions options;
  read_common(section, options, "output channels of each convolution",
              "units of dense layers between the last feature map and the bottleneck");
  return options;
}

ConvDecoderOptions mirror(const ConvOptions& encoder) {
  ConvDecoderOptions options;
  static_cast<ConvOptions&>(options) = encoder;
  for (auto* list : {&options.channels, &options.kernel, &options.stride, &options.dense}) {
    std::reverse(list->begin(), list->end());
  }
  return options;
}

struct Size {
  int64_t height, width;
};

// Returns the sizes of an encoder's feature maps, from the image inwards. kernels, strides: in the
// same order.
std::vector<Size> feature_sizes(const ImageShape& image, const std::vector<int64_t>& kernels,
                                const std::vector<int64_t>& strides, size_t layers,
                                const std::string& where) {
  std::vector<Size> sizes{{image.height, image.width}};
  for (size_t i = 0; i < layers; ++i) {
    const int64_t kernel = of_layer(kernels, i), stride = of_layer(strides, i);
    const auto [height, width] = sizes.back();
    const bool nothing_left = stride > 1 && height == 1 && width == 1;
    const Size next{conv_size(height, kernel, stride), conv_size(width, kernel, stride)};
    if (nothing_left || next.height < 1 || next.width < 1) {
      throw Error(where + ": image " + image.text() + " is too small for " +
                  std::to_string(layers) + " layers: only " + std::to_string(i) +
                  " fit; expected fewer channels, smaller strides or a larger image (data.pad_to, "
                  "data.size)");
    }
    sizes.push_back(next);
  }
  return sizes;
}

// Adds the dense layers; returns the features of the last. features: of their input.
int64_t add_dense(Network& network, const ConvOptions& options, int64_t features,
                  const std::string& where) {
  for (size_t i = 0; i < options.dense.size(); ++i) {
    const std::string suffix = "_dense" + std::to_string(i + 1);
    network.add(suffix.substr(1), make_dense(features, options.dense[i]));
    options.block.add_to(network, suffix, options.dense[i], false, where);
    features = options.dense[i];
  }
  return features;
}

EncoderNetwork make_encoder(const ConvOptions& options, const ImageShape& image, FeatureKind wanted,
                            const std::string& where) {
  const size_t layers = options.channels.size();
  const auto sizes =
      feature_sizes(image, options.kernel, options.stride, layers, where + ".channels");
  auto network = std::make_shared<Network>();
  int64_t in = image.channels;
  for (size_t i = 0; i < layers; ++i) {
    const std::string suffix = std::to_string(i + 1);
    network->add("conv" + suffix, make_conv(in, options.channels[i], of_layer(options.kernel, i),
                                            of_layer(options.stride, i)));
    options.block.add_to(*network, suffix, options.channels[i], true, where);
    in = options.channels[i];
  }
  const auto [height, width] = sizes.back();
  if (wanted == FeatureKind::kMap) {
    if (!options.dense.empty()) {
      throw Error(where + ".dense: this bottleneck takes feature maps; expected []");
    }
    return {network, {in, height, width}};
  }
  network->add("flatten", make_flatten());
  return {network, {add_dense(*network, options, in * height * width, where)}};
}

// Adds the layers from a row of latents to the first feature map, of the size given.
void add_projection(Network& network, const ConvDecoderOptions& options, int64_t latents,
                    const Size& size, const std::string& where) {
  const int64_t features = add_dense(network, options, latents, where);
  const int64_t channels = options.channels[0];
  const int64_t projected = channels * size.height * size.width;
  network.add("projection", make_dense(features, projected));
  if (options.projection == "block")
    options.block.add_to(network, "_projection", projected, false, where);
  network.add("reshape", make_unflatten(channels, size.height, size.width));
}

// Adds a convolution from a map of latents, which must have the first feature map's size, to the
// channels of that map.
void add_map_projection(Network& network, const ConvDecoderOptions& options,
                        const LatentShape& latents, const Size& size, const std::string& where) {
  if (!options.dense.empty())
    throw Error(where + ".dense: the latents of this bottleneck are a map; expected []");
  if (latents[1] != size.height || latents[2] != size.width) {
    throw Error(where + ".channels: the latents are a map of " + std::to_string(latents[1]) + "x" +
                std::to_string(latents[2]) + ", the first feature map is " +
                std::to_string(size.height) + "x" + std::to_string(size.width) +
                "; expected as many layers and the same strides as the encoder's");
  }
  network.add("projection", make_conv(latents[0], options.channels[0], 3, 1));
  if (options.projection == "block")
    options.block.add_to(network, "_projection", options.channels[0], true, where);
}

std::shared_ptr<Network> make_decoder(const ConvDecoderOptions& options, const LatentShape& latents,
                                      const ImageShape& image, const std::string& where) {
  const size_t layers = options.channels.size();
  std::vector<int64_t> kernels, strides;  // from the image inwards
  for (size_t i = layers; i-- > 0;) {
    kernels.push_back(of_layer(options.kernel, i));
    strides.push_back(of_layer(options.stride, i));
  }
  auto sizes = feature_sizes(image, kernels, strides, layers, where + ".channels");
  std::reverse(sizes.begin(), sizes.end());

  auto network = std::make_shared<Network>();
  if (latents.size() == 1) {
    add_projection(*network, options, latents[0], sizes[0], where);
  } else {
    add_map_projection(*network, options, latents, sizes[0], where);
  }
  int64_t channels = options.channels[0];
  for (size_t i = 0; i < layers; ++i) {
    const std::string suffix = std::to_string(i + 1);
    network->add("upconv" + suffix,
                 make_up_conv(channels, options.channels[i], of_layer(options.kernel, i),
                              of_layer(options.stride, i), {sizes[i].height, sizes[i].width},
                              {sizes[i + 1].height, sizes[i + 1].width}));
    options.block.add_to(*network, suffix, options.channels[i], true, where);
    channels = options.channels[i];
  }
  network->add("output", make_conv(channels, image.channels, options.output_kernel, 1));
  return network;
}

}  // namespace

EncoderMaker configure_conv_encoder(Section& section) {
  return [options = read_conv_encoder(section), where = section.where()](const ImageShape& image,
                                                                         FeatureKind wanted) {
    return make_encoder(options, image, wanted, where);
  };
}

DecoderMaker configure_conv_decoder(Section& section, std::optional<Section> encoder) {
  ConvDecoderOptions options = mirror(encoder ? read_conv_encoder(*encoder) : ConvOptions{});
  read_common(section, options,
              "output channels of each transposed convolution, from the latents outwards",
              "units of dense layers between the latents and the first feature map",
              encoder ? encoder->path() : "");
  section.read(
      "projection", options.projection, OneOf{{"linear", "block"}},
      "the dense layer to the first feature map: linear, or a block with normalisation and "
      "activation");
  section.read("output_kernel", options.output_kernel, between(1, 31),
               "kernel of the last convolution, to the image's channels");
  if (options.output_kernel % 2 == 0) {
    throw Error(section.where("output_kernel") + ": got " + std::to_string(options.output_kernel) +
                "; expected an odd number, which keeps the image's size");
  }
  return [options, where = section.where()](const LatentShape& latents, const ImageShape& image) {
    return make_decoder(options, latents, image, where);
  };
}

}  // namespace latent
