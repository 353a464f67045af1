#include "session/inputs.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "image/codecs.h"
#include "session/input_names.h"
#include "session/size_changes.h"
#include "sets/array_file.h"

namespace latent {
namespace {

// What could not be read of the user's files.
class BrokenInputs {
 public:
  explicit BrokenInputs(FileReading reading) : reading_(reading) {}

  // others: whether anything is left without it.
  void add(const std::string& reason, bool others) {
    if (!reading_.skips_broken)
      throw Error(reason + (others ? "; --on-error skip leaves such files out" : ""));
    reasons_.push_back(reason);
  }

  // Call it once all are read. usable: the number of images that are left.
  void report(int64_t usable, const std::string& noun) const {
    if (reasons_.empty()) return;
    if (usable == 0) throw Error(reasons_.front() + " (nor can any other of the files be read)");
    for (const auto& reason : reasons_)
      log::fail_at_end(reason);
    log::fail_at_end(fmt::format("{} could not be read and {} left out; {} processed",
                                 counted(static_cast<int64_t>(reasons_.size()), "file"),
                                 reasons_.size() == 1 ? "was" : "were", counted(usable, noun)));
  }

 private:
  FileReading reading_;
  std::vector<std::string> reasons_;
};

// pixels: [N, H, W, C].  Returns them with 1 or 3 channels, grey as the luma that files get.
Tensor with_channels(const Tensor& pixels, int64_t channels) {
  if (pixels.size(3) == channels) return pixels;
  if (channels == 3) return pixels.expand({-1, -1, -1, 3}).contiguous();
  const Tensor luma = at::tensor({0.299F, 0.587F, 0.114F});
  return pixels.to(at::kFloat).mul(luma).sum(3, true).round_().clamp_(0, 255).to(at::kByte);
}

Tensor pixels_of(const Picture& picture) {
  return at::from_blob(const_cast<uint8_t*>(picture.pixels.data()),
                       {1, picture.height, picture.width, picture.channels}, at::kByte)
      .clone();
}

FileImages read_picture(const InputFile& file, const OpenedRun& run, int64_t channels) {
  const Picture picture = read_image(file.path, channels, run.experiment.data.reading);
  return {file.path.string(), pixels_of(picture), {file.name}};
}

// broken: receives what is wrong with images that cannot be used.
FileImages read_array(const InputFile& file, const OpenedRun& run, int64_t channels,
                      std::vector<std::string>& broken) {
  const ArrayFile found = run.experiment.data.read_array(file.path.string());
  broken = found.broken;
  FileImages images{file.path.string(), with_channels(found.pixels, channels), {}};
  for (const int64_t row : found.rows)
    images.names.push_back(fmt::format("{}:{}", file.name, row));
  return images;
}

// Reads every row of the files, named "points.csv:3" by its index, from 0.
ExampleBatch read_tables(const std::vector<std::string>& names, const OpenedRun& run,
                         FileReading reading) {
  ExampleBatch inputs;
  std::vector<Tensor> rows;
  const auto files = named_files(names);
  BrokenInputs broken(reading);
  for (const auto& file : files) {
    Examples examples;
    try {
      examples = run.experiment.data.read_rows(file.path, run.row_format);
    } catch (const Error& failure) {
      broken.add(failure.what(), files.size() > 1);
      continue;
    }
    rows.push_back(examples.images(0, examples.count()));
    for (int64_t i = 0; i < examples.count(); ++i)
      inputs.names.push_back(fmt::format("{}:{}", file.name, i));
  }
  broken.report(static_cast<int64_t>(inputs.names.size()), "row");
  inputs.images = at::cat(rows);
  return inputs;
}

// Resizes each picture: pixels [N, H, W, C].
Tensor resized(const Tensor& pixels, const ImageShape& shape) {
  std::vector<Tensor> all;
  const Tensor bytes = pixels.contiguous();
  for (int64_t i = 0; i < bytes.size(0); ++i) {
    Picture picture(bytes.size(2), bytes.size(1), bytes.size(3), 0);
    const Tensor one = bytes[i];
    const auto* first = one.const_data_ptr<uint8_t>();
    picture.pixels.assign(first, first + one.numel());
    all.push_back(pixels_of(resize(picture, shape.width, shape.height, Filter::kArea)));
  }
  return at::cat(all);
}

void append(std::vector<std::string>& names, const std::vector<std::string>& more) {
  names.insert(names.end(), more.begin(), more.end());
}

}  // namespace

Tensor fit_to_model(const FileImages& images, const OpenedRun& run, SizeChanges& changes) {
  const ImageShape& shape = run.model->output_shape();
  const auto fits = [&](const Tensor& x) {
    return x.size(1) == shape.height && x.size(2) == shape.width;
  };
  if (fits(images.pixels)) return images.pixels;
  try {
    const Tensor prepared = run.experiment.data.fit(images.pixels);
    if (fits(prepared)) {
      changes.add(images.file, images.pixels, /*prepared=*/true);
      return prepared;
    }
  } catch (const Error&) {
    // Larger than the images of the data set: resized below.
  }
  changes.add(images.file, images.pixels, /*prepared=*/false);
  return resized(images.pixels, shape);
}

void each_file(const std::vector<std::string>& names, const OpenedRun& run, int64_t channels,
               FileReading reading, const std::function<void(const FileImages&)>& visit) {
  const auto files = input_files(names);
  BrokenInputs broken(reading);
  int64_t usable = 0;
  for (const auto& file : files) {
    FileImages images;
    std::vector<std::string> reasons;
    try {
      images = is_array_file(file.path.string()) ? read_array(file, run, channels, reasons)
                                                 : read_picture(file, run, channels);
    } catch (const Error& failure) {
      reasons = {failure.what()};
    }
    for (const auto& reason : reasons)
      broken.add(reason, files.size() > 1 || !images.names.empty());
    if (images.names.empty()) continue;
    usable += images.pixels.size(0);
    visit(images);
  }
  broken.report(usable, "image");
}

Tensor as_images(const std::vector<Tensor>& pixels) { return to_images(at::cat(pixels)); }

ExampleBatch read_files(const std::vector<std::string>& names, const OpenedRun& run,
                        FileReading reading) {
  if (run.experiment.data.is_table()) return read_tables(names, run, reading);
  const ImageShape& shape = run.model->output_shape();
  ExampleBatch inputs;
  std::vector<Tensor> pixels;
  SizeChanges changes(shape);
  each_file(names, run, shape.channels, reading, [&](const FileImages& images) {
    inputs.resized |= images.pixels.size(1) != shape.height || images.pixels.size(2) != shape.width;
    pixels.push_back(fit_to_model(images, run, changes));
    append(inputs.names, images.names);
  });
  if (const std::string text = changes.text(); !text.empty()) log::info("{}", text);
  inputs.images = as_images(pixels);
  return inputs;
}

SmallInputs read_small_files(const std::vector<std::string>& names, const OpenedRun& run,
                             FileReading reading) {
  const ImageShape &input = run.model->input_shape(), &output = run.model->output_shape();
  SmallInputs inputs;
  std::vector<Tensor> small, large;
  int64_t small_files = 0, large_files = 0;
  SizeChanges changes(output);
  each_file(names, run, input.channels, reading, [&](const FileImages& images) {
    const int64_t height = images.pixels.size(1), width = images.pixels.size(2);
    if (height == input.height && width == input.width) {
      small.push_back(images.pixels);
      ++small_files;
    } else if (height < output.height || width < output.width) {
      throw Error(fmt::format("{}: {}x{} pixels; expected {}x{} to enlarge, or at least {}x{}",
                              images.file, width, height, input.width, input.height, output.width,
                              output.height));
    } else {
      large.push_back(fit_to_model(images, run, changes));
      ++large_files;
    }
    append(inputs.small.names, images.names);
  });
  if (const std::string text = changes.text(); !text.empty()) log::info("{}", text);
  if (!small.empty() && !large.empty()) {
    throw Error(
        fmt::format("{} of the files are {}x{} and {} are larger; expected only small files, to "
                    "enlarge, or only larger ones, to test with",
                    small_files, input.width, input.height, large_files));
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
