// Every data set a config can name under `data.name`.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "config/section.h"
#include "core/registry.h"
#include "core/tensor.h"
#include "data/dataset.h"
#include "data/prepare/augment.h"

namespace latent {

/// Section `data`, read.
struct DatasetPlan {
  /// Opens the data set. Throws Error if files are missing.
  std::function<std::unique_ptr<Dataset>()> open;
  /// Prepares images from elsewhere as the set's own are: [N, H, W, C] uint8, before and after.
  /// Needs no file.
  std::function<Tensor(const Tensor& pixels)> prepare;
  /// Of a table only: reads a CSV file from elsewhere with the set's own columns and scale, so it
  /// needs the set's file.
  std::function<Examples(const std::filesystem::path&)> read_rows = {};
  /// How training images vary.
  Augmentation augmentation = {};
  /// The rule that training and validation examples were chosen by, or "".
  std::string keep = {};

  /// Whether the examples are rows of numbers rather than images.
  bool is_table() const { return static_cast<bool>(read_rows); }
  /// "image" or "row".
  std::string example_noun() const { return is_table() ? "row" : "image"; }
};

struct DatasetRow {
  std::string name;
  std::string summary;
  /// Reads the data set's keys from section `data`; touches no file.
  std::function<DatasetPlan(Section&)> configure;
};

const Registry<DatasetRow>& datasets();

/// Reads section `data`: `name`, the keys of that data set, `keep` and `augment`.
DatasetPlan configure_dataset(Section data);

}  // namespace latent
