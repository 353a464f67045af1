// The players of a training: the model with its objective, and the penalties' adversaries.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "objective/objective.h"
#include "train/optimizer/optimizer.h"

namespace latent {

/// Whoever is trained: it has parameters and an optimizer of its own.
struct Player {
  std::string prefix;  // of its state in a checkpoint: "", or "adversary.<penalty>."
  double learning_rate;
  FlatParameters parameters;
  std::unique_ptr<Optimizer> optimizer;
  Adversary* adversary = nullptr;  // nullptr: the model
};

/// Makes the players, the model first. options: of the model's optimizer. The modules must be on
/// their device; their parameters become views of a flat buffer of each player.
std::vector<Player> make_players(const OptimizerOptions& options, Autoencoder& model,
                                 Objective& objective);

}  // namespace latent
