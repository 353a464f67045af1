#include "analysis/compression.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "core/log.h"
#include "core/parallel.h"
#include "core/sha256.h"
#include "core/system/file.h"
#include "core/text/shell.h"
#include "format/code_file.h"
#include "format/safetensors.h"
#include "measure/image_quality.h"
#include "session/codes.h"
#include "session/for_each_batch.h"
#include "session/model_digest.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kJudgedImages = 2000;  // that choose the step
constexpr double kMoreError = 1.05;      // than without quantisation
constexpr int64_t kMostSymbols = 4096;   // of a latent
constexpr int64_t kFilesTogether = 64;

fs::path compressor_path(const OpenedRun& run) {
  return run.directory.path() / "compression" / (run.checkpoint + ".safetensors");
}

const Codebook* codebook_or_none(const OpenedRun& run) {
  return run.model->bottleneck().codebook();
}

void expect_compressible(const OpenedRun& run) {
  const std::string where = run.directory.path().string();
  if (run.experiment.data.is_table())
    throw Error(where + ": a run of a table; expected a run of images to compress");
  if (!run.condition.empty()) {
    throw Error(where +
                ": its model needs a condition to decode, which a compressed file does not hold; "
                "expected a run without model.condition");
  }
}

// Six bytes that change with the model and with every number of the tables.
std::string fingerprint_of(const std::string& model, const TensorFile& file) {
  Sha256 digest;
  digest.add(model);
  for (const auto& [name, tensor] : file.tensors) {
    const Tensor values = tensor.cpu().contiguous();
    digest.add(name);
    digest.add(values.const_data_ptr(), values.nbytes());
  }
  const std::string hex = digest.hex();
  std::string bytes;
  for (size_t i = 0; i < kFingerprintBytes; ++i)
    bytes += static_cast<char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  return bytes;
}

TensorFile compressor_tensors(const Compressor& compressor) {
  const auto& [tables, step, low, fingerprint] = compressor;
  TensorFile file{.tensors = {{"place", tables.place},
                              {"weights", at::tensor(std::vector<int64_t>(tables.weights.begin(),
                                                                          tables.weights.end()))},
                              {"width", at::full({1}, tables.width, at::kLong)},
                              {"step", at::full({1}, step, at::kDouble)},
                              {"low", at::full({1}, low, at::kLong)}},
                  .metadata = {}};
  if (tables.left.defined()) {
    file.tensors["left"] = tables.left;
    file.tensors["above"] = tables.above;
  }
  return file;
}

// Nothing if the tensors do not fit the run.
std::optional<Compressor> compressor_from(const OpenedRun& run, TensorFile& file) {
  const auto one = [&](const char* name, at::ScalarType type, int64_t count) {
    const Tensor tensor = file.tensors[name];
    return tensor.defined() && tensor.scalar_type() == type && tensor.dim() == 1 &&
           tensor.size(0) == count;
  };
  if (!one("weights", at::kLong, 3) || !one("width", at::kLong, 1) ||
      !one("step", at::kDouble, 1) || !one("low", at::kLong, 1))
    return std::nullopt;
  Compressor made;
  made.tables.place = file.tensors["place"];
  made.tables.left = file.tensors["left"];
  made.tables.above = file.tensors["above"];
  for (size_t i = 0; i < 3; ++i)
    made.tables.weights[i] = file.tensors["weights"][static_cast<int64_t>(i)].item<int64_t>();
  made.tables.width = file.tensors["width"].item<int64_t>();
  made.step = file.tensors["step"].item<double>();
  made.low = file.tensors["low"].item<int64_t>();
  if (!space::usable(made.tables)) return std::nullopt;
  const Codebook* codes = codebook_or_none(run);
  const bool fits = codes != nullptr ? made.step == 0 && made.tables.codes() == codes->size() &&
                                           made.tables.places() == codes->places()
                                     : made.step > 0 && std::isfinite(made.step) &&
                                           made.tables.places() == run.model->latent_dim();
  return fits ? std::optional(made) : std::nullopt;
}

// The squared error of pictures of quantised latents; a step of 0 leaves them as they are.
double quantised_error(const OpenedRun& run, const Tensor& images, const Tensor& code,
                       double step) {
  const Tensor z = step == 0 ? code : at::round(code / step) * step;
  return mean_squared_error(images, run.pictures(z)).mean().item<double>();
}

// From the spread of the latents down, each half the one before.
double chosen_step(const OpenedRun& run, const Tensor& code) {
  const Examples train = run.load(Split::kTrain);
  const int64_t count = std::min(kJudgedImages, code.size(0));
  const Tensor images = train.images(0, count), judged = code.narrow(0, 0, count);
  const double most = kMoreError * quantised_error(run, images, judged, 0);
  double step = 2 * std::max(code.std(0, false).max().item<double>(), 1e-6);
  for (int halved = 0; halved < 12; ++halved, step /= 2) {
    if (quantised_error(run, images, judged, step) <= most) break;
  }
  log::info("latents are quantised with a step of {:.3g}", step);
  return step;
}

Compressor fit_compressor(const OpenedRun& run, bool quiet) {
  if (const Codebook* codes = codebook_or_none(run)) {
    const Tensor indices = split_indices(run, Split::kTrain, quiet);
    return {.tables = space::fit_code_tables(indices, codes->size(), codes->width()),
            .step = 0,
            .low = 0,
            .fingerprint = {}};
  }
  const Tensor code = split_codes(run, Split::kTrain, quiet).code;
  Compressor made{.tables = {}, .step = chosen_step(run, code), .low = 0, .fingerprint = {}};
  const Tensor whole = at::round(code / made.step).to(at::kLong);
  made.low = whole.min().item<int64_t>() - 1;
  const int64_t symbols = std::min(kMostSymbols, whole.max().item<int64_t>() + 2 - made.low);
  made.tables = space::fit_code_tables((whole - made.low).clamp_max(symbols - 1), symbols, 0);
  return made;
}

}  // namespace

Compressor stored_compressor(const OpenedRun& run) {
  expect_compressible(run);
  const fs::path path = compressor_path(run);
  const std::string remedy =
      "; expected the tables of the latent compress that wrote the files, "
      "which are stored in the run";
  if (std::error_code code; !fs::exists(path, code))
    throw Error(path.string() + ": missing" + remedy);
  TensorFile file = read_tensors(path);
  const std::string model = model_digest(*run.model);
  if (file.metadata["model"] != model) {
    throw Error(path.string() + ": of another checkpoint than " + run.checkpoint + " of this run" +
                remedy);
  }
  auto made = compressor_from(run, file);
  if (!made) throw Error(path.string() + ": not the tables of this run" + remedy);
  made->fingerprint = fingerprint_of(model, compressor_tensors(*made));
  return *made;
}

Compressor run_compressor(const OpenedRun& run, bool quiet) {
  expect_compressible(run);
  const fs::path path = compressor_path(run);
  if (std::error_code code; fs::exists(path, code)) {
    TensorFile stored = read_tensors(path);
    if (stored.metadata["model"] == model_digest(*run.model)) return stored_compressor(run);
    log::warn(
        "{}: of another checkpoint; fitted again, files written with it can no longer be read",
        path.string());
  }
  Compressor made = fit_compressor(run, quiet);
  TensorFile file = compressor_tensors(made);
  const std::string model = model_digest(*run.model);
  made.fingerprint = fingerprint_of(model, file);
  file.metadata["model"] = model;
  make_directories(path.parent_path());
  write_tensors(path, file);
  return made;
}

Tensor symbols_of(const OpenedRun& run, const Compressor& compressor, const Tensor& code) {
  if (const Codebook* codes = codebook_or_none(run)) return codes->indices(code);
  const Tensor whole = at::round(code / compressor.step).to(at::kLong) - compressor.low;
  return whole.clamp(0, compressor.tables.codes() - 1);
}

Tensor latents_of(const OpenedRun& run, const Compressor& compressor, const Tensor& symbols) {
  if (const Codebook* codes = codebook_or_none(run)) return codes->latents(symbols);
  return ((symbols + compressor.low).to(at::kDouble) * compressor.step).to(at::kFloat);
}

std::vector<std::string> compressed_files(const OpenedRun& run, const Compressor& compressor,
                                          const Tensor& symbols) {
  const ImageShape& shape = run.model->output_shape();
  std::vector<std::string> files(static_cast<size_t>(symbols.size(0)));
  const Tensor rows = symbols.contiguous();
  parallel_for(symbols.size(0), kFilesTogether, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      files[static_cast<size_t>(i)] =
          code_file_bytes({.fingerprint = compressor.fingerprint,
                           .width = shape.width,
                           .height = shape.height,
                           .payload = space::encode_codes(compressor.tables, rows[i])});
    }
  });
  return files;
}

Tensor symbols_in(const OpenedRun& run, const Compressor& compressor,
                  const std::vector<std::string>& files, const std::vector<std::string>& names) {
  const ImageShape& shape = run.model->output_shape();
  const auto count = static_cast<int64_t>(files.size());
  Tensor symbols = at::zeros({count, compressor.tables.places()}, at::kLong);
  parallel_for(count, kFilesTogether, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      const auto at = static_cast<size_t>(i);
      const CodeFile file = parse_code_file(files[at], names[at]);
      if (file.fingerprint != compressor.fingerprint) {
        throw Error(
            names[at] +
            ": compressed by another run, or another checkpoint of this one; expected --run "
            "(and --checkpoint) as it was compressed with");
      }
      if (file.width != shape.width || file.height != shape.height) {
        throw Error(fmt::format("{}: a picture of {}x{}; expected {}x{}, as of this run", names[at],
                                file.width, file.height, shape.width, shape.height));
      }
      symbols[i].copy_(space::decode_codes(compressor.tables, file.payload));
    }
  });
  return symbols;
}

CompressedRates compressed_rates(const OpenedRun& run, const Examples& examples, bool quiet) {
  const Compressor compressor = run_compressor(run, quiet);
  double bytes = 0, error = 0;
  for_each_batch(examples.count(), "compressing", quiet, [&](int64_t first, int64_t count) {
    const ExampleBatch batch = batch_of(examples, first, count);
    const Tensor symbols = symbols_of(run, compressor, run.encode(batch).code);
    for (const auto& file : compressed_files(run, compressor, symbols))
      bytes += static_cast<double>(file.size());
    const Tensor pictures = run.pictures(latents_of(run, compressor, symbols));
    error += mean_squared_error(batch.images, pictures.clamp(0, 1)).sum().item<double>();
  });
  const auto images = static_cast<double>(examples.count());
  const RatePoint file{.bits = 8 * bytes / images, .squared_error = error / images};
  RatePoint payload = file;
  payload.bits -= 8 * static_cast<double>(kCodeFileOverhead);
  return {.payload = payload, .file = file};
}

}  // namespace latent
