#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "command/flags/inputs.h"
#include "command/flags/open_run.h"
#include "core/error.h"
#include "core/system/file.h"
#include "core/text/suggest.h"
#include "export/projector.h"
#include "format/safetensors.h"
#include "format/table.h"
#include "report/columns.h"
#include "session/codes.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

/// Latents, and the names and attributes of their images.
struct Encoded {
  Latent codes;
  std::vector<std::string> names;
  std::vector<Attribute> attributes;
  std::function<Tensor(int64_t first, int64_t count)> images;  // [B, C, H, W]
};

Encoded encode_inputs(const Arguments& arguments, const OpenedRun& run) {
  const bool whole = !arguments.has("files") && !arguments.has("indices") &&
                     arguments.integer("count", 0, 100'000) == 0;
  if (!whole) {
    const ExampleBatch inputs = read_inputs(arguments, run);
    return {run.encode(inputs), inputs.names, inputs.attributes,
            [images = inputs.images](int64_t first, int64_t count) {
              return images.narrow(0, first, count);
            }};
  }
  const Split split = arguments.parsed("split", parse_split);
  const Examples examples = run.load(split);
  Encoded encoded{
      .codes = split_codes(run, split, examples, arguments.quiet()),
      .names = {},
      .attributes = examples.attributes,
      .images = [examples](int64_t first, int64_t count) { return examples.images(first, count); }};
  for (int64_t i = 0; i < examples.count(); ++i)
    encoded.names.push_back(examples.name(i));
  return encoded;
}

// A column for each latent, named as in charts: z0, z1, ..., z0_logvar, ...
void add_flat(std::vector<Column>& columns, const Latent& codes) {
  const auto add = [&](const Tensor& numbers, const char* ending) {
    for (int64_t i = 0; i < numbers.size(1); ++i) {
      columns.push_back({.name = fmt::format("z{}{}", i, ending),
                         .words = {},
                         .numbers = numbers.select(1, i).contiguous()});
    }
  };
  add(codes.code, "");
  if (codes.posterior) add(codes.posterior->logvar, "_logvar");
}

std::vector<Column> as_columns(const Encoded& encoded, bool flat) {
  std::vector<Column> columns = known_columns(encoded.names, encoded.attributes);
  if (flat) {
    add_flat(columns, encoded.codes);
    return columns;
  }
  columns.push_back({.name = "mean", .words = {}, .numbers = encoded.codes.code});
  if (encoded.codes.posterior) {
    columns.push_back({.name = "logvar", .words = {}, .numbers = encoded.codes.posterior->logvar});
  }
  return columns;
}

// Tensors mean, logvar and one for each attribute; names and classes are JSON lists in the
// metadata.
TensorFile as_tensors(const Encoded& encoded) {
  TensorFile file{.tensors = {{"mean", encoded.codes.code}}, .metadata = {}};
  if (encoded.codes.posterior) file.tensors["logvar"] = encoded.codes.posterior->logvar;
  const auto text = [](const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  file.metadata["names"] = text(encoded.names);
  for (const auto& attribute : encoded.attributes) {
    file.tensors["attribute." + attribute.name] = attribute.values;
    if (!attribute.classes.empty())
      file.metadata["classes." + attribute.name] = text(attribute.classes);
  }
  return file;
}

void write_encoded(const std::filesystem::path& path, const Encoded& encoded, bool flat) {
  const std::string kind = path.extension().string();
  if (path.has_parent_path()) make_directories(path.parent_path());
  if (kind == ".csv") return write_csv(path, as_columns(encoded, flat));
  if (kind == ".npy") return write_npy(path, as_columns(encoded, flat));
  write_tensors(path, as_tensors(encoded));
}

// The index of the code at each place: [N, h, w].
Tensor index_maps(const OpenedRun& run, const Tensor& code) {
  const Codebook& codes = *run.model->bottleneck().codebook();
  return codes.indices(code).view({code.size(0), codes.places() / codes.width(), codes.width()});
}

void expect_codes(const OpenedRun& run) {
  if (run.model->bottleneck().codebook() != nullptr) return;
  throw Error("--codes: " + run.directory.path().string() +
              " has no codebook; expected a run with model.bottleneck vq or fsq, or no --codes");
}

// Throws UsageError for a file that cannot be written.
void check_kind(const Arguments& arguments, bool codes) {
  const bool flat = arguments.flag("flat");
  if (codes && flat)
    throw UsageError("--flat: --codes writes maps, without columns; expected one of the two");
  if (!arguments.has("out")) return;
  const std::string out = arguments.text("out");
  const std::string kind = std::filesystem::path(out).extension().string();
  if (flat && kind == ".safetensors")
    throw UsageError(
        "--flat: a .safetensors file has no columns; expected --out with .csv or .npy");
  if (codes) {
    if (kind != ".npy") throw UsageError("--out " + out + ": expected a .npy file for --codes");
  } else if (kind != ".csv" && kind != ".npy" && kind != ".safetensors") {
    throw UsageError("--out " + out + ": expected a .csv, .npy or .safetensors file");
  }
}

std::vector<std::string> write_for_projector(const std::filesystem::path& folder,
                                             const Encoded& encoded, const OpenedRun& run) {
  ProjectorPoints points{
      .latents = encoded.codes.code, .names = encoded.names, .attributes = encoded.attributes};
  if (!run.experiment.data.is_table()) points.images = encoded.images;
  return write_projector(folder, points);
}

}  // namespace

void declare_encode(cxxopts::Options& options) {
  declare_run(options);
  declare_inputs(options, "0");
  declare_out(options,
              "FILE.csv, FILE.npy (a NumPy structured array) or FILE.safetensors to write "
              "(default: encode/<images>.csv of the run)");
  options.add_options()("codes",
                        "write maps of the indices of codes instead, of a run with a codebook: "
                        "FILE.npy, [N, height, width] int32");
  options.add_options("output")("flat",
                                "one column for each latent, named as in charts: z0, z1, ..., "
                                "z0_logvar; pandas reads such a .npy as a table");
  options.add_options("output")("projector",
                                "write the files of the Embedding Projector into this folder "
                                "instead: latents, metadata, a sprite of the images",
                                cxxopts::value<std::string>(), "DIR");
}

void run_encode(const Arguments& arguments) {
  const bool codes = arguments.flag("codes");
  check_kind(arguments, codes);
  const OpenedRun run = open_run(arguments);
  if (codes) expect_codes(run);
  const std::string stem = inputs_stem(arguments) + (codes ? "-codes.npy" : ".csv");
  const std::filesystem::path path = arguments.has("out")
                                         ? std::filesystem::path(arguments.text("out"))
                                         : run.directory.path() / "encode" / stem;
  const Encoded encoded = encode_inputs(arguments, run);
  std::vector<std::string> written;
  if (arguments.has("projector"))
    written = write_for_projector(arguments.text("projector"), encoded, run);
  if (codes) {
    if (path.has_parent_path()) make_directories(path.parent_path());
    write_npy_integers(path, index_maps(run, encoded.codes.code));
    written.push_back(path.string());
  } else if (written.empty() || arguments.has("out")) {
    write_encoded(path, encoded, arguments.flag("flat"));
    written.push_back(path.string());
  }
  std::vector<std::string> known;
  for (const auto& attribute : encoded.attributes)
    known.push_back(attribute.name);
  const int64_t count = encoded.codes.code.size(0), dim = encoded.codes.code.size(1);
  print_result(
      arguments,
      {{"images", count}, {"latent_dim", dim}, {"attributes", known}, {"written", written}},
      fmt::format("{}, {}{}\n{}\n", counted(count, run.experiment.data.example_noun()),
                  counted(dim, "latent"), known.empty() ? "" : ", " + join(known),
                  join(written, "\n")));
}

}  // namespace latent
