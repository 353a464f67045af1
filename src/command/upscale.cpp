#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/comparison.h"
#include "command/flags/inputs.h"
#include "command/flags/look.h"
#include "command/flags/open_run.h"
#include "command/output/one_file_each.h"
#include "core/error.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kUpscaledColumns = 10, kMaxUpscaled = 40;

/// Small images and their enlargements.
struct Upscaled {
  Tensor input;    // [N, C, h, w]
  Tensor bicubic;  // [N, C, H, W]
  Tensor model;    // [N, C, H, W]
};

Upscaled upscale(const OpenedRun& run, const ExampleBatch& small) {
  const ImageShape& shape = run.model->output_shape();
  const Latent latent = run.encode(small);
  return {.input = small.images,
          .bicubic =
              at::upsample_bicubic2d(small.images, {shape.height, shape.width}, false).clamp(0, 1),
          .model = run.pictures(latent.code, latent.condition)};
}

visual::Look upscale_look(const Arguments& arguments, const OpenedRun& run,
                          const std::vector<std::string>& names) {
  visual::Look look = visual::with_columns(read_look_for(arguments, run.experiment.data.is_table()),
                                           kUpscaledColumns);
  look.captions = asked_captions(arguments, names);
  return look;
}

void write_rows(const OpenedRun& run, const fs::path& path, const Upscaled& images,
                const Tensor& truth, const visual::Look& look) {
  const int64_t shown = std::min(kMaxUpscaled, images.input.size(0));
  const auto first = [&](const Tensor& all) { return all.narrow(0, 0, shown); };
  std::vector<visual::Version> rows{{"input", first(images.input)},
                                    {"bicubic", first(images.bicubic)},
                                    {"model", first(images.model)}};
  if (truth.defined()) rows.push_back({"truth", first(truth)});
  run.experiment.gallery->write_versions(path, rows, look);
}

void print_compared(const Arguments& arguments, const SmallInputs& files, const Upscaled& images,
                    const std::vector<std::string>& written) {
  Comparison result;
  if (files.truth.defined()) {
    result = compare({{"bicubic", images.bicubic}, {"model", images.model}}, files.truth,
                     files.small.names, false);
  }
  result.json["written"] = written;
  print_result(arguments, result.json, result.text + join(written, "\n") + "\n");
}

void upscale_files(const Arguments& arguments, const OpenedRun& run) {
  const SmallInputs files =
      read_small_files(arguments.texts("files"), run, file_reading(arguments, run));
  const Upscaled images = upscale(run, files.small);
  SeparateFiles singles(*run.experiment.gallery, arguments, run, "upscale", "upscaled");
  for (size_t i = 0; i < files.small.names.size(); ++i)
    singles.write(files.small.names[i], images.model[static_cast<int64_t>(i)]);
  auto written = singles.written();
  written.push_back((singles.folder() / "files.png").string());
  write_rows(run, written.back(), images, files.truth,
             upscale_look(arguments, run, files.small.names));
  print_compared(arguments, files, images, written);
}

void upscale_split(const Arguments& arguments, const OpenedRun& run) {
  SmallInputs files{.small = read_inputs(arguments, run)};
  files.truth = files.small.images;
  files.small.images = run.corruption.encoder_input(files.truth);
  const Upscaled images = upscale(run, files.small);
  const fs::path path =
      arguments.picture(run.directory.image("upscale", inputs_stem(arguments) + ".png"),
                        run.experiment.data.is_table());
  write_rows(run, path, images, files.truth, upscale_look(arguments, run, files.small.names));
  print_compared(arguments, files, images, {path.string()});
}

}  // namespace

void declare_upscale(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "10");
  declare_out(options,
              "path of the picture, or with FILES of the folder (default: images/upscale/ of the "
              "run)");
  declare_look(options, Draws::kBoth);
}

void run_upscale(const Arguments& arguments) {
  const OpenedRun run = open_run(arguments);
  if (run.model->input_shape() == run.model->output_shape()) {
    throw Error(run.directory.path().string() +
                ": its model does not enlarge images; expected a run whose config has "
                "\"corruption\": [{\"name\": \"downsample\", \"size\": [8, 8]}]");
  }
  if (arguments.has("files")) {
    upscale_files(arguments, run);
  } else {
    upscale_split(arguments, run);
  }
}

}  // namespace latent
