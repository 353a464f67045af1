// Data sets opened by the keys of section `data`, for the tests.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "config/config.h"
#include "sets/registry.h"

namespace latent {

/// The plan of section `data` with these keys; unknown keys are errors. The config is "x".
inline DatasetPlan dataset_plan(const std::string& keys) {
  Config config = Config::parse("{\"data\": {" + keys + "}}", "x");
  DatasetPlan plan = configure_dataset(config.root().section("data"));
  config.check_all_read();
  return plan;
}

inline std::unique_ptr<Dataset> open_dataset(const std::string& keys) {
  return dataset_plan(keys).open();
}

/// ", \"name\": \"value\"", to be put behind other keys.
inline std::string key(const std::string& name, const std::filesystem::path& value) {
  return ", \"" + name + "\": \"" + value.string() + "\"";
}

}  // namespace latent
