// Images that a command works on: from the run's data set, or the user's files and folders.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "image/picture.h"
#include "session/opened_run.h"
#include "session/size_changes.h"

namespace latent {

/// The images of one of the user's files: one of a picture, several of an array or a table.
struct FileImages {
  std::string file;                // for messages
  Tensor pixels;                   // [N, H, W, C] uint8, of the file's size
  std::vector<std::string> names;  // N: "good/000.png", "new.npy:3"
};

/// How the user's files are read.
struct FileReading {
  bool skips_broken = false;  // else the first one that cannot be read ends the command
};

/// Reads the user's images one file after the other: pictures, every picture below a folder, and
/// arrays as DatasetPlan::read_array does.
///
/// channels: 1 or 3.  Files that cannot be read are listed at the end of the command
/// (log::fail_at_end) if they are skipped. Throws Error naming the first one otherwise, and if none
/// can be read.
void each_file(const std::vector<std::string>& names, const OpenedRun& run, int64_t channels,
               FileReading reading, const std::function<void(const FileImages&)>& visit);

/// Returns the images at the size of the run's, [N, H, W, C] uint8. Those of another size are
/// prepared as the images of the run's data set, or else resized; `changes` counts them.
Tensor fit_to_model(const FileImages& images, const OpenedRun& run, SizeChanges& changes);

/// Reads the user's images, of the model's output shape, in the order of each_file; for a table,
/// the rows of CSV files.
ExampleBatch read_files(const std::vector<std::string>& names, const OpenedRun& run,
                        FileReading reading);

/// Returns pixels of pictures of one size, [n, H, W, C] uint8 each, as images for the model:
/// [N, C, H, W] in [0, 1].
Tensor as_images(const std::vector<Tensor>& pixels);

/// Inputs of a model that enlarges images.
struct SmallInputs {
  ExampleBatch small;  // of the model's input shape
  Tensor truth = {};   // [N, C, H, W], or undefined if the files are small
};

/// Reads the user's images for such a model: images of its input size are used as they are, larger
/// ones are reduced as those of the data set. Throws Error for small and large ones together, and
/// for one that is too small to be reduced.
SmallInputs read_small_files(const std::vector<std::string>& names, const OpenedRun& run,
                             FileReading reading);

/// Returns the examples at `indices`, which must be within the split, with their names.
ExampleBatch select_inputs(const Examples& examples, const std::vector<int64_t>& indices);

}  // namespace latent
