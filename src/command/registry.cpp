#include "command/registry.h"

namespace latent {

// Each pair stands in the file of its command.
void declare_train(cxxopts::Options&);
void run_train(const Arguments&);
void declare_evaluate(cxxopts::Options&);
void run_evaluate(const Arguments&);
void declare_reconstruct(cxxopts::Options&);
void run_reconstruct(const Arguments&);
void declare_denoise(cxxopts::Options&);
void run_denoise(const Arguments&);
void declare_upscale(cxxopts::Options&);
void run_upscale(const Arguments&);
void declare_sample(cxxopts::Options&);
void run_sample(const Arguments&);
void declare_encode(cxxopts::Options&);
void run_encode(const Arguments&);
void declare_interpolate(cxxopts::Options&);
void run_interpolate(const Arguments&);
void declare_arithmetic(cxxopts::Options&);
void run_arithmetic(const Arguments&);
void declare_traverse(cxxopts::Options&);
void run_traverse(const Arguments&);
void declare_plot(cxxopts::Options&);
void run_plot(const Arguments&);
void declare_compare_pca(cxxopts::Options&);
void run_compare_pca(const Arguments&);
void declare_probe(cxxopts::Options&);
void run_probe(const Arguments&);
void declare_detect(cxxopts::Options&);
void run_detect(const Arguments&);
void declare_config(cxxopts::Options&);
void run_config(const Arguments&);
void declare_data(cxxopts::Options&);
void run_data(const Arguments&);
void declare_bench(cxxopts::Options&);
void run_bench(const Arguments&);
void declare_list(cxxopts::Options&);
void run_list(const Arguments&);

const Registry<CommandRow>& commands() {
  static const Registry<CommandRow> registry(
      "command",
      {
          {"train", "train an autoencoder from a config", declare_train, run_train},
          {"evaluate", "measure a run on a whole split", declare_evaluate, run_evaluate},
          {"reconstruct", "images and their reconstructions, side by side", declare_reconstruct,
           run_reconstruct},
          {"denoise", "noise removed from images, side by side with the truth", declare_denoise,
           run_denoise},
          {"upscale", "small images enlarged, beside bicubic and the truth", declare_upscale,
           run_upscale},
          {"sample", "new images from random latents", declare_sample, run_sample},
          {"encode", "latents of images as a table", declare_encode, run_encode},
          {"interpolate", "a morph from image to image, as strip and animation",
           declare_interpolate, run_interpolate},
          {"arithmetic", "add a smile, or compute with images: A - B + C", declare_arithmetic,
           run_arithmetic},
          {"traverse", "what each latent does, the most used first", declare_traverse,
           run_traverse},
          {"plot", "charts: the latent space, its histograms, loss curves", declare_plot, run_plot},
          {"compare-pca", "reconstruction and subspace against principal components",
           declare_compare_pca, run_compare_pca},
          {"probe", "how well labels can be told from the latents, PCA and pixels", declare_probe,
           run_probe},
          {"detect", "what does not look like the training images: scores, flags, AUROC",
           declare_detect, run_detect},
          {"config", "a config with every key's value, meaning, range and default", declare_config,
           run_config},
          {"data", "look over images before training (check), prepare them once (pack)",
           declare_data, run_data},
          {"bench", "training speed of a config on this machine", declare_bench, run_bench},
          {"list", "every data set, network, likelihood, ... a config can name", declare_list,
           run_list},
      });
  return registry;
}

}  // namespace latent
