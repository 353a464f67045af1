#include "command/registry.h"

#include <algorithm>

namespace latent {
namespace {

constexpr const char* kTrainingMemory =
    "lower train.batch_size, data.size or the model (model.encoder.channels, model.latent_dim), or "
    "free memory";

}  // namespace

// clang-format off
// A line a command; its file defines declare_NAME and run_NAME. A _ in a name is typed as -.
#define COMMANDS(row)                                                              \
  row(train, "train an autoencoder from a config", true, kTrainingMemory)           \
  row(evaluate, "measure a run on a whole split")                                  \
  row(reconstruct, "images and their reconstructions, side by side")               \
  row(denoise, "noise removed from images, side by side with the truth")           \
  row(upscale, "small images enlarged, beside bicubic and the truth")              \
  row(sample, "new images from random latents")                                    \
  row(encode, "latents of images as a table")                                      \
  row(interpolate, "a morph from image to image, as strip and animation")          \
  row(arithmetic, "add a smile, or compute with images: A - B + C")                \
  row(traverse, "what each latent does, the most used first")                      \
  row(plot, "charts: the latent space, its histograms, loss curves")               \
  row(compare_pca, "reconstruction and subspace against principal components")     \
  row(probe, "how well labels can be told from the latents, PCA and pixels")       \
  row(detect, "what does not look like the training images: scores, flags, AUROC") \
  row(doctor, "what is wrong with a run: its files, its losses, its model")        \
  row(config, "a config with every key's value, meaning, range and default")       \
  row(data, "look over images before training (check), prepare them once (pack)")  \
  row(bench, "training speed of a config on this machine", false, kTrainingMemory)   \
  row(list, "every data set, network, likelihood, ... a config can name")
// clang-format on

#define DECLARE(name, ...)                \
  void declare_##name(cxxopts::Options&); \
  void run_##name(const Arguments&);
COMMANDS(DECLARE)
#undef DECLARE

const Registry<CommandRow>& commands() {
  const auto typed = [](std::string name) {
    std::replace(name.begin(), name.end(), '_', '-');
    return name;
  };
#define ROW(name, summary, ...) \
  {typed(#name), summary, declare_##name, run_##name __VA_OPT__(, ) __VA_ARGS__},
  static const Registry<CommandRow> registry("command", {COMMANDS(ROW)});
#undef ROW
  return registry;
}

}  // namespace latent
