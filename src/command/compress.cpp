#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "analysis/compression.h"
#include "command/flags/inputs.h"
#include "command/flags/latent_tensors.h"
#include "command/flags/open_run.h"
#include "command/output/one_file_each.h"
#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/stopwatch.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "format/code_file.h"
#include "image/picture.h"
#include "measure/image_quality.h"
#include "session/for_each_batch.h"

namespace latent {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kEnding = ".ltc";
constexpr int64_t kWrittenTogether = 32;

fs::path out_folder(const Arguments& arguments, const char* command) {
  if (!arguments.has("out"))
    throw UsageError(fmt::format("latent {}: no --out; expected --out DIR", command));
  return arguments.folder("", "each picture gets a file of its own");
}

void make_folders_of(const std::vector<fs::path>& paths) {
  std::set<fs::path> made;
  for (const auto& path : paths) {
    if (made.insert(path.parent_path()).second) make_directories(path.parent_path());
  }
}

ExampleBatches images_to_compress(const Arguments& arguments, const OpenedRun& run) {
  if (!arguments.has("files")) return read_example_batches(arguments, run);
  const ExampleBatch inputs = read_inputs(arguments, run);
  if (inputs.resized && !arguments.flag("fit")) {
    throw Error("FILES: some have another size than " + run.model->output_shape().text() +
                ", as the run's images; expected pictures of that size, or --fit to resize them");
  }
  ExampleBatches batches = in_batches(inputs);
  batches.names = inputs.names;
  return batches;
}

// What was compressed, so far.
struct CompressionSums {
  int64_t images = 0;
  double bytes = 0, error = 0, psnr = 0, ssim = 0, seconds = 0;

  Json json(const ImageShape& shape) const {
    const auto count = static_cast<double>(std::max<int64_t>(1, images));
    const double mean = bytes / count, squared = error / count;
    return {{"images", images},
            {"bytes", static_cast<int64_t>(bytes)},
            {"bytes_per_image", mean},
            {"payload_per_image", mean - static_cast<double>(kCodeFileOverhead)},
            {"bits_per_pixel", 8 * mean / static_cast<double>(shape.height * shape.width)},
            {"mse", squared},
            {"psnr", decibels(squared)},
            {"mean_psnr", psnr / count},
            {"ssim", ssim / count},
            {"seconds", seconds},
            {"images_per_second", count / std::max(seconds, 1e-9)}};
  }
};

// Compresses a batch, and adds what it costs and what comes out of it.
std::vector<std::string> compress_batch(const OpenedRun& run, const Compressor& compressor,
                                        const ExampleBatch& batch, CompressionSums& sums) {
  const Stopwatch watch;
  const Tensor symbols = symbols_of(run, compressor, run.encode(batch).code);
  auto files = compressed_files(run, compressor, symbols);
  sums.seconds += watch.seconds();
  const Tensor pictures = run.pictures(latents_of(run, compressor, symbols)).clamp(0, 1);
  sums.images += batch.images.size(0);
  for (const auto& file : files)
    sums.bytes += static_cast<double>(file.size());
  const auto add = [](double& sum, const Tensor& each) {
    sum += each.to(at::kDouble).sum().item<double>();
  };
  add(sums.error, mean_squared_error(batch.images, pictures));
  add(sums.psnr, psnr(batch.images, pictures));
  add(sums.ssim, ssim(batch.images, pictures));
  return files;
}

void write_all(const std::vector<fs::path>& paths, int64_t first,
               const std::vector<std::string>& files) {
  parallel_for(static_cast<int64_t>(files.size()), kWrittenTogether,
               [&](int64_t begin, int64_t end) {
                 for (int64_t i = begin; i < end; ++i)
                   write_file(paths[static_cast<size_t>(first + i)], files[static_cast<size_t>(i)]);
               });
}

int64_t weight_bytes(const Autoencoder& model) {
  int64_t bytes = 0;
  for (const Tensor& parameter : model.parameters())
    bytes += static_cast<int64_t>(parameter.nbytes());
  return bytes;
}

// The files that the command line names, and those with the ending below its folders.
struct CompressedInputs {
  std::vector<fs::path> paths;
  std::vector<std::string> names;  // of the results
};

CompressedInputs compressed_inputs(const Arguments& arguments) {
  if (!arguments.has("files"))
    throw UsageError("latent decompress: no files; expected those of latent compress, or a folder");
  CompressedInputs inputs;
  for (const auto& text : arguments.texts("files")) {
    const fs::path path = text;
    std::error_code code;
    if (!fs::is_directory(path, code)) {
      inputs.paths.push_back(path);
      inputs.names.push_back(path.filename().string());
      continue;
    }
    std::vector<fs::path> found;
    for (fs::recursive_directory_iterator it(path, code), end; !code && it != end;
         it.increment(code)) {
      if (it->path().extension() == kEnding) found.push_back(it->path());
    }
    std::sort(found.begin(), found.end());
    if (found.empty())
      throw Error(path.string() + ": no files of latent compress (*" + kEnding + ") below it");
    for (const auto& each : found) {
      inputs.paths.push_back(each);
      inputs.names.push_back(each.lexically_relative(path).string());
    }
  }
  return inputs;
}

// The bytes of values in [0, 1], as pictures store them: [N, H, W, C].
Tensor picture_bytes(const Tensor& images) {
  return (images.clamp(0, 1) * 255).round().to(at::kByte).permute({0, 2, 3, 1}).contiguous();
}

void write_pictures_of(const Tensor& bytes, const std::vector<fs::path>& paths, int64_t first) {
  const int64_t size = bytes[0].numel();
  const auto* const pixels = bytes.const_data_ptr<uint8_t>();
  parallel_for(bytes.size(0), kWrittenTogether, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      Picture picture(bytes.size(2), bytes.size(1), bytes.size(3), 0);
      picture.pixels.assign(pixels + i * size, pixels + (i + 1) * size);
      write_png(picture, paths[static_cast<size_t>(first + i)]);
    }
  });
}

}  // namespace

void declare_compress(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "0");
  declare_out(options, "folder for a file of each picture (*.ltc)");
  options.add_options()("fit", "resize FILES of another size than the run's images");
}

void run_compress(const Arguments& arguments) {
  const fs::path folder = out_folder(arguments, "compress");
  const OpenedRun run = open_run(arguments);
  const Compressor compressor = run_compressor(run, arguments.quiet());
  const ExampleBatches inputs = images_to_compress(arguments, run);
  const auto paths = result_paths(folder, inputs.names, kEnding);
  make_folders_of(paths);
  CompressionSums sums;
  const Stopwatch watch;
  for_each_batch(inputs.count, "compressing", arguments.quiet(), [&](int64_t first, int64_t count) {
    write_all(paths, first, compress_batch(run, compressor, inputs.read(first, count), sums));
  });
  Json json = sums.json(run.model->output_shape());
  json["seconds_with_files"] = watch.seconds();
  json["model_bytes"] = weight_bytes(*run.model);
  json["written"] = {folder.string()};
  print_result(
      arguments, json,
      fmt::format("{}: {:.1f} bytes each, {:.1f} without the header, {:.3f} bits per pixel\n"
                  "PSNR {:.2f} dB of the mean squared error {:.5f}, SSIM {:.4f}\n"
                  "{:.0f} images/s; a reader needs the model too, {:.1f} MB of weights\n{}\n",
                  counted(sums.images, "image"), json["bytes_per_image"].get<double>(),
                  json["payload_per_image"].get<double>(), json["bits_per_pixel"].get<double>(),
                  json["psnr"].get<double>(), json["mse"].get<double>(), json["ssim"].get<double>(),
                  json["images_per_second"].get<double>(),
                  static_cast<double>(weight_bytes(*run.model)) / 1e6, folder.string()));
}

void declare_decompress(cxxopts::Options& options) {
  options.positional_help("FILES");
  options.show_positional_help();
  options.parse_positional("files");
  options.add_options()("files", "files of latent compress, or folders of them",
                        cxxopts::value<std::vector<std::string>>(), "FILES");
  declare_run(options);
  declare_out(options, "folder for the pictures");
  declare_latent_tensors(options, "z [N, Z] and images [N, C, H, W]");
}

void run_decompress(const Arguments& arguments) {
  check_latent_tensors(arguments);
  const fs::path folder = out_folder(arguments, "decompress");
  const CompressedInputs inputs = compressed_inputs(arguments);
  const OpenedRun run = open_run(arguments);
  const Compressor compressor = stored_compressor(run);
  std::vector<std::string> files, names;
  for (const auto& path : inputs.paths) {
    expect_regular_file(path);
    files.push_back(read_file(path, kLargestCodeFile));
    names.push_back(path.string());
  }
  const Stopwatch watch;
  const Tensor symbols =
      symbols_in(run, compressor, files, names);  // all are good before any is written
  const auto paths = result_paths(folder, inputs.names, ".png");
  make_folders_of(paths);
  double writing = 0;
  std::vector<Tensor> z, images;
  for_each_batch(
      symbols.size(0), "decompressing", arguments.quiet(), [&](int64_t first, int64_t count) {
        const Tensor latents = latents_of(run, compressor, symbols.narrow(0, first, count));
        const Tensor pictures = run.pictures(latents);
        const Stopwatch storing;
        write_pictures_of(picture_bytes(pictures), paths, first);
        writing += storing.seconds();
        if (!arguments.has("tensors")) return;
        z.push_back(latents);
        images.push_back(pictures);
      });
  const double seconds = watch.seconds();
  std::vector<std::string> written{folder.string()};
  if (!z.empty())
    write_latent_tensors(arguments, {{"z", at::cat(z)}, {"images", at::cat(images)}}, written);
  const auto count = static_cast<int64_t>(files.size());
  const double speed = static_cast<double>(count) / std::max(seconds - writing, 1e-9);
  print_result(
      arguments,
      {{"images", count},
       {"seconds", seconds - writing},
       {"images_per_second", speed},
       {"seconds_with_files", seconds},
       {"written", written}},
      fmt::format("{} at {:.0f} images/s\n{}\n", counted(count, "image"), speed, folder.string()));
}

}  // namespace latent
