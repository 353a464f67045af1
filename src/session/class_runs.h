// A folder with a run for each class of a data set: which classes, their rules and folders, and the
// config that all of them were trained with.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/config.h"
#include "data/dataset.h"

namespace latent {

/// A class that a model is trained on.
struct OneClass {
  std::string name;
  int64_t index = 0;             // in the attribute's classes
  std::string rule;              // that keeps it: "label=7"
  std::filesystem::path folder;  // of its run
};

/// Returns the classes that have training and validation examples, and both examples and others in
/// the split that is scored; warns about each that has not. folder: for their runs.
/// Throws Error if no rule can name a class, or if no class is left.
std::vector<OneClass> classes_to_train(const std::string& attribute, const Examples& train,
                                       const Examples& validation, Split split,
                                       const Examples& scored, const std::filesystem::path& folder);

/// Makes the folder and notes in it what its runs are trained with. If they were noted before, the
/// config may only differ in what may change when a run is resumed.
/// config: read, without data.keep. Throws Error if the folder holds other files, or the runs of
/// another config or attribute.
void claim_class_folder(const std::filesystem::path& folder, const Config& config,
                        const std::string& attribute);

}  // namespace latent
