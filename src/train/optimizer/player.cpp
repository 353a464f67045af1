#include "train/optimizer/player.h"

#include <utility>

namespace latent {
namespace {

OptimizerOptions optimizer_of(const AdversaryOptions& adversary) {
  OptimizerOptions options;
  options.name = "adam";
  options.learning_rate = adversary.learning_rate;
  options.beta1 = adversary.beta1;
  options.beta2 = adversary.beta2;
  return options;
}

Player make_player(std::string prefix,
                   const std::vector<std::pair<std::string, torch::nn::Module*>>& modules,
                   const OptimizerOptions& options) {
  Player player{.prefix = std::move(prefix),
                .learning_rate = options.learning_rate,
                .parameters = FlatParameters(modules),
                .optimizer = nullptr};
  player.optimizer = make_optimizer(options, player.parameters);
  return player;
}

}  // namespace

std::vector<Player> make_players(const OptimizerOptions& options, Autoencoder& model,
                                 Objective& objective) {
  std::vector<Player> players;
  players.push_back(make_player("", {{"model.", &model}, {"objective.", &objective}}, options));
  for (const auto& [name, adversary] : objective.adversaries()) {
    const std::string prefix = "adversary." + name + ".";
    players.push_back(
        make_player(prefix, {{prefix, &adversary->module()}}, optimizer_of(adversary->options())));
    players.back().adversary = adversary;
  }
  return players;
}

}  // namespace latent
