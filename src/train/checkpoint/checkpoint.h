// A model, its objective and its optimizers in a tensor file.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/condition.h"
#include "format/safetensors.h"
#include "model/autoencoder.h"
#include "objective/objective.h"
#include "train/optimizer/player.h"
#include "train/optimizer/weight_average.h"

namespace latent {

/// Adds the weights and statistics as "model.*", "objective.*" and "adversary.<penalty>.*", and the
/// image shapes, the model's spec (model/spec_json.h) and the condition as metadata.
void store_model(const Autoencoder& model, const Objective& objective, const Condition& condition,
                 TensorFile& file);

/// Loads weights and statistics in place. Throws Error naming `path`, the tensor, and the shapes
/// that differ.
void load_model(Autoencoder& model, Objective& objective, const TensorFile& file,
                const std::filesystem::path& path);

/// Puts the averages of the weights and statistics in their places in the file, and adds those that
/// are trained as "trained.<name>". Call it after `store_model`; without an average it does
/// nothing.
void store_average(const Autoencoder& model, const Objective& objective,
                   const WeightAverage& average, TensorFile& file);

/// Loads them in place: `load_model` has loaded the averages as weights. Throws Error naming `path`
/// and the tensor that does not fit.
void load_average(const Autoencoder& model, const Objective& objective,
                  const WeightAverage& average, const TensorFile& file,
                  const std::filesystem::path& path);

/// Adds the state of each player's optimizer as "optimizer.<parameter>.<name>", one tensor per
/// parameter, and its scalars as "optimizer.<the player's prefix><name>".
void store_optimizers(const std::vector<Player>& players, TensorFile& file);

/// Loads the optimizers' state in place. Throws Error naming `path` and the tensor that does not
/// fit.
void load_optimizers(const std::vector<Player>& players, const TensorFile& file,
                     const std::filesystem::path& path);

/// Returns the tensor called `name`. Throws Error naming `path` if it is missing or has other
/// sizes.
Tensor fitting_tensor(const TensorFile& file, const std::string& name, c10::IntArrayRef sizes,
                      const std::filesystem::path& path);

/// The shapes of the images that a stored model takes and makes.
struct StoredShapes {
  ImageShape input, output;
};

/// Reads the shapes from the metadata. Throws Error naming `path` if they are missing.
StoredShapes stored_shapes(const TensorFile& file, const std::filesystem::path& path);

/// Reads the condition from the metadata: none if there is none. Throws Error naming `path` if it
/// is damaged.
Condition stored_condition(const TensorFile& file, const std::filesystem::path& path);

/// Adds how rows of other tables are read (Dataset::row_format) as metadata, unless it is "".
void store_row_format(const std::string& format, TensorFile& file);

/// Returns it, or "" if there is none.
std::string stored_row_format(const TensorFile& file);

}  // namespace latent
