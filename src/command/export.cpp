#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/anomaly.h"
#include "command/flags/open_run.h"
#include "core/error.h"
#include "core/system/file.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "export/onnx/parts.h"
#include "model/spec_json.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

/// The parts to write, as --part names them.
struct ChosenParts {
  std::vector<const onnx::PartRow*> rows;
  bool named;  // by the user, so that one that a run lacks is an error
};

ChosenParts read_parts(const Arguments& arguments) {
  ChosenParts chosen{.rows = {}, .named = arguments.has("part")};
  if (!chosen.named) {
    for (const auto& row : onnx::parts().rows()) {
      if (!row.flags) chosen.rows.push_back(&row);
    }
    return chosen;
  }
  for (const auto& name : split_at_commas(arguments.text("part")))
    chosen.rows.push_back(&onnx::parts().find<UsageError>(name, "--part"));
  return chosen;
}

// The threshold of `latent detect` without options.
double usual_error(const OpenedRun& run, uint64_t seed, bool quiet) {
  AnomalyDetector detector(run, {"error"}, seed, quiet);
  return at::quantile(detector.usual().front().values, kUsualQuantile).item<double>();
}

double read_given_threshold(const Arguments& arguments) {
  const double threshold = arguments.number("threshold");
  if (!(std::isfinite(threshold) && threshold >= 0)) {
    throw UsageError(
        fmt::format("--threshold {}: expected a squared error, a number >= 0", threshold));
  }
  return threshold;
}

/// The files that were written, and the parts that were left out.
struct Written {
  std::vector<std::string> files;
  Json sizes = Json::object();  // in bytes, by part
  std::vector<std::string> left_out;
};

Written write_parts(const Arguments& arguments, const OpenedRun& run, const ChosenParts& chosen,
                    const std::filesystem::path& folder) {
  onnx::PartOptions options{.bytes = arguments.text("input") == "bytes"};
  const bool given = arguments.has("threshold");
  if (given) options.threshold = read_given_threshold(arguments);
  std::vector<const onnx::PartRow*> possible;
  Written written;
  for (const auto* row : chosen.rows) {
    const std::string why_not = row->unavailable(run);
    if (!why_not.empty() && chosen.named) throw Error("--part " + row->name + ": " + why_not);
    if (why_not.empty())
      possible.push_back(row);
    else
      written.left_out.push_back(row->name + ": " + why_not);
  }
  for (const auto* row : possible) {
    if (row->flags && !given)
      options.threshold = usual_error(run, arguments.seed(), arguments.quiet());
    const std::string file = row->file(run, options);
    const std::filesystem::path path = folder / (row->name + ".onnx");
    make_directories(folder);
    write_file(path, file);
    written.files.push_back(path.string());
    written.sizes[row->name] = file.size();
  }
  return written;
}

void export_onnx(const Arguments& arguments) {
  const ChosenParts chosen = read_parts(arguments);
  const std::string input = arguments.text("input");
  if (input != "float" && input != "bytes")
    throw UsageError("--input " + input + ": expected float or bytes");
  const OpenedRun run = open_run(arguments);
  const auto folder =
      arguments.folder(run.directory.path() / "onnx", "one file is written for each part");
  const Written written = write_parts(arguments, run, chosen, folder);
  std::string text;
  for (const auto& reason : written.left_out)
    text += "left out: " + reason + "\n";
  for (const auto& file : written.files)
    text += file + "\n";
  print_result(arguments,
               {{"run", run.directory.path().string()},
                {"input", input},
                {"bytes", written.sizes},
                {"left_out", written.left_out},
                {"written", written.files}},
               text);
}

void export_python(const Arguments& arguments) {
  arguments.refuse({"part", "input", "threshold", "out"},
                   "--to python writes model.json into the run; expected none");
  const OpenedRun run = open_run(arguments);
  const auto path = run.directory.path() / "model.json";
  write_file(path,
             spec_json(*run.model, run.objective->likelihood().picture_spec()).dump(1) + "\n");
  print_result(arguments, {{"run", run.directory.path().string()}, {"written", {path.string()}}},
               path.string() + "\n");
}

}  // namespace

void declare_export(cxxopts::Options& options) {
  declare_run(options);
  options.add_options()("to",
                        "what to write:\n"
                        "onnx: a file for each part, for ONNX Runtime and other programs\n"
                        "python: model.json in the run, if an older version of latent trained it; "
                        "newer runs open in the Python package as they are",
                        cxxopts::value<std::string>()->default_value("onnx"), "FORMAT");
  options.add_options()("part",
                        "parts to write, such as encoder,decoder (default: all but detector):" +
                            onnx::parts().summaries(),
                        cxxopts::value<std::string>(), "LIST");
  options.add_options()("input",
                        "how the parts take images: float (0 to 1) or bytes (uint8, 0 to 255)",
                        cxxopts::value<std::string>()->default_value("float"), "TYPE");
  options.add_options()("threshold",
                        "squared error above which the detector flags an image (default: the 0.95 "
                        "quantile of the training images, as latent detect)",
                        cxxopts::value<double>(), "ERROR");
  declare_out(options, "folder to write to (default: onnx/ of the run)");
}

void run_export(const Arguments& arguments) {
  const std::string format = arguments.text("to");
  if (format == "onnx") return export_onnx(arguments);
  if (format == "python") return export_python(arguments);
  throw UsageError("--to " + format + ": expected onnx or python");
}

}  // namespace latent
