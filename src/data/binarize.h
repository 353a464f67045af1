// Black and white images: each pixel drawn with its grey value as the probability of white.
#pragma once

#include <memory>

#include "config/section.h"
#include "data/dataset.h"

namespace latent {

/// The key `data.binarize`.
struct Binarization {
  enum class Kind {
    kNone,
    kFixed,    // every split is drawn once
    kDynamic,  // training images are drawn again in every epoch, the other splits once
  };
  Kind kind = Kind::kNone;
  int64_t seed = 0;  // of what is drawn once

  /// Reads `binarize` of section `data`.
  void read(Section& data);
};

/// Returns `grey` with the splits that are drawn once in black and white; of a dynamic binarization
/// the training split stays grey. A draw depends on the seed, the split and the image's place in
/// it. Source: Salakhutdinov and Murray 2008; Burda et al. 2016, arXiv:1509.00519 (dynamic).
std::unique_ptr<Dataset> binarized(std::unique_ptr<Dataset> grey, const Binarization& how);

}  // namespace latent
