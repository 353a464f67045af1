// Image files as the images of a set.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "data/folder/image_files.h"
#include "data/pack/image_source.h"
#include "data/prepare/fit.h"

namespace latent {

/// The files of `folder`, decoded in parallel and fitted. Their key holds the folder, each file's
/// name, size and time, the fit and the channels.
///
/// Without data.size all must be as large as the first readable one.
std::unique_ptr<ImageSource> image_file_source(std::filesystem::path folder,
                                               std::vector<ImageFile> files, int64_t channels,
                                               Fit fit);

}  // namespace latent
