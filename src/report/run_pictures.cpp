#include "report/run_pictures.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "analysis/latent_source.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

constexpr int64_t kExtremes = 8;  // worst and best reconstructions

// The run as the commands of the pictures need it.
struct PicturedRun {
  const OpenedRun& run;
  std::string path, noun;
  bool images;
};

// The places of the examples with the largest errors, or with the smallest, as --indices.
std::string extremes(const Tensor& errors, bool worst) {
  const Tensor order = errors.argsort(/*dim=*/0, /*descending=*/worst);
  std::vector<std::string> words;
  for (int64_t i = 0; i < std::min(kExtremes, order.numel()); ++i)
    words.push_back(std::to_string(order[i].item<int64_t>()));
  return join(words, ",");
}

PicturePart reconstructions(const PicturedRun& of) {
  return {"Reconstructions",
          "The first test " + of.noun + "s and what the model makes of them.",
          {"reconstruct", "--run", of.path, "--count", "20"},
          "reconstructions.png"};
}

std::vector<PicturePart> extreme_reconstructions(const PicturedRun& of, const Tensor& errors) {
  std::vector<PicturePart> parts;
  for (const bool worst : {true, false}) {
    parts.push_back({worst ? "Worst reconstructions" : "Best reconstructions",
                     fmt::format("The test {}s with the {} squared error.", of.noun,
                                 worst ? "largest" : "smallest"),
                     {"reconstruct", "--run", of.path, "--indices", extremes(errors, worst)},
                     worst ? "worst.png" : "best.png"});
  }
  return parts;
}

// What a sampler's pictures show.
std::string meaning_of(const SamplerRow& sampler, const PicturedRun& of) {
  const auto& bottleneck = of.run.model->bottleneck();
  if (sampler.name == "prior" && bottleneck.has_posterior())
    return "Decoded from random latents of N(0, 1): " + of.noun + "s that do not exist.";
  if (sampler.name == "prior" && bottleneck.codebook() == nullptr)
    return "Decoded from random points of the box around the training latents.";
  if (sampler.name == "posterior")
    return "Random training " + of.noun + "s, encoded with noise and decoded.";
  if (sampler.name == "manifold")
    return "Decoded points of a grid over the two latents, at equal steps of the prior's "
           "probability.";
  return "Decoded from " + sampler.summary + ".";
}

std::vector<PicturePart> samples(const PicturedRun& of) {
  std::vector<PicturePart> parts;
  for (const auto& sampler : samplers().rows()) {
    if (!suits(sampler, of.run) || (sampler.name == "manifold" && !of.images)) continue;
    std::vector<std::string> words{"sample", "--run", of.path, "--sampler", sampler.name};
    if (sampler.name != "manifold") words.insert(words.end(), {"--count", "32", "--columns", "8"});
    parts.push_back({"Samples: " + sampler.name, meaning_of(sampler, of), words,
                     "samples-" + sampler.name + ".png"});
  }
  return parts;
}

PicturePart latent_space(const PicturedRun& of) {
  std::string meaning = "The test ";
  meaning += of.noun + (of.run.model->latent_dim() == 2
                            ? "s by their two latents."
                            : "s by the two latents that carry most information.");
  meaning += " Where colours overlap, the model confuses them.";
  return {"Latent space", meaning, {"plot", "latents", "--run", of.path}, "latents.png"};
}

PicturePart losses(const PicturedRun& of) {
  return {"Loss",
          "By epoch: training dashed, measured while the model learns, and validation solid. Both "
          "should fall and end flat; a rising validation loss is overfitting.",
          {"plot", "losses", "--run", of.path},
          "losses.png"};
}

}  // namespace

RunPictures run_pictures(const OpenedRun& run, const Tensor& errors) {
  const PicturedRun of{run, run.directory.path().string(), run.experiment.data.example_noun(),
                       !run.experiment.data.is_table()};
  auto drawn = samples(of);
  RunPictures pictures{.first = {reconstructions(of)}, .others = {losses(of)}};
  if (!drawn.empty()) {
    pictures.first.push_back(drawn.front());
    drawn.erase(drawn.begin());
  }
  pictures.first.push_back(latent_space(of));
  auto& others = pictures.others;
  if (errors.defined()) {
    for (auto& part : extreme_reconstructions(of, errors))
      others.push_back(std::move(part));
  }
  others.insert(others.end(), drawn.begin(), drawn.end());
  if (of.images && run.model->bottleneck().codebook() == nullptr) {
    others.push_back(
        {"Traversals",
         "Each row changes one latent, the most used first, over the values that training "
         "images have there; the others stay at the mean.",
         {"traverse", "--run", of.path},
         "traversals.png"});
  }
  others.push_back({"Latents one by one",
                    "The distribution of each latent over the test " + of.noun + "s.",
                    {"plot", "histograms", "--run", of.path},
                    "histograms.png"});
  return pictures;
}

}  // namespace latent
