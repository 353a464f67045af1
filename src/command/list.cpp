#include <spdlog/fmt/fmt.h>

#include <nlohmann/json.hpp>

#include "command/flags/arguments.h"
#include "command/report/config_entries.h"
#include "core/error.h"
#include "data/keep.h"
#include "model/activation.h"
#include "model/corruption.h"
#include "session/experiment.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

// The keys a thing reads, found by letting it read a section that is empty but for `given`.
template <class Configure>
std::vector<ConfigEntry> keys_of(Configure configure, const std::string& given = "{}") {
  Config scratch = Config::parse(given, "defaults");
  Section section = scratch.root();
  try {
    configure(section);
  } catch (const Error&) {
    // A required key is missing, of course; it was recorded before that was noticed.
  }
  return scratch.entries();
}

struct Listing {
  std::string text;
  Json json = Json::object();

  void add(const std::string& family, const std::string& name, const std::string& summary,
           const std::vector<ConfigEntry>& keys) {
    text += fmt::format("  {}{}\n", name, summary.empty() ? "" : ": " + summary);
    std::string lines = entries_text(keys, false);
    for (size_t at = 0; at < lines.size();) {
      const size_t end = lines.find('\n', at);
      text += "    " + lines.substr(at, end - at) + "\n";
      at = end + 1;
    }
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

  // A choice by name inside a section that is no family of its own: the keys of each name.
  template <class Read>
  void add_choices(const std::string& family, const std::string& where, const std::string& key,
                   const std::vector<std::string>& names, Read read) {
    text += fmt::format("{} ({})\n", family, where);
    for (const auto& name : names) {
      auto keys = keys_of(read, Json{{key, name}}.dump());
      std::erase_if(keys, [&](const ConfigEntry& entry) {
        return !entry.path.starts_with(key + ".") || entry.path == key + ".name";
      });
      for (auto& entry : keys)
        entry.path.erase(0, key.size() + 1);
      add(family, name, "", keys);
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
  listing.text += "choice of examples (data.keep, of any set)\n";
  listing.add("choice of examples", "keep", "training on some of them",
              keys_of([](Section& section) {
                std::string rule;
                read_keep(section, rule);
              }));
  listing.text += "\naugmentation (data.augment, of training images)\n";
  listing.add("augmentation", "augment", "random variants",
              keys_of([](Section& section) { Augmentation{}.read(section); }));
  listing.text += "\n";
  listing.add_family(corruptions(), "corruption: [...]",
                     [](const auto& row, Section& section) { row.configure(section, false); });
  // Its parts are families of their own.
  auto model = keys_of([](Section& section) { configure_model(section); });
  std::erase_if(model,
                [](const ConfigEntry& entry) { return entry.path.find('.') != std::string::npos; });
  listing.text += "model (model)\n";
  listing.add("model", "model", "besides its parts", model);
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
  listing.add_family(penalties(), "objective.<name>", plain);
  listing.add_choices("normalization", "of an encoder or decoder", "normalization",
                      {"batch", "group", "layer"},
                      [](Section& section) { BlockOptions{}.read(section); });
  const auto train = [](Section& section) { TrainOptions{}.read(section); };
  listing.add_choices("optimizer", "train.optimizer", "optimizer", {"adam", "adamw", "sgd"}, train);
  listing.add_choices("schedule", "train.schedule", "schedule",
                      {"constant", "cosine", "step", "plateau"}, train);
  listing.add_choices("on_nan", "train.on_nan", "on_nan", {"stop", "skip", "rollback"}, train);
  listing.text += "training (train)\n";
  listing.add("training", "train", "how to train", keys_of(train));
  print_result(arguments, listing.json, listing.text);
}

}  // namespace latent
