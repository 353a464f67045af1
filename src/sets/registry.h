// The data sets that a config can name under `data.name`.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/section.h"
#include "core/registry.h"
#include "core/tensor.h"
#include "data/dataset.h"
#include "data/prepare/augment.h"
#include "image/raw_image.h"
#include "sets/factor_grid.h"

namespace latent {

/// Images in an NPY, NPZ or CSV file from elsewhere.
struct ArrayFile {
  Tensor pixels;                    // [N, H, W, C] uint8, of the file's size
  std::vector<int64_t> rows;        // N: their numbers in the file
  std::vector<std::string> broken;  // about images that cannot be used, which are left out
};

/// What section `data` of a config describes.
struct DatasetPlan {
  /// Opens the data set. Throws Error if files are missing.
  std::function<std::unique_ptr<Dataset>()> open;
  /// Brings images from elsewhere to the size of the set's own images: [N, H, W, C] uint8, before
  /// and after. Reads no file.
  std::function<Tensor(const Tensor& pixels)> fit;
  /// For tables only: reads another CSV file with the columns and the scale of the set. format: the
  /// set's Dataset::row_format(); if it is "", the set's own file is read for it.
  std::function<Examples(const std::filesystem::path&, const std::string& format)> read_rows = {};
  /// For images only: reads an NPY, NPZ (or FILE.npz:ARRAY) or CSV file from elsewhere, with the
  /// black and white of the set. Throws Error naming the file.
  std::function<ArrayFile(const std::string& file)> read_array = {};
  /// Whether files that cannot be read are skipped (`on_error`).
  bool skips_broken = false;
  /// How image files are read, for images from elsewhere too.
  ImageReading reading = {};
  /// For a set that can draw any combination of its factors; else nullptr.
  std::shared_ptr<const FactorGrid> grid = {};
  /// What limits how well a code can tell an attribute's values apart, by the attribute's name.
  std::map<std::string, std::string> attribute_notes = {};
  /// Random variation of the training images.
  Augmentation augmentation = {};
  /// `keep` as the config gives it: a rule, "@FILE", or "".
  std::string keep = {};

  /// Returns the rule that training and validation examples were chosen by, or "".
  std::string keep_rule() const;

  /// Whether the examples are rows of numbers rather than images.
  bool is_table() const { return static_cast<bool>(read_rows); }
  /// Returns "image" or "row".
  std::string example_noun() const { return is_table() ? "row" : "image"; }
};

/// A data set that a config can name.
struct DatasetRow {
  std::string name;
  std::string summary;
  /// Reads the data set's keys from section `data`; touches no file.
  std::function<DatasetPlan(Section&)> configure;
  /// Returns section `data` for the file or folder at `path`, which exists, or nothing if this data
  /// set does not read it. Throws Error if it would, but finds nothing there to read.
  /// nullptr: a path does not show what it needs to know.
  std::optional<nlohmann::ordered_json> (*recognise)(const std::filesystem::path& path) = nullptr;
};

/// Returns the table of the data sets. Where several recognise a path, the first one counts.
const Registry<DatasetRow>& datasets();

/// Reads section `data`: `name`, the keys of that data set, `binarize`, `keep` and `augment`.
DatasetPlan configure_dataset(Section data);

}  // namespace latent
