// Image files as a source of images.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "data/prepare/fit.h"
#include "folder/image_files.h"
#include "image/raw_image.h"
#include "pack/image_source.h"

namespace latent {

/// Returns a source that decodes the files of `folder` in parallel and fits them. Its key holds the
/// folder, each file's name, size and time, the fit, the channels and how the files are read.
///
/// Without data.size all images must have the size of the first readable one.
std::unique_ptr<ImageSource> image_file_source(std::filesystem::path folder,
                                               std::vector<ImageFile> files, int64_t channels,
                                               Fit fit, ImageReading reading = {});

}  // namespace latent
