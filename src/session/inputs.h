// Images that a command works on: from the run's data set, or the user's files and folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "image/picture.h"
#include "session/opened_run.h"

namespace latent {

/// Reads the user's images, of the model's output shape: files, and every image below a folder, in
/// the order of their names.
ExampleBatch read_files(const std::vector<std::string>& names, const OpenedRun& run);

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
  ExampleBatch small;  // of the model's input shape
  Tensor truth = {};   // [N, C, H, W], or undefined if the files are small
};

/// Reads the user's images for such a model: images of its input size are used as they are, larger
/// ones are reduced as those of the data set. Throws Error for small and large ones together, and
/// for one that is too small to be reduced.
SmallInputs read_small_files(const std::vector<std::string>& names, const OpenedRun& run);

/// Returns the examples at `indices`, which must be within the split, with their names.
ExampleBatch select_inputs(const Examples& examples, const std::vector<int64_t>& indices);

}  // namespace latent
