// What `latent detect --each-class` prints and writes: a row for each class, and the means.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis/one_vs_rest.h"

namespace latent {

/// The figures of one class.
struct ClassResult {
  std::string name;
  std::string run;  // the folder
  int64_t training_examples = 0;
  int64_t epochs = 0;
  double seconds = 0;                        // of training
  std::vector<Separation> separations = {};  // the same scores for each class
};

/// Adds "classes", "mean" and "difference" (the chosen score less each baseline): AUROC and AUPR
/// with their 95% intervals.  results: at least one.
void describe_classes(nlohmann::ordered_json& json, const std::vector<ClassResult>& results);

/// Returns those figures as text of at most 80 columns.
std::string class_table(const nlohmann::ordered_json& json);

/// Writes a row for each class, and one called "mean", as CSV.
void write_class_table(const std::filesystem::path& path, const nlohmann::ordered_json& json);

}  // namespace latent
