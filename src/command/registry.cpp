#include "command/registry.h"

namespace latent {
namespace {

constexpr const char* kTrainingMemory =
    "lower train.batch_size, data.size or the model (model.encoder.channels, model.latent_dim), or "
    "free memory";

constexpr const char* kFeaturesMemory = "lower data.size or data.count, or free memory";

}  // namespace

// Each command's file defines its two functions.
void declare_train(cxxopts::Options&);
void declare_sweep(cxxopts::Options&);
void declare_evaluate(cxxopts::Options&);
void declare_reconstruct(cxxopts::Options&);
void declare_denoise(cxxopts::Options&);
void declare_upscale(cxxopts::Options&);
void declare_sample(cxxopts::Options&);
void declare_encode(cxxopts::Options&);
void declare_interpolate(cxxopts::Options&);
void declare_arithmetic(cxxopts::Options&);
void declare_traverse(cxxopts::Options&);
void declare_explore(cxxopts::Options&);
void declare_plot(cxxopts::Options&);
void declare_compare(cxxopts::Options&);
void declare_compare_pca(cxxopts::Options&);
void declare_probe(cxxopts::Options&);
void declare_detect(cxxopts::Options&);
void declare_disentangle(cxxopts::Options&);
void declare_features(cxxopts::Options&);
void declare_doctor(cxxopts::Options&);
void declare_prior(cxxopts::Options&);
void declare_compress(cxxopts::Options&);
void declare_decompress(cxxopts::Options&);
void declare_export(cxxopts::Options&);
void declare_report(cxxopts::Options&);
void declare_runs(cxxopts::Options&);
void declare_show(cxxopts::Options&);
void declare_config(cxxopts::Options&);
void declare_data(cxxopts::Options&);
void declare_bench(cxxopts::Options&);
void declare_list(cxxopts::Options&);
void declare_completion(cxxopts::Options&);

void run_train(const Arguments&);
void run_sweep(const Arguments&);
void run_evaluate(const Arguments&);
void run_reconstruct(const Arguments&);
void run_denoise(const Arguments&);
void run_upscale(const Arguments&);
void run_sample(const Arguments&);
void run_encode(const Arguments&);
void run_interpolate(const Arguments&);
void run_arithmetic(const Arguments&);
void run_traverse(const Arguments&);
void run_explore(const Arguments&);
void run_plot(const Arguments&);
void run_compare(const Arguments&);
void run_compare_pca(const Arguments&);
void run_probe(const Arguments&);
void run_detect(const Arguments&);
void run_disentangle(const Arguments&);
void run_features(const Arguments&);
void run_doctor(const Arguments&);
void run_prior(const Arguments&);
void run_compress(const Arguments&);
void run_decompress(const Arguments&);
void run_export(const Arguments&);
void run_report(const Arguments&);
void run_runs(const Arguments&);
void run_show(const Arguments&);
void run_config(const Arguments&);
void run_data(const Arguments&);
void run_bench(const Arguments&);
void run_list(const Arguments&);
void run_completion(const Arguments&);

namespace {

// Commands that train, and that make pictures with a model.
std::vector<CommandRow> making() {
  return {
      {"train", "train an autoencoder from a config", declare_train, run_train,
       SeedFlag::kOverrides, true, kTrainingMemory},
      {"sweep", "train every combination of some values, and measure each", declare_sweep,
       run_sweep, SeedFlag::kNone, true, kTrainingMemory},
      {"evaluate", "measure a run on a whole split", declare_evaluate, run_evaluate,
       SeedFlag::kDraws},
      {"reconstruct", "draw images and their reconstructions side by side", declare_reconstruct,
       run_reconstruct, SeedFlag::kDraws},
      {"denoise", "remove noise from images, drawn beside the clean ones", declare_denoise,
       run_denoise, SeedFlag::kDraws},
      {"upscale", "enlarge small images, drawn beside bicubic ones and the originals",
       declare_upscale, run_upscale},
      {"sample", "generate new images from random latents", declare_sample, run_sample,
       SeedFlag::kDraws},
      {"encode", "write latents of images as a table", declare_encode, run_encode},
      {"interpolate", "morph one image into another, as a strip and an animation",
       declare_interpolate, run_interpolate, SeedFlag::kDraws},
      {"arithmetic", "move images along an attribute, or add and subtract them: A - B + C",
       declare_arithmetic, run_arithmetic},
      {"traverse", "show what each latent changes, the most used first", declare_traverse,
       run_traverse, SeedFlag::kDraws},
      {"explore", "show the latent space in the browser, live: map, sliders, morphs",
       declare_explore, run_explore},
      {"plot", "draw the latent space, its histograms or loss curves", declare_plot, run_plot,
       SeedFlag::kDraws},
  };
}

// Commands that measure, explain, and take runs elsewhere.
std::vector<CommandRow> knowing() {
  return {
      {"compare", "compare runs on the same images: configs, figures, whether they differ",
       declare_compare, run_compare, SeedFlag::kDraws},
      {"compare-pca", "compare a run's reconstructions and subspace with PCA", declare_compare_pca,
       run_compare_pca, SeedFlag::kDraws},
      {"probe", "predict labels from latents, PCA and pixels, and compare", declare_probe,
       run_probe, SeedFlag::kDraws},
      {"disentangle", "score how far each latent stands for one factor of the images",
       declare_disentangle, run_disentangle, SeedFlag::kDraws},
      {"detect", "find examples unlike the training images: scores, flags, AUROC", declare_detect,
       run_detect, SeedFlag::kDraws},
      {"features", "train a network whose features samples are compared by (evaluate --measure)",
       declare_features, run_features, SeedFlag::kDraws, true, kFeaturesMemory},
      {"prior", "train a prior that samples the codes of a run with a codebook", declare_prior,
       run_prior, SeedFlag::kNone, true, kFeaturesMemory},
      {"compress", "write images as the codes of a run's model, in as few bytes as possible",
       declare_compress, run_compress},
      {"decompress", "read such files back as pictures", declare_decompress, run_decompress},
      {"export", "write a run's model for other programs: ONNX files, the Python package",
       declare_export, run_export, SeedFlag::kDraws},
      {"doctor", "diagnose a run: its files, its losses, its model", declare_doctor, run_doctor},
      {"report", "write all about a run, or a sweep, into one HTML file", declare_report,
       run_report},
      {"runs", "list the runs in a folder: data, model, epochs, best loss, state", declare_runs,
       run_runs, SeedFlag::kNone, false},
      {"show", "show a run on one screen: config, figures, files, what to do next", declare_show,
       run_show, SeedFlag::kNone, false},
      {"config", "print every key of a config: value, meaning, range, default", declare_config,
       run_config, SeedFlag::kNone, false},
      {"data", "inspect images before training (check) or prepare them once (pack)", declare_data,
       run_data, SeedFlag::kNone, false},
      {"bench", "measure the training speed of a config on this machine", declare_bench, run_bench,
       SeedFlag::kNone, true, kTrainingMemory},
      {"list", "list everything that a config can name: data sets, networks, ...", declare_list,
       run_list, SeedFlag::kNone, false},
      {"completion", "print a script that completes commands, flags and keys in a shell",
       declare_completion, run_completion, SeedFlag::kNone, false},
  };
}

}  // namespace

const Registry<CommandRow>& commands() {
  static Registry<CommandRow> registry("command", [] {
    std::vector<CommandRow> all = making();
    for (auto& row : knowing())
      all.push_back(std::move(row));
    return all;
  }());
  return registry;
}

cxxopts::Options declare_command(const CommandRow& row) {
  cxxopts::Options options("latent " + row.name, row.summary);
  row.declare(options);
  const auto integer = [] { return cxxopts::value<int64_t>(); };
  if (row.device) {
    options.add_options("machine")("device", "device to compute on: auto, cpu, cuda or cuda:N",
                                   cxxopts::value<std::string>()->default_value("auto"), "NAME");
  }
  if (row.seed == SeedFlag::kOverrides) {
    options.add_options("machine")("seed", "override train.seed of the config", integer(), "N");
  } else if (row.seed == SeedFlag::kDraws) {
    options.add_options("machine")("seed", "seed of the random numbers, from 0 on",
                                   integer()->default_value("0"), "N");
  }
  options.add_options("machine")("threads", "number of CPU threads; 0: one for each physical core",
                                 integer()->default_value("0"), "N");
  options.add_options("output")("json",
                                "print one JSON object to stdout; everything else goes to stderr")(
      "q,quiet", "print warnings and results only")(
      "v,verbose",
      "print also the time of each message, which stored results are used, and each resized file")(
      "h,help", "print this help");
  return options;
}

}  // namespace latent
