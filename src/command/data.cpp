#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/data_check.h"
#include "command/flags/arguments.h"
#include "command/flags/look.h"
#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "pack/pack.h"
#include "session/experiment.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

Json describe_pack(const Pack& pack) {
  const Tensor& pixels = pack.content.pixels;
  Json skipped = Json::array();
  for (const auto& image : pack.content.unreadable)
    skipped.push_back(image.reason);
  return {{"pack", pack.path.string()},
          {"images", pixels.size(0)},
          {"shape", {pixels.size(3), pixels.size(1), pixels.size(2)}},
          {"bytes", std::filesystem::file_size(pack.path)},
          {"made", pack.made},
          {"seconds", pack.seconds},
          {"skipped", skipped}};
}

// `check` takes a folder, so `pack` is easily given one too.
void refuse_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) return;
  throw UsageError("latent data pack " + path.string() +
                   ": is a folder; expected a config, such as the config.json that latent data "
                   "check " +
                   path.string() + " writes");
}

void pack_images(const Arguments& arguments, const DatasetPlan& plan) {
  const auto dataset = plan.open();
  const Pack* pack = dataset->pack();
  if (pack == nullptr) {
    throw Error(arguments.text("config") +
                ": this data set is read into memory directly; there is nothing to pack");
  }
  log_reading(*dataset);
  const Json json = describe_pack(*pack);
  print_result(
      arguments, json,
      fmt::format("{}\n{} of {}, {:.1f} MB, {} in {:.2f} s, {} skipped\n",
                  json["pack"].get<std::string>(), counted(json["images"].get<int64_t>(), "image"),
                  fmt::join(json["shape"].get<std::vector<int64_t>>(), "x"),
                  json["bytes"].get<double>() / 1e6, pack->made ? "packed" : "found and checked",
                  pack->seconds, json["skipped"].size()));
}

}  // namespace

void declare_data(cxxopts::Options& options) {
  options.positional_help("check FOLDER|FILE|CONFIG.json, or pack CONFIG.json");
  options.show_positional_help();
  options.parse_positional({"action", "config"});
  options.add_options("input")(
      "action",
      "check: report counts, sizes, labels, repeated and unreadable images, and "
      "draw a contact sheet; pack: decode all images once, for every run that "
      "uses them",
      cxxopts::value<std::string>(),
      "ACTION")("config", "config of the data set; check also accepts a data folder or file",
                cxxopts::value<std::string>(), "FILE");
  declare_out(options, "check: folder for the files it writes (default: checks/<name>)");
  declare_look(options, Draws::kPictures);
  declare_settings(options);
}

void run_data(const Arguments& arguments) {
  const std::string usage = "expected latent data check FOLDER or latent data pack CONFIG.json";
  if (!arguments.has("action")) throw UsageError("latent data: no action; " + usage);
  const std::string action = arguments.text("action");
  if (action != "pack" && action != "check") {
    const std::string guess = nearest(action, {"check", "pack"});
    throw UsageError("latent data: unknown action \"" + action + "\"; " +
                     (guess.empty() ? "" : "did you mean " + guess + "? ") + usage);
  }
  if (!arguments.has("config")) {
    throw UsageError("latent data " + action + ": no " +
                     (action == "check"
                          ? "FOLDER; expected a folder of images, a data file or a config"
                          : "config; expected latent data pack CONFIG.json"));
  }
  if (action == "check") return check_data(arguments);
  arguments.refuse({"out"},
                   "latent data pack writes to the cache (LATENT_CACHE); expected no --out");
  refuse_folder(arguments.text("config"));
  Config config = Config::load(arguments.text("config"), arguments.settings());
  pack_images(arguments, read_experiment(config).data);
}

}  // namespace latent
