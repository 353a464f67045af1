#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/arguments.h"
#include "command/experiment.h"
#include "core/error.h"
#include "core/log.h"
#include "data/pack.h"

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
                ": this data set is read into memory as it is; nothing to pack");
  }
  if (const std::string remark = dataset->remark(); !remark.empty()) log::info("{}", remark);
  const Json json = describe_pack(*pack);
  print_result(
      arguments, json,
      fmt::format("{}\n{} images of {}, {:.1f} MB, {} in {:.2f} s, {} left out\n",
                  json["pack"].get<std::string>(), json["images"].get<int64_t>(),
                  fmt::join(json["shape"].get<std::vector<int64_t>>(), "x"),
                  json["bytes"].get<double>() / 1e6, pack->made ? "packed" : "found and checked",
                  pack->seconds, json["skipped"].size()));
}

}  // namespace

void declare_data(cxxopts::Options& options) {
  options.positional_help("pack CONFIG.json");
  options.parse_positional({"action", "config"});
  options.add_options()("action", "pack: prepare all images once, for every run that uses them",
                        cxxopts::value<std::string>(), "ACTION")(
      "config", "the config whose data set is meant", cxxopts::value<std::string>(), "FILE");
  declare_settings(options);
}

void run_data(const Arguments& arguments) {
  if (!arguments.has("action"))
    throw UsageError("no action; expected latent data pack CONFIG.json");
  const std::string action = arguments.text("action");
  if (action != "pack") throw UsageError("latent data " + action + ": expected pack");
  if (!arguments.has("config"))
    throw UsageError("no config; expected latent data pack CONFIG.json");
  Config config = Config::load(arguments.text("config"), arguments.texts("set"));
  pack_images(arguments, read_experiment(config).data);
}

}  // namespace latent
