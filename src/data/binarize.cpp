#include "data/binarize.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <array>

#include "core/random.h"
#include "data/dataset_over.h"

namespace latent {
namespace {

constexpr int64_t kDrawnTogether = 512;  // images that share a generator

// Draws in place. pixels: [N, H, W, C] bytes.
void draw_once(Tensor pixels, Split split, uint64_t seed) {
  const uint64_t begin = static_cast<uint64_t>(split) << 40;
  for (int64_t first = 0; first < pixels.size(0); first += kDrawnTogether) {
    Tensor part = pixels.narrow(0, first, std::min(kDrawnTogether, pixels.size(0) - first));
    const auto index = begin + static_cast<uint64_t>(first / kDrawnTogether);
    const Tensor chance =
        at::rand(part.sizes(), generator(seed, Stream::kBinarization, index), at::kFloat);
    part.copy_(at::where(chance * 255 < part, 255, 0));
  }
}

class BinarizedDataset : public DatasetOver {
 public:
  BinarizedDataset(std::unique_ptr<Dataset> grey, const Binarization& how)
      : DatasetOver(std::move(grey)), how_(how) {}

  Examples load(Split split) const override {
    Examples examples = all_->load(split);
    if (split == Split::kTrain && how_.kind == Binarization::Kind::kDynamic) return examples;
    examples.pixels = examples.pixels.clone();  // a pack's lie in its file
    draw_once(examples.pixels, split, static_cast<uint64_t>(how_.seed));
    return examples;
  }

  std::string change() const override {
    return fmt::format("data.binarize: {} in black and white, drawn with seed {}",
                       how_.kind == Binarization::Kind::kFixed
                           ? "all images are"
                           : "training images are drawn again in every epoch; the other splits are",
                       how_.seed);
  }

 private:
  Binarization how_;
};

}  // namespace

void Binarization::read(Section& data) {
  const auto [name, section] = data.component(
      "binarize", "none", {"none", "fixed", "dynamic"},
      "whether pixels are drawn black or white, with their grey value as the probability of white: "
      "once (fixed), or training images again in every epoch (dynamic)");
  kind = name == "fixed" ? Kind::kFixed : name == "dynamic" ? Kind::kDynamic : Kind::kNone;
  if (kind == Kind::kNone) return;
  Section options = section;
  options.read("seed", seed, between(0, 9e15), "seed of what is drawn once");
}

std::unique_ptr<Dataset> binarized(std::unique_ptr<Dataset> grey, const Binarization& how) {
  if (how.kind == Binarization::Kind::kNone) return grey;
  return std::make_unique<BinarizedDataset>(std::move(grey), how);
}

}  // namespace latent
