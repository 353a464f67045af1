// Images that a command works on: from the run's data set, or files and folders of the user's.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/picture.h"
#include "session/opened_run.h"

namespace latent {

struct Inputs {
  Tensor images;                      // [N, C, H, W] float in [0, 1], of the model's output shape
  std::vector<std::string> names;     // N
  std::vector<Attribute> attributes;  // each of N values; none of files
  std::vector<int64_t> indices = {};  // N: in the split, as --indices counts; none of files
  bool resized = false;               // whether any file had another size
};

/// Images of the user's: files, and every image below a folder, in the order of their names.
Inputs read_files(const std::vector<std::string>& names, const OpenedRun& run);

/// The files among `names`, and every image below the folders among them, in the order of their
/// names. Throws Error for a folder without images.
std::vector<std::filesystem::path> image_files(const std::vector<std::string>& names);

/// [1, H, W, C] uint8, at its own size.
Tensor to_pixels(const Picture& picture);
/// Pictures of one size, [1, H, W, C] uint8 each, as the model takes them: [N, C, H, W] in [0, 1].
Tensor as_images(const std::vector<Tensor>& pixels);
/// `to_pixels` at the size of the run's images: as it is, prepared as the run's data set is, or
/// resized, which is said, naming the picture.
Tensor fit_to_model(const Picture& picture, const OpenedRun& run, const std::string& name);

/// What a model that enlarges images is given.
struct SmallInputs {
  std::vector<std::string> names;  // N
  Tensor small;                    // [N, C, h, w], of the model's input shape
  Tensor truth = {};               // [N, C, H, W], or undefined if the files are small
};

/// Images of the user's for such a model: as they are if they have the size of its input, else made
/// smaller as the data set's images are. Throws Error for small and large ones together, and for
/// one too small to be the truth.
SmallInputs read_small_files(const std::vector<std::string>& names, const OpenedRun& run);

/// The examples at `indices`, which must be within the split.
Inputs select_inputs(const Examples& examples, const std::vector<int64_t>& indices);

}  // namespace latent
