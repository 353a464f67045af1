#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "analysis/comparison.h"
#include "command/flags/inputs.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/output/one_file_each.h"
#include "core/error.h"
#include "core/log.h"
#include "core/random.h"
#include "session/tiled.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kDenoisedColumns = 10, kMaxDenoised = 40;

// Enlarges small images to the size of the truth, so that they can be compared with it.
Tensor at_size(const Tensor& images, const ImageShape& shape) {
  if (images.size(2) == shape.height && images.size(3) == shape.width) return images;
  return at::upsample_bicubic2d(images, {shape.height, shape.width}, false).clamp(0, 1);
}

Tensor clean(const OpenedRun& run, const ExampleBatch& noisy) {
  const Latent latent = run.encode(noisy);
  return run.pictures(latent.code, latent.condition);
}

visual::Look denoise_look(const Arguments& arguments, const OpenedRun& run,
                          std::vector<std::string> names) {
  visual::Look look = visual::with_columns(read_look_for(arguments, run.experiment.data.is_table()),
                                           kDenoisedColumns);
  look.captions = asked_captions(arguments, names);
  return look;
}

// Adds noise to images of the data set, removes it, and compares the result with the truth.
void denoise_split(const Arguments& arguments, const OpenedRun& run) {
  const ExampleBatch inputs = read_inputs(arguments, run);
  const Tensor noisy =
      run.corruption.corrupt(inputs.images.to(run.device), arguments.seed(), Stream::kSample, 0)
          .cpu();
  const Tensor denoised = clean(run, {.images = noisy, .attributes = inputs.attributes});
  Comparison result =
      compare({{"noisy", at_size(noisy, run.model->output_shape())}, {"denoised", denoised}},
              inputs.images, inputs.names, run.experiment.data.is_table());
  const fs::path path =
      arguments.picture(run.directory.image("denoise", inputs_stem(arguments) + ".png"),
                        run.experiment.data.is_table());
  const int64_t shown = std::min(kMaxDenoised, noisy.size(0));
  const auto first = [&](const Tensor& images) { return images.narrow(0, 0, shown); };
  run.experiment.gallery->write_versions(
      path,
      {{"noisy", first(noisy)}, {"denoised", first(denoised)}, {"clean", first(inputs.images)}},
      denoise_look(arguments, run, inputs.names));
  result.json["written"] = {path.string()};
  print_result(arguments, result.json, result.text + path.string() + "\n");
}

// Cleans files at their own size, tile by tile. Returns the paths written.
std::vector<std::string> clean_by_tiles(const Arguments& arguments, const OpenedRun& run,
                                        SeparateFiles& singles) {
  const ImageShape& shape = run.model->output_shape();
  const auto visit = [&](const FileImages& file) {
    for (size_t i = 0; i < file.names.size(); ++i) {
      const Tensor noisy = as_images({file.pixels.narrow(0, static_cast<int64_t>(i), 1)});
      const Tensor cleaned = by_tiles(noisy, shape.height, shape.width, [&](const Tensor& tiles) {
        return clean(run, {.images = tiles});
      });
      singles.write(file.names[i], cleaned[0]);
    }
  };
  each_file(arguments.texts("files"), run, shape.channels, file_reading(arguments, run), visit);
  return singles.written();
}

// Cleans files at the model's size. Returns the paths written.
std::vector<std::string> clean_whole(const Arguments& arguments, const OpenedRun& run,
                                     bool enlarges, SeparateFiles& singles) {
  const auto files = arguments.texts("files");
  const FileReading reading = file_reading(arguments, run);
  SmallInputs inputs;
  if (enlarges) {
    inputs = read_small_files(files, run, reading);
  } else {
    const ExampleBatch whole = read_files(files, run, reading);
    inputs.small = whole;
    if (whole.resized) log::info("--tiles cleans files at their own size, whatever it is");
  }
  const Tensor denoised = clean(run, inputs.small);
  for (size_t i = 0; i < inputs.small.names.size(); ++i)
    singles.write(inputs.small.names[i], denoised[static_cast<int64_t>(i)]);
  const auto path = singles.folder() / "files.png";
  run.experiment.gallery->write_versions(path,
                                         {{"noisy", inputs.small.images}, {"denoised", denoised}},
                                         denoise_look(arguments, run, inputs.small.names));
  auto written = singles.written();
  written.push_back(path.string());
  return written;
}

// Cleans files as they are: adds no noise, and has no truth to compare with.
void denoise_files(const Arguments& arguments, const OpenedRun& run) {
  if (run.experiment.data.is_table()) {
    throw Error(
        "latent denoise: rows of a table are taken from the run's data set; expected --count or "
        "--indices, and no files");
  }
  const bool by_parts = arguments.flag("tiles");
  const bool enlarges = run.model->input_shape() != run.model->output_shape();
  if (by_parts && enlarges) {
    throw Error(
        "--tiles: this run's model also enlarges its images; expected no --tiles, and files of "
        "its size, " +
        run.model->input_shape().text());
  }
  SeparateFiles singles(*run.experiment.gallery, arguments, run, "denoise", "denoised");
  std::vector<std::string> written;
  if (by_parts) {
    written = clean_by_tiles(arguments, run, singles);
  } else {
    written = clean_whole(arguments, run, enlarges, singles);
  }
  print_result(arguments, {{"written", written}}, join(written, "\n") + "\n");
}

}  // namespace

void declare_denoise(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "10");
  declare_out(options,
              "path of the picture, or with FILES of the folder (default: images/denoise/ of the "
              "run)");
  declare_look(options, Draws::kBoth);
  options.add_options()("tiles",
                        "clean FILES at their own size, in overlapping tiles of the model's size");
}

void run_denoise(const Arguments& arguments) {
  const bool files = arguments.has("files");
  if (arguments.flag("tiles") && !files)
    throw UsageError("--tiles requires FILES; the data set's images have the model's size");
  const OpenedRun run = open_run(arguments);
  if (!run.corruption.noisy()) {
    throw Error(run.directory.path().string() +
                ": trained without noise; expected a run whose config has one, for example "
                "\"corruption\": [{\"name\": \"gaussian\", \"std\": 0.5}]");
  }
  if (files) {
    denoise_files(arguments, run);
  } else {
    denoise_split(arguments, run);
  }
}

}  // namespace latent
