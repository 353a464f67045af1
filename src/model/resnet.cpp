// Residual networks: stages of residual blocks, each at half the size of the one before.
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "core/error.h"
#include "model/activation.h"
#include "model/registry.h"
#include "model/residual.h"

namespace latent {
namespace {

struct ResnetOptions {
  std::vector<int64_t> channels{32, 64, 128};
  int64_t blocks = 1;
  BlockOptions block{.activation = "silu", .normalization = "group"};
  std::vector<int64_t> attention;
  std::string resample = "stride";
};

// A feature map's height and width.
using MapSize = std::vector<int64_t>;

void read_resnet(Section& section, ResnetOptions& options, const char* channels_meaning) {
  section.read("channels", options.channels, between(1, 65536), channels_meaning);
  if (options.channels.empty()) {
    throw Error(section.where("channels") +
                ": got []; expected at least one stage, for example [32, 64]");
  }
  section.read("blocks", options.blocks, between(1, 64),
               "residual blocks of each stage, of two 3x3 convolutions each");
  options.block.read(section);
  section.read("attention", options.attention, between(1, 64),
               "sizes of maps, the larger of height and width: a stage at such a size ends with "
               "self-attention");
  section.read("resample", options.resample, OneOf{{"stride", "resize"}},
               "how maps change their size: by convolutions of stride 2, or by means of 2x2 pixels "
               "and enlarging, each beside a convolution of stride 1");
}

ResnetOptions read_resnet_encoder(Section& section) {
  ResnetOptions options;
  read_resnet(section, options, "channels of each stage, which halves the size of the map");
  return options;
}

// Returns the sizes of the maps from the image inwards: that of the image, then one for each stage.
std::vector<MapSize> map_sizes(const ImageShape& image, size_t stages, const std::string& where) {
  std::vector<MapSize> sizes{{image.height, image.width}};
  for (size_t i = 0; i < stages; ++i) {
    const int64_t height = sizes.back()[0], width = sizes.back()[1];
    if (height == 1 && width == 1) {
      throw Error(
          fmt::format("{}.channels: image {} is too small for {} stages: only {} fit; "
                      "expected fewer channels or a larger image (data.pad_to, data.size)",
                      where, image.text(), stages, i));
    }
    sizes.push_back({(height + 1) / 2, (width + 1) / 2});
  }
  return sizes;
}

int64_t larger_side(const MapSize& size) { return std::max(size[0], size[1]); }

// Throws Error for a size of `attention` that no stage has.
void check_attention(const ResnetOptions& options, const std::vector<MapSize>& sizes,
                     const std::string& where) {
  std::vector<int64_t> known;
  for (size_t i = 1; i < sizes.size(); ++i)
    known.push_back(larger_side(sizes[i]));
  for (const int64_t size : options.attention) {
    if (std::find(known.begin(), known.end(), size) != known.end()) continue;
    throw Error(
        fmt::format("{}.attention: got {}, but the stages' maps have the sizes {}; "
                    "expected some of these, or []",
                    where, size, fmt::join(known, ", ")));
  }
}

std::shared_ptr<Layer> norm_layer(const BlockOptions& block, int64_t channels,
                                  const std::string& where) {
  return normalizations().find(block.normalization, where).make(block, channels, true, where);
}

// Normalisation and activation come before each convolution, dropout before the second.
std::shared_ptr<Layer> residual_block(const BlockOptions& block, int64_t channels,
                                      const std::string& where) {
  auto branch = std::make_shared<Network>();
  BlockOptions first = block;
  first.dropout = 0;
  first.add_to(*branch, "1", channels, true, where);
  branch->add("conv1", make_conv(channels, channels, 3, 1));
  block.add_to(*branch, "2", channels, true, where);
  branch->add("conv2", make_conv(channels, channels, 3, 1));
  return make_residual(branch);
}

// Adds the blocks of a stage, whose map has that size, and its attention.
void add_stage(Network& network, const ResnetOptions& options, const std::string& suffix,
               int64_t channels, const MapSize& size, const std::string& where) {
  for (int64_t i = 1; i <= options.blocks; ++i) {
    network.add(fmt::format("block{}_{}", suffix, i),
                residual_block(options.block, channels, where));
  }
  const auto& sizes = options.attention;
  if (std::find(sizes.begin(), sizes.end(), larger_side(size)) == sizes.end()) return;
  network.add("attention" + suffix,
              make_attention(channels, norm_layer(options.block, channels, where)));
}

// The last normalisation and activation, after the sum of the last block.
void add_end(Network& network, const ResnetOptions& options, int64_t channels,
             const std::string& where) {
  BlockOptions last = options.block;
  last.dropout = 0;
  last.add_to(network, "_end", channels, true, where);
}

EncoderNetwork make_resnet_encoder(const ResnetOptions& options, const ImageShape& image,
                                   FeatureKind wanted, const std::string& where) {
  const auto sizes = map_sizes(image, options.channels.size(), where);
  check_attention(options, sizes, where);
  auto network = std::make_shared<Network>();
  int64_t in = image.channels;
  for (size_t i = 0; i < options.channels.size(); ++i) {
    const std::string suffix = std::to_string(i + 1);
    const bool strided = options.resample == "stride";
    network->add("conv" + suffix, make_conv(in, options.channels[i], 3, strided ? 2 : 1));
    if (!strided) network->add("pool" + suffix, make_mean_pool());
    in = options.channels[i];
    add_stage(*network, options, suffix, in, sizes[i + 1], where);
  }
  add_end(*network, options, in, where);
  const MapSize& last = sizes.back();
  if (wanted == FeatureKind::kMap) return {network, {in, last[0], last[1]}};
  network->add("flatten", make_flatten());
  return {network, {in * last[0] * last[1]}};
}

// Adds the layers from the latents to the first map, of that size.
void add_first_map(Network& network, const LatentShape& latents, int64_t channels,
                   const MapSize& size, const std::string& where) {
  if (latents.size() == 1) {
    network.add("projection", make_dense(latents[0], channels * size[0] * size[1]));
    network.add("reshape", make_unflatten(channels, size[0], size[1]));
    return;
  }
  if (latents[1] != size[0] || latents[2] != size[1]) {
    throw Error(
        fmt::format("{}.channels: the latents are a map of {}x{}, the first stage's is "
                    "{}x{}; expected as many stages as the encoder's",
                    where, latents[1], latents[2], size[0], size[1]));
  }
  network.add("projection", make_conv(latents[0], channels, 3, 1));
}

std::shared_ptr<Network> make_resnet_decoder(const ResnetOptions& options,
                                             const LatentShape& latents, const ImageShape& image,
                                             const std::string& where) {
  auto sizes = map_sizes(image, options.channels.size(), where);
  check_attention(options, sizes, where);
  std::reverse(sizes.begin(), sizes.end());
  auto network = std::make_shared<Network>();
  add_first_map(*network, latents, options.channels[0], sizes[0], where);
  int64_t channels = options.channels[0];
  for (size_t i = 0; i < options.channels.size(); ++i) {
    const std::string suffix = std::to_string(i + 1);
    add_stage(*network, options, suffix, channels, sizes[i], where);
    const bool last = i + 1 == options.channels.size();
    const int64_t next = last ? channels : options.channels[i + 1];
    if (options.resample == "stride") {
      network->add("upconv" + suffix, make_up_conv(channels, next, 3, 2, sizes[i], sizes[i + 1]));
    } else {
      network->add("enlarge" + suffix, make_enlarge(sizes[i + 1]));
      network->add("conv" + suffix, make_conv(channels, next, 3, 1));
    }
    channels = next;
  }
  add_end(*network, options, channels, where);
  network->add("output", make_conv(channels, image.channels, 3, 1));
  return network;
}

}  // namespace

EncoderMaker configure_resnet_encoder(Section& section) {
  return [options = read_resnet_encoder(section), where = section.where()](const ImageShape& image,
                                                                           FeatureKind wanted) {
    return make_resnet_encoder(options, image, wanted, where);
  };
}

DecoderMaker configure_resnet_decoder(Section& section, std::optional<Section> encoder) {
  ResnetOptions options = encoder ? read_resnet_encoder(*encoder) : ResnetOptions{};
  std::reverse(options.channels.begin(), options.channels.end());
  read_resnet(section, options,
              "channels of each stage, from the latents outwards; a stage doubles the size");
  return [options, where = section.where()](const LatentShape& latents, const ImageShape& image) {
    return make_resnet_decoder(options, latents, image, where);
  };
}

}  // namespace latent
