// Files of arrays that belong together by their names: x_train.npy and y_train.npy.
#pragma once

#include <filesystem>

#include "sets/array_names.h"

namespace latent {

/// Returns the files beside `images`, a file of training images, that hold its labels, and the test
/// and validation images with theirs: "train_labels.npy", "test_images.npy" and "test_labels.npy"
/// for "train_images.npy", "kmnist-train-labels.npz" for "kmnist-train-imgs.npz". `images` of the
/// result is "". Labels of NPY files count only if there is one for each image.
ArrayNames twins_beside(const std::filesystem::path& images);

/// Returns the NPY file of training images in a folder (x_train.npy, train_images.npy, ...), or "".
std::filesystem::path training_file_in(const std::filesystem::path& folder);

}  // namespace latent
