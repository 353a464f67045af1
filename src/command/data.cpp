#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/data_check.h"
#include "command/flags/arguments.h"
#include "core/error.h"
#include "core/log.h"
#include "data/pack/pack.h"
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
      fmt::format("{}\n{} images of {}, {:.1f} MB, {} in {:.2f} s, {} skipped\n",
                  json["pack"].get<std::string>(), json["images"].get<int64_t>(),
                  fmt::join(json["shape"].get<std::vector<int64_t>>(), "x"),
                  json["bytes"].get<double>() / 1e6, pack->made ? "packed" : "found and checked",
                  pack->seconds, json["skipped"].size()));
}

}  // namespace

void declare_data(cxxopts::Options& options) {
  options.positional_help("check FOLDER|FILE|CONFIG.json, or pack CONFIG.json");
  options.show_positional_help();
  options.parse_positional({"action", "config"});
  options.add_options()("action",
                        "check: report counts, sizes, labels, repeated and unreadable images, and "
                        "draw a contact sheet; pack: decode all images once, for every run that "
                        "uses them",
                        cxxopts::value<std::string>(), "ACTION")(
      "config", "config of the data set; check also accepts a data folder or file",
      cxxopts::value<std::string>(), "FILE");
  declare_out(options, "check: folder for the files it writes (default: checks/<name>)");
  declare_settings(options);
}

void run_data(const Arguments& arguments) {
  const std::string action = arguments.has("action") ? arguments.text("action") : "";
  if (action != "pack" && action != "check") {
    throw UsageError("latent data" + (action.empty() ? "" : " " + action) +
                     ": expected latent data check FOLDER or latent data pack CONFIG.json");
  }
  if (!arguments.has("config")) {
    throw UsageError("latent data " + action + ": missing argument; expected a config" +
                     (action == "check" ? ", or a folder of images" : ""));
  }
  if (action == "check") return check_data(arguments);
  arguments.refuse({"out"},
                   "latent data pack writes to the cache (LATENT_CACHE); expected no --out");
  Config config = Config::load(arguments.text("config"), arguments.texts("set"));
  pack_images(arguments, read_experiment(config).data);
}

}  // namespace latent
