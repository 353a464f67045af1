// The Inception network of the published Frechet distances, from a file that the user has.
#pragma once

#include <c10/core/Device.h>

#include <filesystem>
#include <memory>
#include <string>

#include "measure/measure.h"

namespace latent {

/// How images are brought to the network's 299x299.
enum class InceptionResize {
  kLegacy,  // by the network itself: bilinear without antialiasing, as in the first programs
  kClean,   // bicubic with antialiasing and values kept between 0 and 255, as of PIL; then only the
            // network's submodule `layers`, on (x - 128) / 128. Source: Parmar et al. 2022,
            // arXiv:2104.11222
};

/// Loads a TorchScript module like inception-2015-12-05.pt of StyleGAN2-ADA: called with images
/// [B, 3, H, W] float from 0 to 255 and return_features = true, it returns [B, D].
///
/// TorchScript is a program: run none that you would not run otherwise. Logs the file's SHA-256.
/// Images are rounded to 8 bits first, grey ones repeated to three channels.
/// Throws Error beginning with `where` if the file is missing, is no TorchScript, or cannot be
/// called so.
std::shared_ptr<ImageFeatures> load_inception(const std::filesystem::path& path,
                                              const std::string& where, InceptionResize resize,
                                              const c10::Device& device);

}  // namespace latent
