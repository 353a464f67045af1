// Images that a command works on: from the run's data set, or the user's files and folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/picture.h"
#include "session/opened_run.h"

namespace latent {

/// Images in memory, with what is known about them.
struct Inputs {
  Tensor images;                      // [N, C, H, W] float in [0, 1], of the model's output shape
  std::vector<std::string> names;     // N
  std::vector<Attribute> attributes;  // each with N values; none for files
  std::vector<int64_t> indices = {};  // N: within the split; none for files
  bool resized = false;               // whether any file had another size
};

/// Reads the user's images: files, and every image below a folder, in the order of their names.
Inputs read_files(const std::vector<std::string>& names, const OpenedRun& run);

/// Returns the files among `names`, and every image below the folders among them, in the order of
/// their names. Throws Error for a folder without images.
std::vector<std::filesystem::path> image_files(const std::vector<std::string>& names);

/// Returns the pixels of a picture, [1, H, W, C] uint8.
Tensor to_pixels(const Picture& picture);
/// Returns pixels of pictures of one size, [1, H, W, C] uint8 each, as images for the model:
/// [N, C, H, W] in [0, 1].
Tensor as_images(const std::vector<Tensor>& pixels);
/// Returns the pixels of a picture at the size of the run's images. A picture of another size is
/// prepared as the images of the run's data set, or else resized, with a message naming the
/// picture.
Tensor fit_to_model(const Picture& picture, const OpenedRun& run, const std::string& name);

/// Inputs of a model that enlarges images.
struct SmallInputs {
  std::vector<std::string> names;  // N
  Tensor small;                    // [N, C, h, w], of the model's input shape
  Tensor truth = {};               // [N, C, H, W], or undefined if the files are small
};

/// Reads the user's images for such a model: images of its input size are used as they are, larger
/// ones are reduced as those of the data set. Throws Error for small and large ones together, and
/// for one that is too small to be reduced.
SmallInputs read_small_files(const std::vector<std::string>& names, const OpenedRun& run);

/// Returns the examples at `indices`, which must be within the split.
Inputs select_inputs(const Examples& examples, const std::vector<int64_t>& indices);

}  // namespace latent
