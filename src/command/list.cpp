#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "core/terminal.h"
#include "core/text/wrap.h"
#include "data/binarize.h"
#include "data/selection/keep.h"
#include "measure/measure.h"
#include "model/activation.h"
#include "model/corruption.h"
#include "report/config_entries.h"
#include "session/experiment.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

struct Listing {
  std::string text;
  Json json = Json::object();

  void add(const std::string& family, const std::string& name, const std::string& summary,
           const std::vector<ConfigEntry>& keys) {
    const size_t width = terminal_columns(STDOUT_FILENO);
    const std::string what = summary.empty() ? name : fmt::format("{}: {}", name, summary);
    text += "  " + wrapped(what, width, 4, 2) + "\n" +
            entries_text(keys, false, {.width = width, .indent = 4});
    Json options = Json::array();
    for (const auto& key : keys) {
      options.push_back({{"key", key.path},
                         {"type", key.type},
                         {"range", key.range},
                         {"default", key.default_value},
                         {"meaning", key.meaning}});
    }
    json[family].push_back({{"name", name}, {"summary", summary}, {"options", options}});
  }

  template <class Row, class Configure>
  void add_family(const Registry<Row>& registry, const std::string& where, Configure configure) {
    text += fmt::format("{} ({})\n", registry.family(), where);
    for (const auto& row : registry.rows()) {
      add(registry.family(), row.name, row.summary,
          keys_of([&](Section& section) { configure(row, section); }));
    }
    text += "\n";
  }

  // A family whose rows are read through the section that encloses them, under `key`.
  template <class Row, class Read>
  void add_choices(const Registry<Row>& registry, const std::string& where, const std::string& key,
                   Read read) {
    text += fmt::format("{} ({})\n", registry.family(), where);
    for (const auto& row : registry.rows()) {
      auto keys = keys_of(read, Json{{key, row.name}}.dump());
      std::erase_if(keys, [&](const ConfigEntry& entry) {
        return !entry.path.starts_with(key + ".") || entry.path == key + ".name";
      });
      for (auto& entry : keys)
        entry.path.erase(0, key.size() + 1);
      add(registry.family(), row.name, row.summary, keys);
    }
    text += "\n";
  }
};

}  // namespace

void declare_list(cxxopts::Options&) {}

void run_list(const Arguments& arguments) {
  Listing listing;
  const auto plain = [](const auto& row, Section& section) { row.configure(section); };
  listing.add_family(datasets(), "data.name", plain);
  listing.text += "filter (data.keep, any data set)\n";
  listing.add("filter", "keep", "a choice of the examples to train on",
              keys_of([](Section& section) {
                std::string rule;
                read_keep(section, rule);
              }));
  listing.text += "\nbinarization (data.binarize, any images)\n";
  listing.add(
      "binarization", "binarize", "images in black and white",
      keys_of([](Section& section) { Binarization{}.read(section); }, R"({"binarize": "fixed"})"));
  listing.text += "\naugmentation (data.augment, of training images)\n";
  listing.add("augmentation", "augment", "random variants of the training images",
              keys_of([](Section& section) { Augmentation{}.read(section); }));
  listing.text += "\n";
  listing.add_family(corruptions(), "corruption: [...]",
                     [](const auto& row, Section& section) { row.configure(section, false); });
  // Encoder, bottleneck and decoder are families of their own.
  auto model = keys_of([](Section& section) { configure_model(section); });
  std::erase_if(model,
                [](const ConfigEntry& entry) { return entry.path.find('.') != std::string::npos; });
  listing.text += "model (model)\n";
  listing.add("model", "model", "keys of the section itself", model);
  listing.text += "\n";
  listing.add_family(encoders(), "model.encoder", plain);
  listing.add_family(bottlenecks(), "model.bottleneck", plain);
  listing.add_family(decoders(), "model.decoder", [](const auto& row, Section& section) {
    row.configure(section, std::nullopt);
  });
  listing.add_family(likelihoods(), "objective.likelihood", [](const auto& row, Section& section) {
    ObjectivePlan plan;
    configure_likelihood(row, section, plan);
  });
  listing.add_family(bounds(), "objective.bound", plain);
  listing.add_family(penalties(), "objective.<name>; null switches one off", plain);
  listing.add_choices(normalizations(), "of an encoder or decoder", "normalization",
                      [](Section& section) { BlockOptions{}.read(section); });
  const auto train = [](Section& section) { TrainOptions{}.read(section); };
  listing.add_choices(optimizers(), "train.optimizer", "optimizer", train);
  listing.add_choices(schedules(), "train.schedule", "schedule", train);
  listing.add_choices(on_nan_actions(), "train.on_nan", "on_nan", train);
  listing.add_family(measures(), "latent evaluate --measure", plain);
  listing.text += "training (train)\n";
  listing.add("training", "train", "keys of the section itself", keys_of(train));
  print_result(arguments, listing.json, listing.text);
}

}  // namespace latent
