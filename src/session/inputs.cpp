#include "session/inputs.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/log.h"
#include "data/folder/image_files.h"
#include "image/codecs.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxFiles = 100'000;

std::vector<fs::path> images_below(const fs::path& folder) {
  std::vector<fs::path> paths;
  const FolderListing listing = list_images(folder);
  if (!listing.left_out.empty())
    log::info("{}: {}", folder.string(), left_out_text(listing.left_out));
  for (const auto& file : listing.images)
    paths.push_back(folder / file.name);
  if (paths.size() > kMaxFiles)
    throw Error(folder.string() + ": more than 100000 images; name fewer");
  return paths;
}

// Reads every row of the files, named "points.csv:3" by its index, from 0.
ExampleBatch read_tables(const std::vector<std::string>& names, const OpenedRun& run) {
  ExampleBatch inputs;
  std::vector<Tensor> rows;
  for (const auto& name : names) {
    const Examples examples = run.experiment.data.read_rows(name);
    rows.push_back(examples.images(0, examples.count()));
    for (int64_t i = 0; i < examples.count(); ++i)
      inputs.names.push_back(fmt::format("{}:{}", fs::path(name).filename().string(), i));
  }
  inputs.images = at::cat(rows);
  return inputs;
}

}  // namespace

Tensor to_pixels(const Picture& picture) {
  return at::from_blob(const_cast<uint8_t*>(picture.pixels.data()),
                       {1, picture.height, picture.width, picture.channels}, at::kByte)
      .clone();
}

Tensor as_images(const std::vector<Tensor>& pixels) { return to_images(at::cat(pixels)); }

Tensor fit_to_model(const Picture& picture, const OpenedRun& run, const std::string& name) {
  const ImageShape& shape = run.model->output_shape();
  const auto fits = [&](const Tensor& x) {
    return x.size(1) == shape.height && x.size(2) == shape.width;
  };
  const Tensor pixels = to_pixels(picture);
  if (fits(pixels)) return pixels;
  try {
    const Tensor prepared = run.experiment.data.fit(pixels);
    if (fits(prepared)) {
      log::info("{}: {}x{} prepared to the model's {}x{} like the images of the run", name,
                picture.width, picture.height, shape.width, shape.height);
      return prepared;
    }
  } catch (const Error&) {
    // Larger than the images of the data set: resized below.
  }
  const bool squeezed = picture.width * shape.height != picture.height * shape.width;
  log::info("{}: resized from {}x{} to the model's {}x{}{}", name, picture.width, picture.height,
            shape.width, shape.height, squeezed ? ", which changes its proportions" : "");
  return to_pixels(resize(picture, shape.width, shape.height, Filter::kArea));
}

std::vector<fs::path> image_files(const std::vector<std::string>& names) {
  std::vector<fs::path> files;
  for (const auto& name : names) {
    if (std::error_code ignored; fs::is_directory(name, ignored)) {
      const auto found = images_below(name);
      files.insert(files.end(), found.begin(), found.end());
    } else {
      files.emplace_back(name);
    }
  }
  return files;
}

ExampleBatch read_files(const std::vector<std::string>& names, const OpenedRun& run) {
  if (run.experiment.data.is_table()) return read_tables(names, run);
  const ImageShape& shape = run.model->output_shape();
  ExampleBatch inputs;
  std::vector<Tensor> pixels;
  for (const auto& file : image_files(names)) {
    const Picture picture = read_image(file, shape.channels, run.experiment.data.reading);
    inputs.resized |= picture.width != shape.width || picture.height != shape.height;
    pixels.push_back(fit_to_model(picture, run, file.string()));
    inputs.names.push_back(file.filename().string());
  }
  inputs.images = as_images(pixels);
  return inputs;
}

SmallInputs read_small_files(const std::vector<std::string>& names, const OpenedRun& run) {
  const ImageShape &input = run.model->input_shape(), &output = run.model->output_shape();
  SmallInputs inputs;
  std::vector<Tensor> small, large;
  for (const auto& file : image_files(names)) {
    const Picture picture = read_image(file, input.channels, run.experiment.data.reading);
    if (picture.height == input.height && picture.width == input.width) {
      small.push_back(to_pixels(picture));
    } else if (picture.height < output.height || picture.width < output.width) {
      throw Error(fmt::format("{}: {}x{} pixels; expected {}x{} to enlarge, or at least {}x{}",
                              file.string(), picture.width, picture.height, input.width,
                              input.height, output.width, output.height));
    } else {
      large.push_back(fit_to_model(picture, run, file.string()));
    }
    inputs.small.names.push_back(file.filename().string());
  }
  if (!small.empty() && !large.empty()) {
    throw Error(
        fmt::format("{} of the files are {}x{} and {} are larger; expected only small files, to "
                    "enlarge, or only larger ones, to test with",
                    small.size(), input.width, input.height, large.size()));
  }
  if (!large.empty()) inputs.truth = as_images(large);
  inputs.small.images =
      large.empty() ? as_images(small) : run.corruption.encoder_input(inputs.truth);
  return inputs;
}

ExampleBatch select_inputs(const Examples& examples, const std::vector<int64_t>& indices) {
  const Examples chosen = examples.select(at::tensor(indices, at::kLong));
  return {.images = chosen.images(0, chosen.count()),
          .attributes = chosen.attributes,
          .names = chosen.names,
          .indices = indices};
}

}  // namespace latent
