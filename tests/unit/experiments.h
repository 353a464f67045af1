// Configs written as text, and the models, objectives and runs they describe, for the tests.
#pragma once

#include <memory>
#include <string>

#include "config/config.h"
#include "core/random.h"
#include "session/experiment.h"

namespace latent {

/// The message of the Error that `call` throws, or "" if it throws none.
template <class Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// Section `model` read from `text`, an object; unknown keys are errors.
inline ModelPlan model_plan(const std::string& text) {
  Config config = Config::parse("{\"model\": " + text + "}", "test.json");
  ModelPlan plan = configure_model(config.root().section("model"));
  config.check_all_read();
  return plan;
}

inline std::shared_ptr<Autoencoder> make_model(const std::string& text, const ImageShape& shape,
                                               uint64_t seed = 0) {
  return model_plan(text).make(shape, shape, seed);
}

/// Section `objective` read from `text`; unknown keys are errors.
inline ObjectivePlan objective_plan(const std::string& text, bool has_posterior = true) {
  Config config = Config::parse("{\"objective\": " + text + "}", "test.json");
  ObjectivePlan plan = configure_objective(config.root().section("objective"), has_posterior);
  config.check_all_read();
  return plan;
}

inline Experiment experiment(const std::string& text) {
  Config config = Config::parse(text, "test.json");
  return read_experiment(config);
}

inline int64_t count_parameters(const torch::nn::Module& module) {
  int64_t count = 0;
  for (const auto& parameter : module.parameters())
    count += parameter.numel();
  return count;
}

/// Seeded numbers in [0, 1), on the CPU.
inline Tensor uniform(c10::IntArrayRef sizes, uint64_t seed = 1) {
  return torch::empty(sizes).uniform_(0, 1, generator(seed, Stream::kSample));
}

/// Seeded standard normal numbers.
inline Tensor normal(c10::IntArrayRef sizes, uint64_t seed = 1) {
  return torch::empty(sizes).normal_(0, 1, generator(seed, Stream::kSample));
}

}  // namespace latent
